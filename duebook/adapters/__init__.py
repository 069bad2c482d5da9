"""From the tables of a source system to files of a landing: one engine, adapters as data.

Here: reading a source (sources.py), its tables with the declared columns and types (views.py), the adapter's SELECTs
(rendering.py, extracting.py), which rows are new (state.py), the files (writing.py), the tie to the source's own open
balances (tie.py), what an adapter feeds (coverage.py). Not here: any name of a source system's table (adapters/ holds
them), what a good row is (duebook/landing).
"""
