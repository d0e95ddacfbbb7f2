"""Words for people: near names, text made safe for one line, unexpected errors."""
