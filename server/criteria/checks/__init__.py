"""Tests made here on the records that a find brought, where the find itself cannot say it."""
