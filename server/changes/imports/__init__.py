"""Sheets as changes: columns to fields, cells to values, rows to new and known records."""
