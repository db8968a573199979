"""The dashboards' charts: defined in YAML, counted from the summary under R9, told in words, drawn in the browser."""
