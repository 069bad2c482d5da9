"""Loading: from landing files to typed, append-only raw tables and quarantine.

``contract`` reads what a landing must hold; ``listing`` lists its files, ``files`` finds the tables they belong to, and
``arrivals`` tells which are new; ``reading`` brings one file into a staging database as text, by ``csv_files``,
``jsonl_files`` and ``parquet_files``; ``unpacking`` limits what it unpacks to; ``cells`` says in SQL what a good cell
is; ``checking`` splits good rows from bad ones; ``registry`` is what the landing database remembers; ``source`` hands
the rows to dlt; ``loading`` is one load from start to end; ``load_errors`` says in a line what disk and system have
against it; ``assets`` shows it to Dagster. No meaning of a number here: the dbt project has that.
"""

import os

# A switch of dlt's: one table is sent after the other, so that batches of one are in memory and not of all.
os.environ["EXTRACT__NEXT_ITEM_MODE"] = "fifo"
