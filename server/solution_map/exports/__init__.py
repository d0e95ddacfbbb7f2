"""Reads what FileMaker says of a file: Save a Copy as XML, the Database Design Report, OData's $metadata."""
