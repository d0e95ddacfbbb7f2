"""The journal at the command line: shown, exported, verified, held back, forgotten."""
