"""What is said of declared dimensions that can't be used.

Here: rows of the home's dimensions.csv, and columns that never landed. Not here: files that are no CSV, or have other
columns (test_reference.py); the values of documents (tests/property/test_declared_dimensions.py).
"""

import re
from pathlib import Path

import duckdb
import pytest

from duebook.dimensions import TABLES, declarable
from duebook.reference import ReferenceDataError, check_declared_columns, check_home_files
from duebook.settings import DBT_PROJECT_DIR, Settings

HEADER = "dimension,label,source_table,source_column,publish\n"
GOOD = "salesperson,Salesperson,invoices,Sold by,masked\n"
OF_CUSTOMERS = "salesperson,Salesperson,customers,Sales rep,masked\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "home")
    settings.reference_dir.mkdir(parents=True)
    return settings


def declare(settings: Settings, *rows: str) -> Path:
    file = settings.reference_dir / "dimensions.csv"
    file.write_text(HEADER + "".join(rows))
    return file


def said(settings: Settings) -> str:
    with pytest.raises(ReferenceDataError) as refusal:
        check_home_files(settings)
    return str(refusal.value).splitlines()[0]


@pytest.mark.parametrize(
    ("row", "column", "value", "words"),
    [
        ("Sales Rep,S,invoices,x,masked", "dimension", "Sales Rep", "Expected at most 40 small letters, digits and _"),
        (f"{'a' * 41},S,invoices,x,masked", "dimension", "a" * 41, "Expected at most 40 small letters"),
        ("segment,S,invoices,x,masked", "dimension", "segment", "This is a level that Duebook has already"),
        ("rep, ,invoices,x,masked", "label", " ", "Expected what readers are to see"),
        ("rep,Rep,invoice,x,masked", "source_table", "invoice", "did you mean invoices?"),
        ("rep,Rep,applications,x,masked", "source_table", "applications", "there are invoices, credit_memos, receipts"),
        ("rep,Rep,invoices,,masked", "source_column", "", "Expected a landed column"),
        ("rep,Rep,customers,email,masked", "source_column", "email", "may name a person"),
        ("rep,Rep,receipts,reference,as_landed", "source_column", "reference", "may name a person"),
        ("rep,Rep,customers,credit_limit,as_landed", "source_column", "credit_limit", "is no text that puts documents"),
        ("rep,Rep,invoices,customer_id,as_landed", "source_column", "customer_id", "invoice_type, currency_code"),
        ("rep,Rep,invoices,x,", "publish", "", "Expected as_landed (values are published as they are) or masked"),
        ("rep,Rep,invoices,x,true", "publish", "true", "Expected as_landed"),
    ],
)
def test_a_declaration_that_can_t_be_used_is_refused_by_line_column_and_value(
    settings: Settings, row: str, column: str, value: str, words: str
) -> None:
    file = declare(settings, GOOD, f"{row}\n")
    assert said(settings).startswith(f"{file}, line 3, column {column}: {value!r}. ")
    assert words in said(settings)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            "salesperson,Salesperson,invoices,Rep,masked",
            "column dimension: 'salesperson' is declared of invoices on line 2",
        ),
        ("salesperson,Rep,customers,Rep,masked", "column label: 'Rep', and line 2 says 'Salesperson' of salesperson."),
        ("salesperson,Salesperson,customers,Rep,as_landed", "column publish: 'as_landed', and line 2 says 'masked'"),
    ],
)
def test_two_declarations_of_one_dimension_agree(settings: Settings, row: str, words: str) -> None:
    file = declare(settings, GOOD, f"{row}\n")
    assert said(settings).startswith(f"{file}, line 3, {words}")


@pytest.mark.parametrize(
    "rows",
    [
        (),
        (GOOD, OF_CUSTOMERS),
        ("c4_x,Cost centre,invoices,Kostenstelle (neu),as_landed\n", f"{'a' * 40},Area,customers,region,as_landed\n"),
    ],
    ids=["none", "of two tables", "names just inside, a column of the contract"],
)
def test_declarations_just_inside_are_good(settings: Settings, rows: tuple[str, ...]) -> None:
    declare(settings, *rows)
    check_home_files(settings)


def land(settings: Settings, columns: tuple[str, ...], extra: str | None) -> None:
    settings.landed_file.parent.mkdir(parents=True)
    with duckdb.connect(settings.landed_file) as landed:
        landed.execute("create schema raw; create table raw.landed_columns (table_name varchar, column_name varchar)")
        landed.execute("create table raw.invoices (invoice_id varchar, extra_columns varchar)")
        landed.execute("insert into raw.invoices values ('I', ?)", [extra])
        for column in columns:
            landed.execute("insert into raw.landed_columns values ('invoices', ?)", [column])


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (("invoice_id", "sold by"), "did you mean sold by?"),
        (("invoice_id", "Project"), "they have Project."),
        (("invoice_id",), "they have none but the contract's columns."),
        ((), "they have none but the contract's columns."),
    ],
)
def test_a_column_that_never_landed_is_named(settings: Settings, columns: tuple[str, ...], words: str) -> None:
    file = declare(settings, GOOD)
    land(settings, columns, '{"Sold By":"Anna"}')
    with pytest.raises(ReferenceDataError) as refusal:
        check_declared_columns(settings)
    first, _ = str(refusal.value).splitlines()
    place = f"{file}, line 2, column source_column: 'Sold by' is no column of the landed files of invoices: "
    assert first == f"{place}{words} Land a file with it first, or correct its name."


@pytest.mark.parametrize(
    ("columns", "extra"), [(("Sold by",), None), ((), '{"Sold by":"Anna"}')], ids=["noted", "of an earlier Duebook"]
)
def test_a_column_that_has_landed_is_good(settings: Settings, columns: tuple[str, ...], extra: str | None) -> None:
    declare(settings, GOOD, "area,Area,customers,region,as_landed\n")
    land(settings, columns, extra)
    check_declared_columns(settings)


def test_what_can_be_declared_is_what_the_models_read() -> None:
    """A column of the contract that the models don't look up would be taken for one the contract doesn't know."""
    folder = DBT_PROJECT_DIR / "models" / "intermediate" / "entities"
    of_documents = (folder / "int_document_dimensions.sql").read_text("utf-8")
    of_customers = (folder / "int_customer_dimensions.sql").read_text("utf-8")
    read = {
        table: re.findall(r"'(\w+)'", listed)
        for table, listed in re.findall(r"'(\w+)': \('\w+', '\w+', '\w+', \[(.*?)\]\)", of_documents)
    }
    [listed] = re.findall(r"landed_text\('declared.source_column', \[(.*?)\]\)", of_customers, re.DOTALL)
    read["customers"] = re.findall(r"'(\w+)'", listed)
    assert read == {table: declarable(table) for table in TABLES}
