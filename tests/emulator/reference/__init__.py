"""A slow, obvious reading of Find mode, written from sections 7.3 to 7.5 of the Data API reference.

It knows nothing of the emulator's own: it walks through characters, tries every place, and keeps no index. What the
reference leaves open is decided here in one sentence where it is used, and the emulator must decide the same.
"""
