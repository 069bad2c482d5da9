"""The page of personal data: every column of the contract, where it is kept, and who can read it.

Here: the columns, from the contract and from what marts say they hold (`holds` in the meta of their columns). Not here:
masking (the marts), the rights of files (duebook/home.py, duebook/publication/personal.py), roles (postgres/roles.py).
"""

from collections.abc import Iterator

from catalogue.markdown import code, page, table
from catalogue.project import Manifest
from duebook.contract import Column, Contract, Table
from duebook.home import OWN
from duebook.publication.postgres.roles import MAY_READ
from duebook.settings import MARTS_SCHEMA, PERSONAL_FILE, PERSONAL_SCHEMA

TITLE = "Personal data"
ACCOUNT = "the account that refreshes"

INTRODUCTION = """
What may name a person is tagged in the contract: `personal` (a name, an address) or `free_text` (anything somebody wrote, so references and reasons that people type, too). Marts mask it, or leave it out, by the tag; a second publication has it in the
clear, for fewer readers. Names and invoice numbers of businesses, and words that the seeds `reason_codes` and `activity_outcomes` list, stand as they are ([why](../decisions/0032-free-text-and-invoice-numbers.md)). Columns that the contract doesn't know are published nowhere, unless they are declared as [dimensions](dimensions.md). Of a row in quarantine, the publication has no cell that the loader found at fault: file, row, column and reason say which it is. Messages, logs, alerts and the files of dbt and Dagster name file,
row and column, and show no cell of a tagged column, or of one that the contract doesn't know; of one that it knows and doesn't tag, they show what can't be used, of numbers and days only what has the characters of one. Why: [decision 0117](../decisions/0117-two-publications-by-tags.md).

Ids (`customer_id`, `invoice_id` and so on) and words that a source chooses from a list (segment, team, payment method) are published as they are: readers join and group by them. **If a source has names or e-mail addresses for ids, land other ids.**
""".strip()  # noqa: E501 (a line of Markdown)

PLACES = """
With a key, `warehouse/duebook.duckdb`, `warehouse/landing.duckdb`, the states in `adapters/` and the second publication's file are [encrypted](encryption.md).

In Duebook's schemas in Postgres nothing is granted to everybody (`public`), and no role but the login that publishes may write. `tests/integration/test_personal_data.py` marks every tagged cell, in good rows and bad, and looks for the marks in every byte of a home.
""".strip()  # noqa: E501 (a line of Markdown)

