"""Downloads of what a page shows: which statements, as which rows, in which format."""
