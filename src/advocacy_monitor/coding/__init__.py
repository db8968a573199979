"""Coding by hand: rounds of statements, blind coders, agreement, settling, and the codes that count in the end."""