RIGHTS = """
```
make erase CUSTOMER=C-100 LANDING=/srv/exports HOME_DIR=/srv/duebook       # or duebook erase --customer C-100; an employee: EMPLOYEE=E-7
```

takes out what names a person: the tagged columns, those that the contract doesn't know, and the cells of rows in quarantine. Ids stay, and so does every figure. It asks before it begins (`YES=1`: not), and waits for no refresh. Call it with the settings of the refresh, `POSTGRES_URL`, `ENGINE` and `ENGINE_URL` among them.

| place | what becomes of it |
| --- | --- |
| landed rows, every version, good and in quarantine; with `ENGINE=spark` their Parquet files | `personal` and unknown columns are null, free texts `***`; words that reference data list, and columns declared as dimensions, stay, for figures are made by them. The files are written anew, so that no freed block has a value |
| the warehouse, and the database of `ENGINE=postgres` | removed; the next refresh builds all of it again |
| `warehouse/loading/`, where a killed load leaves rows | emptied |
| every publication, of past days, too: DuckDB file, Parquet, dashboard, the second publication | published again without the values, at once; rights stay, and `duebook doctor` finds them sound. Of a mart that `ENGINE=spark` publishes as Parquet alone, with the next refresh |
| Postgres, schemas `marts` and `personal` | published again |
| `logs/`, `dbt/`, `dagster/`, `adapters/` and all else in the home | searched: the person's own texts of six letters or more, of tagged and unknown columns and of rows in quarantine, in every byte. Files that have one are named, with a line or a row, where that was landed, and what to do. Run again after an erasure, it looks for what the landed files say of the rows that were cleared, and names those it can't read as they were loaded |
| landed files, backups | named, for they are yours. A landed file that lands again brings nothing back: each load clears the rows of those who were erased. Where what lands says that an earlier row was theirs, too, the load clears it in all of these places but Postgres, which the refresh fills, and publishes past days again. After a backup from before was restored, erase again |

```
make subject CUSTOMER=C-100 WRITE=~/c-100.json HOME_DIR=/srv/duebook       # or duebook subject --customer C-100 --write ~/c-100.json
```

writes all that is held of a person into a new file that only its owner can read, in the clear: landed rows of every version, each with its file and row, those in quarantine, and what every publication has of the person (of marts and of the second publication), so ledger, open items and risk, too, the group that the person heads, and what is said of rows held back.

Each refresh lets go of what is older than the settings keep, after it has loaded and before it builds:

| setting | what goes, with its month |
| --- | --- |
| `RETENTION_ACTIVITIES` | texts of activities (`outcome`, unknown columns) that happened before; words that reference data list stay |
| `RETENTION_SURVEYS` | unknown columns of surveys that were sent before |
| `RETENTION_VERSIONS` | of every table, what names somebody in versions that were replaced before; the one that counts stays |
| `RETENTION_PAST_DAYS` | publications of past days before |

Each is a number of whole months before that of the business day; without it everything is kept. It is done as erasing is: landed rows are written anew, figures stay, and the build that follows is a full one, which is why it is done once a month. Rows as old that land again are loaded without these cells, and no build follows from it; the load says how many they were. "No longer kept: landed rows of activities 12." says so in the refresh's output. Publications of past days that are kept keep what they had.

**Rows in quarantine are kept for good, however old they are**, as they landed: in `warehouse/`, also when a corrected row has landed, and their cells at fault in the second publication (`quarantined_cells`) until one has. No setting clears them;
`duebook erase` does, of one person at a time.

**Whose a row is, its ids say**, with white space around them or without. A row in quarantine that names nobody, or somebody whom no good row of `customers` has, is of whom the records it names are of, such as an invoice; those in quarantine count as well. Of a record that was booked to another customer each version is of whom it names: who erases the former one
clears its version, and the others stay. What names such a record by its id only (a dispute its invoice) goes with either, for nobody can tell of whom it was said; in a file of `make subject` it is of whom the record names now.

Of all this, `<HOME_DIR>/audit/audit.jsonl` gets a line that says when, who, of whom and how many rows where, without a value. What was typed of the person into somebody else's row stays, and the search names its file and row. Why it is done so: [decision 0118](../decisions/0118-erase-by-copying-what-stays.md).
""".strip()  # noqa: E501 (lines of Markdown)

COLUMNS = """
All of them are in the landed files and where landed rows are. What is published is so in the file, Parquet, the dashboard and Postgres.
""".strip()  # noqa: E501 (a line of Markdown)


def personal_data_page(contract: Contract, manifest: Manifest) -> str:
    """Write the page."""
    held = {schema: _held(manifest, schema) for schema in (MARTS_SCHEMA, PERSONAL_SCHEMA)}
    rows = [row for each in contract.tables for row in _rows(each, held)]
    return page(
        TITLE,
        "the contract, and the marts' YAML files",
        INTRODUCTION,
        "## Where it is kept, and who can read it",
        table(("place", "holds", "who can read it"), _places()),
        PLACES,
        "## Erase, export, retain",
        RIGHTS,
        "## Every column",
        COLUMNS,
        table(("table", "column", "kind", "published", "in the second publication"), [*rows, *_others()]),
    )


