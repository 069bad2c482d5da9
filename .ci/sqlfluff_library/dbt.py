"""What sqlfluff sees where a model calls dbt's cross-database macros.

sqlfluff renders models without dbt; these stand in for the macros of the same name with SQL of the same shape.
"""


def dateadd(part: str, count: object, day: str) -> str:
    """Stand in for dbt.dateadd."""
    return f"dateadd({part}, {count}, {day})"


def datediff(first: str, second: str, part: str) -> str:
    """Stand in for dbt.datediff."""
    return f"datediff({part}, {first}, {second})"


def date_trunc(part: str, day: str) -> str:
    """Stand in for dbt.date_trunc."""
    return f"date_trunc('{part}', {day})"


def last_day(day: str, part: str) -> str:
    """Stand in for dbt.last_day."""
    return f"last_day({part}, {day})"


def split_part(text: str, delimiter: str, part: int) -> str:
    """Stand in for dbt.split_part."""
    return f"split_part({text}, {delimiter}, {part})"
