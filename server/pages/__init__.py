"""Pages for people, rendered here: templates with one style sheet, no script, nothing from elsewhere."""