def _places() -> Iterator[tuple[str, str, str]]:
    roles = {schema: code(MAY_READ[schema]) for schema in (MARTS_SCHEMA, PERSONAL_SCHEMA)}
    yield "the landing", "what the sources land", "whom you let: the folder is yours"
    yield (
        ", ".join(f"`{name}/`" for name in OWN),
        "landed rows, quarantine, checks; what models make of them",
        f"{ACCOUNT} alone (0600, folders 0700); `spark/` with a Thrift server its group, too",
    )
    yield (
        "`logs/`, `dbt/`, `dagster/`",
        "messages, statements, run history: no cell of a tagged column",
        f"{ACCOUNT} and its group (0640)",
    )
    yield (
        "`audit/`",
        "who published, explained, exported or erased, and to which id: login names, no cell of any table",
        f"{ACCOUNT} and its group (0640); in the marts accounts are numbers",
    )
    yield (
        "`published/` and `published/as_of/<day>/`",
        "marts, masked: DuckDB file, Parquet, dashboard",
        f"{ACCOUNT} and its group (0640, folders 0750)",
    )
    yield (
        f"`{PERSONAL_FILE}` in each of these",
        "the second publication: what marts mask",
        f"{ACCOUNT} alone (0600), or it and the group in `PERSONAL_GROUP` (0640)",
    )
    yield f"Postgres, schema `{MARTS_SCHEMA}`", "the marts", roles[MARTS_SCHEMA]
    yield f"Postgres, schema `{PERSONAL_SCHEMA}`", "the second publication", roles[PERSONAL_SCHEMA]
    yield (
        "the database of `ENGINE=postgres`",
        "landed rows, and all that models make of them",
        "the login in `ENGINE_URL`, and whom it grants",
    )
    yield (
        "files of `make statement`, wherever they are put",
        "a customer's name, address, documents and payments",
        "the account that wrote them alone (0600, folders 0700), and whom it gives them",
    )


def _held(manifest: Manifest, schema: str) -> dict[str, list[str]]:
    """Return which columns of a schema's marts hold a column of the contract, masked or not."""
    held: dict[str, list[str]] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and node["schema"] == schema:
            for column in node["columns"].values():
                for of in column["config"]["meta"].get("holds", ()):
                    held.setdefault(of, []).append(f"{node['name']}.{column['name']}")
    return {of: sorted(columns) for of, columns in held.items()}


def _rows(each: Table, held: dict[str, dict[str, list[str]]]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each tagged column, and one for all others of a kind."""
    others: dict[str, list[str]] = {}
    for column in each.landed_columns:
        kind = _kind(each, column)
        if not column.is_hidden:
            others.setdefault(kind, []).append(column.name)
            continue
        place = f"{each.name}.{column.name}"
        masked, clear = (held[schema].get(place, ()) for schema in (MARTS_SCHEMA, PERSONAL_SCHEMA))
        shown = f"masked: {code(masked)}" if masked else "no"
        yield f"`{each.name}`", f"`{column.name}`", kind, shown, code(clear)
    for kind, names in others.items():
        yield f"`{each.name}`", code(names), kind, "as landed, where a mart has it", ""


def _kind(each: Table, column: Column) -> str:
    if column.is_hidden:
        return "personal" if column.personal else "free text"
    if column.kind != "string":
        return "figure, day or mark"
    return "id" if column.name in each.key or column.name.endswith("_id") else "word of the source's"


def _others() -> Iterator[tuple[str, ...]]:
    declared = (
        "no, but those declared as [dimensions](dimensions.md): `document_dimensions.value`, masked if so declared"
    )
    unknown = "columns the contract doesn't know (`extra_columns`)"
    yield "every table", unknown, "unknown", declared, "`dimension_names.value_as_landed`, of masked dimensions"
    cells = "masked: `quarantined_rows.value`"
    yield "every table", "cells at fault of rows in quarantine", "unknown", cells, "`quarantined_cells.value`"
    rest = "no; `quarantined_rows.row_key` has the key, if no cell of it is at fault"
    yield "every table", "the other cells of rows in quarantine", "unknown", rest, "no"
    yield "every table", "name of the landed file, number of the row", "word of the source's", "as landed", ""
