"""The rows of a landing that count: of each key the latest version, in the order in which staging takes them."""

from collections.abc import Sequence

from duebook.landing.checking import CheckedFile
from duebook.sql_text import identifier, literal


def current_rows(files: Sequence[CheckedFile]) -> str:
    """SQL of the good rows of one table's files that no later version has replaced, tombstones among them."""
    good = " union all by name ".join(
        f"select *, {literal(file.file.name)} as source_file, [{file.number}, rowid + 1] as place "
        f"from {file.relation} where problems is null"
        for file in files
    )
    key = ", ".join(map(identifier, files[0].file.table.key))
    learnt = "case when is_deleted then coalesce(recorded_at, current_localtimestamp()) end"
    version = f"coalesce(updated_at, {learnt}, timestamp '-infinity') desc, place desc"
    return f"select * from ({good}) qualify row_number() over (partition by {key} order by {version}) = 1"
