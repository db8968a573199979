"""The pages of the public form site; each module ends with its PAGES."""
