"""The FileMaker Data API: one method an endpoint."""
