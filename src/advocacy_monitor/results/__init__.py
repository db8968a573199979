"""Results for libraries: a page and a table by postcode for each, as the campaign promised those who asked for it."""
