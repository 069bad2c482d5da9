"""A made-up business that lands by the raw contract: `generate` is the command, `sql/` the business in its own order.

Not here: anything the refresh needs at run time. The committed landing (`seeds/sample_landing`) is made by it.
"""
