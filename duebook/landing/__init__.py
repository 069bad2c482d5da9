"""Loading: from landing files to typed, append-only raw tables and quarantine.

``listing`` lists the landed files; ``files`` finds the table each belongs to; ``arrivals`` finds out which are new;
``reading`` reads one file into a staging database as text, with ``csv_files``, ``jsonl_files`` and ``parquet_files``;
``unpacking`` limits the size of unpacked files; ``cells`` has the SQL that checks a cell; ``checking`` separates good
rows from bad ones; ``registry`` records which files are loaded; ``source`` passes the rows to dlt; ``loading`` is one
load from start to end; ``load_errors`` explains failures of disk and system in one line. Not here: the raw contract
(``duebook.contract``), Dagster's assets (orchestration), and the meaning of any figure (the dbt project).
"""
