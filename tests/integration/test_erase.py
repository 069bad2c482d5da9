"""`duebook erase`: a person's values are in no byte of a home afterwards, and every figure is as it was.

Here: the command on the refreshed sample, its publications, what it says and writes down, the next refresh. Not here:
landed rows alone, and loads (test_erased_rows.py), Postgres (test_erase_postgres.py).
"""

import json
import shutil
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from cli.exit_codes import ExitCode
from cli.main import app
from duebook.doctor.publication import publications as examined
from duebook.publication.record import read_publication
from duebook.settings import PERSONAL_FILE, SAMPLE_LANDING, Settings
from tests.support.publications.canaries import found_in
from tests.support.refreshes.running import marts, refresh

pytestmark = pytest.mark.long

# Of a business readers see name and invoice numbers; of a person the first letter.
BUSINESS = "C0001"
# Texts of one customer that no row of another has, and that are no employee's name.
HELD = """
    with said as (
        select customer_id, unnest([customer_name, email, phone, address]) as text from raw.customers
        union all select customer_id, invoice_number from raw.invoices
        union all select customer_id, reference from raw.receipts
        union all select employee_id, employee_name from raw.employees
    )
    select text from said where length(text) > 5 group by text having bool_and(customer_id = $id)
"""
# What names somebody there, and so changes.
MASKED = {"dim_customers": "customer_name, email_masked, phone_masked", "fct_invoices": "invoice_number"}


def erase(settings: Settings, *options: str, code: ExitCode = ExitCode.DONE) -> str:
    done = CliRunner().invoke(app, ["erase", "--home", str(settings.home), *options])
    assert done.exit_code == code, done.output
    return done.output


def texts_of(settings: Settings, key: str) -> set[str]:
    with duckdb.connect(settings.landed_file, read_only=True) as landed:
        return {text for (text,) in landed.execute(HELD, {"id": key}).fetchall()}


def person_of(settings: Settings) -> str:
    """A customer who is a person, of whom an e-mail address and invoice numbers were landed."""
    query = "select min(customer_id) from raw.customers where is_consumer and email is not null"
    with duckdb.connect(settings.landed_file, read_only=True) as landed:
        return landed.execute(query).fetchone()[0]


def figures(settings: Settings, folder: Path) -> dict[str, list[tuple]]:
    """All that is published of marts, but what names somebody."""
    with duckdb.connect(folder / settings.published_file.name, read_only=True) as published:
        names = [name for (name,) in published.execute("select table_name from duckdb_tables()").fetchall()]
        return {
            name: published.execute(
                f"select count(*), sum(hash(columns(*))) from"
                f" (select * {f'exclude ({MASKED[name]})' if name in MASKED else ''} from marts.{name})"
            ).fetchall()
            for name in names
        }


@pytest.fixture(scope="module")
def erased(first, tmp_path_factory: pytest.TempPathFactory):
    """A home with a past day, from which a business and a person were erased: figures before, and what was said."""
    of_first, _, _ = first
    settings = of_first.model_copy(update={"home": tmp_path_factory.mktemp("erased") / "a home"})
    shutil.copytree(of_first.home, settings.home, symlinks=True)
    past = settings.published_dir / "as_of" / "2026-05-31"
    shutil.copytree(settings.published_dir, past, symlinks=True)
    person = person_of(settings)
    texts = {key: texts_of(settings, key) for key in (BUSINESS, person)}
    before = {folder: figures(settings, folder) for folder in (settings.published_dir, past)}
    said = [erase(settings, "--customer", key, "--yes") for key in (BUSINESS, person)]
    return settings, texts, before, said


def test_no_byte_of_the_home_has_what_named_them(erased) -> None:
    settings, texts, _, _ = erased
    wanted = set().union(*texts.values())
    assert len(wanted) > 20
    assert found_in(settings.home, lambda text: {one for one in wanted if one in text}) == {}


def test_every_figure_of_every_publication_stays(erased) -> None:
    settings, _, before, _ = erased
    for folder, figures_before in before.items():
        assert figures(settings, folder) == figures_before
        record = read_publication(folder)
        assert len(record.parquet_files) > 100, "by month, as before"


def test_publications_are_sound_and_keep_their_rights(erased) -> None:
    settings, _, before, _ = erased
    assert [finding for part in examined(settings) for finding in part.findings] == []
    for folder in before:
        assert (folder / PERSONAL_FILE).stat().st_mode & 0o777 == 0o600
        assert len(list(folder.glob("parquet-*"))) == 1, "what was replaced is gone"


def test_it_says_what_it_did_and_writes_it_down_without_values(erased) -> None:
    settings, texts, _, said = erased
    assert f"Erased: customer {BUSINESS}," in said[0]
    assert "none is left" in said[0]
    assert "published: marts.fct_invoices" in said[0]
    assert "published/as_of/2026-05-31: personal.customer_contacts: 1" in said[0]
    assert "ar/customers/" in said[0]
    log = settings.audit_file
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    [line, *_] = [line for line in lines if line["event"] == "erased"]
    assert line["subject"] == f"customer {BUSINESS}"
    assert line["counts"]["landed rows: customers"] > 0
    assert log.stat().st_mode & 0o777 == 0o640
    assert not any(text in log.read_text() or text in said[0] for text in texts[BUSINESS])


def test_to_erase_again_changes_nothing(erased) -> None:
    settings, _, _, _ = erased
    before = read_publication(settings.published_dir)
    assert f"Nothing was left of customer {BUSINESS}." in erase(settings, "--customer", BUSINESS, "--yes")
    assert read_publication(settings.published_dir) == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--customer", "nobody", "--yes"], "No landed row is of customer nobody. Nothing was done."),
        (["--yes"], "Name one person"),
        (["--customer", "C0002", "--employee", "E1", "--yes"], "Name one person"),
        (["--customer", "C0002"], "say --yes"),
    ],
)
def test_who_is_meant_has_to_be_said_and_meant(erased, options: list[str], said: str) -> None:
    settings, _, _, _ = erased
    assert said in erase(settings, *options, code=ExitCode.USAGE)


def test_the_next_refresh_and_the_same_files_landed_again_leave_every_figure(first, erased, tmp_path: Path) -> None:
    _, _, before = first
    settings, texts, _, _ = erased
    cleared, landing = marts(settings.published_file), tmp_path / "landing"
    shutil.copytree(SAMPLE_LANDING, landing)
    options = ["--landing", str(landing), "--as-of", "2026-06-30", "--reporting-currency", "EUR"]
    done = refresh(settings.home, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    after = marts(settings.published_file)
    assert {name for name in before if before[name] != after[name]} <= set(MASKED) | {"schema_drift"}
    # What stands in the place of a name is one and the same before the next refresh and after it.
    assert {name: after[name] for name in MASKED} == {name: cleared[name] for name in MASKED}
    wanted = set().union(*texts.values())
    for file in sorted((landing / "ar" / "customers").iterdir()):
        shutil.copyfile(file, file.with_name(f"zz_again_{file.name}"))
    done = refresh(settings.home, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert found_in(settings.home, lambda text: {one for one in wanted if one in text}) == {}
