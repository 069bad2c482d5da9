"""What tests share. No tests, and no fixtures: those stand in the conftest.py of the folder that uses them.

Here: landed files (landing), the files gates look at (gates), publications, refreshes, ledgers by hand (documents.py)
and at random (generators), the naive oracle (oracle) and comparing with it (agreement), borrowed data, published cases.
"""
