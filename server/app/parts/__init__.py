"""Parts of one database in use, put together apart from the whole."""
