"""Files that somebody else made, read in a child process with bounds: a PDF of 19 KB can ask for gigabytes and minutes.

`documents` starts the child and listens to it. `child` is what runs there, with `pdf_text`, `text_search` and `sheet_rows`.
"""
