"""How good the coding of themes is: measured against people's codes, with intervals, and told without flattery."""
