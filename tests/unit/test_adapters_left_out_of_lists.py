"""Every grain of a list: each field it may do without can be left out, each one it needs is asked for by name.

Here: all fields of all grains in turn. Not here: tables and columns of source systems
(tests/integration/test_adapters_left_out.py).
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from duebook.adapters.engine.definition import AdapterError, Limit
from duebook.adapters.flat.mapping import grains, read_grain
from duebook.adapters.landing import Request, make, work_database
from duebook.contract import read_contract
from duebook.settings import Settings
from tests.support.adapters.left_out import costs_not_said, without_value

OF_TYPES = {
    "text": "a word",
    "id": "4711",
    "date": "2024-02-01",
    "time": "2024-02-01 10:30",
    "boolean": "yes",
    "money": "10.50",
    "number": "1",
    "integer": "30",
}
# Where a field takes less than its type does.
OF_FIELDS = {
    "currency_code": "EUR",
    "company_currency": "EUR",
    "promise_currency": "EUR",
    "from_currency": "EUR",
    "to_currency": "USD",
    "country_code": "DE",
    "channel": "phone",
    "direction": "outbound",
    "voided_date": "",
    "unapplied_date": "",
}
# A row of a list in which all is open, and one in which it is settled.
OPEN_IN_FIRST = {"paid_date", "paid_amount", "clearing_date", "clearing_document"}
FIELDS = {grain: read_grain(grain).fields for grain in grains()}
REQUIRED = {grain: [name for name, one in fields.items() if one.required] for grain, fields in FIELDS.items()}
OPTIONAL = {grain: [name for name, one in fields.items() if not one.required] for grain, fields in FIELDS.items()}
# What a field can't be there without: a paid amount has a day, and a promised one a currency.
NOT_WITHOUT = {"paid_date": ["paid_amount"], "promise_currency": ["promise_amount"]}

each_grain = pytest.mark.parametrize("grain", grains())


@dataclass(frozen=True)
class Came:
    """What came of a list: fields it lacks, columns filled by table, required columns that are empty, its limits."""

    missing: Sequence[str]
    filled: Mapping[str, frozenset[str]]
    empty: Sequence[str]
    limits: Sequence[Limit]


def came_of(folder: Path, grain: str, columns: Mapping[str, object], absent: Sequence[str] = ()) -> Came:
    """Read a list of two rows.

    Args:
        folder: where the list and its mapping are written.
        grain: what its rows are.
        columns: the mapping's columns, called as the fields are.
        absent: fields of which the file has no column.
    """
    names = [name for name in read_grain(grain).fields if name not in absent]
    with (folder / "list.csv").open("w", encoding="utf-8", newline="") as file:
        rows = ([_cell(grain, name, row) for name in names] for row in ("1", "2"))
        # A column of no field, so that there is one in any file.
        csv.writer(file).writerows([[*names, "more"], *([*row, "x"] for row in rows)])
    said = {"name": "list", "grain": grain, "columns": dict(columns)}
    (folder / "list.yml").write_text(yaml.safe_dump(said), encoding="utf-8")
    settings = Settings(home=folder / "home", landing=folder / "landing")
    with work_database(settings) as con:
        request = Request("flat", str(folder / "list.csv"), str(folder / "list.yml"))
        made, _ = make(con, request, settings, read_contract(), lambda _: None)
        filled = dict(made.extracted.filled)
        return Came(made.missing, filled, list(without_value(made.extracted, read_contract())), made.limits)


def _cell(grain: str, name: str, row: str) -> str:
    """A cell; of the two rows the second is settled, and they have other keys."""
    field, key = read_grain(grain).fields[name], read_grain(grain).key
    if row == "1" and name in OPEN_IN_FIRST:
        return ""
    if field.type == "id":
        return row
    if [name] == key[:1]:
        return f"2024-03-0{row}"
    return field.one_of[0] if field.one_of else OF_FIELDS.get(name, OF_TYPES[field.type])


def everything(grain: str) -> dict[str, object]:
    """A mapping's columns that have all fields."""
    return {name: name for name in read_grain(grain).fields}


def optional(names: Sequence[str]) -> dict[str, object]:
    """Columns of these fields that the file may lack."""
    return {name: {"column": name, "optional": True} for name in names}


def said_of(folder: Path, grain: str, columns: Mapping[str, object], absent: Sequence[str] = ()) -> str:
    """Why a list is refused."""
    with pytest.raises(AdapterError) as refused:
        came_of(folder, grain, columns, absent)
    return str(refused.value)


