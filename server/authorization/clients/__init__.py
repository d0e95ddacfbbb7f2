"""The programs that may ask a person for access: known ones, their documents, their return addresses."""
