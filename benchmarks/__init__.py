"""The benchmark: what Duebook costs, measured beside a floor and beside other ways to the same figures.

Here: making landings, calling Duebook's own commands, measuring them, and the yardsticks. Not here: any part of
Duebook; nothing in the other rooms reads this one. README.md says what is measured and how to read it.
"""
