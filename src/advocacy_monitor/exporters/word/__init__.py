"""Word documents of a pack: what they look like (`paper`), and one module for each kind of document."""
