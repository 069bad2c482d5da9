"""The naive oracle: the design's sentences as plain Python, one item and one day at a time.

Here: a second computation of the marts' figures that shares no code and no method with the models. It is slow and
obvious on purpose: no running sums, no boundary crossings, exact numbers (Decimal for money, Fraction for ratios).
Not here: anything that reads a model's SQL, and anything that makes test data.
"""
