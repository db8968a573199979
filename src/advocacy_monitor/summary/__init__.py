"""What the desk's pages read in place of the store: every item as a row of numbers, ready to be filtered and counted.

`rows` makes a row of what `candidates` and `left_out` say, so the desk and the packs cannot disagree; `refresh` keeps
the rows in step with the store, after each change; `columns` holds them in memory, where any filter over two million
items is a matter of milliseconds; `filters` is what stands in an address.
"""
