"""Records as the Data API shows them."""
