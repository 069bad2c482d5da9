"""The page of the raw contract: every table a source may land, its columns and rules.

Not here: what each key of the YAML means to the loader (dbt_project/models/sources/README.md).
"""

from itertools import groupby

from catalogue.markdown import code, page, table
from duebook.contract import SOURCES_DIR, Column, Contract, Table

TITLE = "Raw contract"
# The last section of the sources' README.md, about the format of files.
FILES = "\n## Files\n"


def raw_contract_page(contract: Contract) -> str:
    """Write the page from the contract."""
    everywhere = _columns_of_all_tables(contract)
    rows = [(f"[`{t.name}`](#{t.name})", t.domain, t.description) for t in contract.tables]
    parts = [
        "What a source lands, as `<landing>/<domain>/<table>/<any name>` in Parquet, CSV or JSON lines. A row that "
        "breaks a rule waits in quarantine; a file without a required column stops the refresh.",
        table(("table", "domain", "holds"), rows),
        (FILES + (SOURCES_DIR / "README.md").read_text(encoding="utf-8").split(FILES)[1]).strip(),
        "## Columns of every table",
        _columns(tuple(everywhere.values()), ()),
    ]
    for domain, tables in groupby(contract.tables, key=lambda each: each.domain):
        parts.append(f"## {domain}")
        parts += [_table(each, set(everywhere)) for each in tables]
    return page(TITLE, "dbt_project/models/sources", *parts)


def _columns_of_all_tables(contract: Contract) -> dict[str, Column]:
    first, *others = contract.tables
    return {column.name: column for column in first.columns if all(column in other.columns for other in others)}


def _table(each: Table, everywhere: set[str]) -> str:
    own = tuple(column for column in each.columns if column.name not in everywhere)
    parts = [f"### {each.name}", each.description]
    parts.append(
        f"Key: {code(each.key)}." + (" A landing without this table stops the refresh." if each.required else "")
    )
    parts.append(_columns(own, each.key))
    if each.row_rules:
        rules = "\n".join(
            f"- `{rule.holds}`, else `{rule.column}` is at fault: {rule.reason}." for rule in each.row_rules
        )
        parts.append(f"Every row:\n\n{rules}")
    return "\n\n".join(parts)


def _columns(columns: tuple[Column, ...], key: tuple[str, ...]) -> str:
    rows = [(f"`{c.name}`", c.data_type, "; ".join(_rules(c, key)), c.description) for c in columns]
    return table(("column", "type", "rules", "description"), rows)


def _rules(column: Column, key: tuple[str, ...]) -> list[str]:
    """Return the rules of a column in words."""
    bounds = (("above", column.greater_than), ("at least", column.at_least), ("at most", column.at_most))
    said = [
        (column.name in key, "key"),
        (column.required and column.name not in key, "required"),
        (column.references, f"references [`{column.references}`](#{column.references})"),
        (column.values, f"one of {code(column.values)}"),
        (column.default is not None, f"absent means `{str(column.default).lower()}`"),
        *((bound is not None, f"{words} {bound}") for words, bound in bounds),
        (column.listed_in, f"words of the seed `{column.listed_in}`"),
        (column.currency, "ISO 4217"),
        (column.personal, "personal: masked in the marts"),
        (column.free_text, "free text: masked in the marts but for known words"),
        (column.added_by_loader, "added by the loader"),
    ]
    return [words for holds, words in said if holds]
