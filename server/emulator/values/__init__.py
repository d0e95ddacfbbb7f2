"""Values: numbers, dates, times and text, as FileMaker reads and compares them."""
