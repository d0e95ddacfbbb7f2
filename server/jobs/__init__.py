"""Scripts as the owner governs them, runbooks over found sets, and work that outlasts a call."""
