"""How SQL asks for the time: what no model may say, and what else is searched for clocks.

Here: one pattern. Not here: who may read a clock (test_clocks.py), what else SQL may not say (test_portable_sql.py).
"""

SQL_CLOCK = r"\b(current_date|current_timestamp|now\s*\(\)|today\s*\(\)|get_current_time\w*)"
