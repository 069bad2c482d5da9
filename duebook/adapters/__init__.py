"""From the tables of a source system, or a list, to files of a landing: one engine, adapters as data.

Here: landing a source (landing.py), the sources of a home (configured.py), what an adapter gives (given.py) and what a
person is told (summary.py). Not here: any name of a source system's table (adapters/ holds them), what a good row is
(duebook/landing).
"""
