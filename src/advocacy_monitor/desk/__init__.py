"""The staff desk: pages of our own in front of Datasette, over one campaign's database.

`plugin` is what Datasette loads, in a package of its own: a folder `templates` beside it would replace Datasette's.
`gate` decides who may see what, `app` answers with the pages of `pages`, everything else is Datasette's.
"""
