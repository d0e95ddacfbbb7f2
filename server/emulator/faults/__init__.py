"""Trouble on demand: what happens between a client and a host when networks, proxies and people get in the way."""
