"""Drafts solution notes from samples of the data: what an owner should look at, never what is applied by itself."""
