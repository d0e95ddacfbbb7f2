"""Which records the owner lets be changed at all: `change_only_where`, and the look right before a write."""
