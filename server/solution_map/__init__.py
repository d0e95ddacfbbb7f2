"""A solution as its developer knows it: tables, keys, relationships, rules and scripts, learned from FileMaker's own description."""
