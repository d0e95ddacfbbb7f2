"""Runbooks: workflows that the owner wrote, carried out record by record."""