@each_grain
def test_a_list_with_all_fields_lacks_nothing(tmp_path, grain) -> None:
    came = came_of(tmp_path, grain, everything(grain))
    assert (came.missing, came.empty) == ([], [])


def lands_without(folder: Path, grain: str, names: Sequence[str]) -> None:
    """Fields left out of the mapping, and mapped as optional while the file lacks them: the same, and it is said."""
    before, columns = came_of(folder, grain, everything(grain)), everything(grain)
    for name in names:
        del columns[name]
    for mapped in (columns, columns | optional(names)):
        came = came_of(folder, grain, mapped, names)
        assert (set(came.missing), came.empty) == (set(names), [])
        assert costs_not_said(before.filled, came.filled, came.limits) == []


@each_grain
def test_all_optional_fields_may_be_left_out_and_their_cost_is_said(tmp_path, grain) -> None:
    lands_without(tmp_path, grain, OPTIONAL[grain])


@pytest.mark.long
@pytest.mark.parametrize(("grain", "name"), [(grain, name) for grain, names in OPTIONAL.items() for name in names])
def test_each_optional_field_may_be_left_out_and_its_cost_is_said(tmp_path, grain, name) -> None:
    lands_without(tmp_path, grain, [name, *NOT_WITHOUT.get(name, [])])


@each_grain
def test_each_required_field_is_asked_for_by_name(tmp_path, grain) -> None:
    names, columns = REQUIRED[grain], everything(grain)
    for name in names:
        del columns[name]
    said = said_of(tmp_path, grain, columns | ({} if columns else {"nothing": "x"}))
    assert re.findall(r"columns\.(\w+) is missing", said) == names
    for mapped in ({name: name for name in names}, optional(names)):
        said = said_of(tmp_path, grain, columns | mapped, names)
        assert sorted(re.findall(r"columns\.(\w+): \1 is no column of the file", said)) == sorted(names)


@each_grain
def test_the_default_of_an_optional_column_counts_where_the_file_does_not_have_it(tmp_path, grain) -> None:
    # What names the rows can't be the same in all of them.
    names = [name for name in REQUIRED[grain] if name not in read_grain(grain).key and name != "receipt_id"]
    defaults = {name: {"column": name, "optional": True, "default": _cell(grain, name, "2")} for name in names}
    came = came_of(tmp_path, grain, everything(grain) | defaults, names)
    assert (came.missing, came.empty) == ([], [])
    assert came.filled == came_of(tmp_path, grain, everything(grain)).filled


@pytest.mark.parametrize(("default", "is_refused"), [("credit_memo", True), ("RV", False)])
def test_a_default_is_a_word_that_the_map_explains(tmp_path, default, is_refused) -> None:
    kind = {"column": "kind", "optional": True, "default": default, "map": {"RV": "invoice"}}
    columns = everything("item") | {"kind": kind}
    if is_refused:
        said = said_of(tmp_path, "item", columns, ["kind"])
        assert "columns.kind.default is 'credit_memo', which columns.kind.map doesn't have" in said
    else:
        assert came_of(tmp_path, "item", columns, ["kind"]).missing == []


@pytest.mark.parametrize(("default", "is_refused"), [("soon", True), ("2024-02-01", False)])
def test_a_default_that_is_no_value_of_its_field_is_refused(tmp_path, default, is_refused) -> None:
    columns = everything("invoice") | {"due_date": {"column": "due_date", "optional": True, "default": default}}
    if is_refused:
        assert "due_date is 'soon': expected a date" in said_of(tmp_path, "invoice", columns, ["due_date"])
    else:
        assert came_of(tmp_path, "invoice", columns, ["due_date"]).missing == []


def test_a_promise_without_a_currency_is_named_by_its_line(tmp_path) -> None:
    columns = {name: said for name, said in everything("contact").items() if name != "promise_currency"}
    said = said_of(tmp_path, "contact", columns)
    assert "promise_currency: expected the currency of what was promised, 2 rows: " in said
    assert "list.csv, line 2: 'promised 10.50'" in said


def test_two_periods_of_an_employee_do_not_begin_on_one_day(tmp_path) -> None:
    columns = everything("employee") | {"employee_id": "company_id"}
    said = said_of(tmp_path, "employee", columns)
    assert "company_id (employee_id): expected a value that no other row has, 2 rows: " in said
    assert "list.csv, line 2: 'a word'" in said
