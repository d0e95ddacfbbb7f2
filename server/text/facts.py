"""What an answer says: facts by name, as they become JSON."""

from __future__ import annotations

Facts = dict[str, object]
