"""Lists that nobody prepared: one CSV file or worksheet, described by a mapping in YAML, without SQL.

Here: what a mapping may say (mapping.py), reading text cells whatever the encoding (reading.py), dates and numbers in
the styles people write (cells.py), rows with typed fields (rows.py), proposing a mapping (guessing.py). Not here: what
a list's rows become (the SELECTs of adapters/flat/<grain>), landing them (duebook/adapters).
"""
