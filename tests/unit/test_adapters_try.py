"""`duebook try`: what its refresh is asked for, in which order it speaks, and what it leaves behind."""

import subprocess
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cli import adapters
from cli.main import app
from duebook.settings import PROJECT_ROOT, Settings, yesterday

MAPPING = """
grain: invoice
columns: {customer_id: customer, invoice_id: number, invoice_date: date, amount: amount}
constants: {company_id: ACME, currency_code: USD}
"""


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """Call `try` on a list; returns the words its refresh was called with."""
    (tmp_path / "list.csv").write_text("customer,number,date,amount\nC,1,2024-01-05,9.50\n", encoding="utf-8")
    (tmp_path / "list.yml").write_text(MAPPING, encoding="utf-8")
    called = []

    def refresh(words, env, **_how):
        called.append(words)
        assert [name for name in env if name in ("DUEBOOK_HOME", "DUEBOOK_POSTGRES_URL")] == []
        return subprocess.CompletedProcess(words, 0)

    monkeypatch.setattr(adapters.subprocess, "run", refresh)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))

    def run(*more: str) -> list[str]:
        done = tried(tmp_path, *more)
        assert done.exit_code == 0, done.output
        return called[0][called[0].index("refresh") :]

    return run


def tried(folder: Path, *more: str) -> Result:
    """Call `try` on the list of a folder."""
    source = ["--source", str(folder / "list.csv"), "--mapping", str(folder / "list.yml")]
    return CliRunner().invoke(app, ["try", "--adapter", "flat", *source, *more])


def left_behind(folder: Path) -> list[str]:
    """What stands among temporary files."""
    return [one.name for one in (folder / "temporary").iterdir()]


def test_it_is_as_of_the_last_day_of_the_source_and_in_no_currency_nobody_gave(asked) -> None:
    words = asked()
    assert words[words.index("--as-of") + 1] == date(2024, 1, 5).isoformat()
    assert "--reporting-currency" not in words


def test_a_day_and_a_currency_that_are_given_count(asked) -> None:
    words = asked("--as-of", "2024-02-29", "--reporting-currency", "USD")
    assert words[words.index("--as-of") + 1] == "2024-02-29"
    assert words[words.index("--reporting-currency") + 1] == "USD"


def test_invoices_in_several_currencies_are_reported_in_that_of_their_company(asked, tmp_path) -> None:
    said = MAPPING.replace("amount: amount", "amount: amount, currency_code: currency")
    constants = "{company_id: ACME, company_currency: EUR, exchange_rate: 0.9}"
    (tmp_path / "list.yml").write_text(said.replace("{company_id: ACME, currency_code: USD}", constants), "utf-8")
    lines = "customer,number,date,amount,currency\nC,1,2024-01-05,9.50,USD\nC,2,2024-01-05,9.50,EUR\n"
    (tmp_path / "list.csv").write_text(lines, encoding="utf-8")
    words = asked()
    assert words[words.index("--reporting-currency") + 1] == "EUR"


def test_a_try_that_cannot_land_leaves_no_folder_behind(asked, tmp_path) -> None:
    (tmp_path / "list.csv").write_text("customer,number,date,amount\nC,1,2024-01-32,9.50\n", encoding="utf-8")
    assert tried(tmp_path).exit_code == 1
    assert left_behind(tmp_path) == []
    assert tried(tmp_path, "--keep", str(tmp_path / "kept")).exit_code == 1
    assert not (tmp_path / "kept").exists()


def test_the_home_of_a_try_is_kept_and_said_with_how_to_see_and_remove_it(asked, tmp_path) -> None:
    said = tried(tmp_path).output
    [home] = left_behind(tmp_path)
    place = tmp_path / "temporary" / home
    assert f"rm -r {place}" in said
    assert f"make dashboard HOME_DIR={place}" in said


def test_the_folder_of_a_try_can_be_named_and_holds_nothing_else(asked, tmp_path) -> None:
    words = asked("--keep", str(tmp_path / "kept"))
    assert words[words.index("--home") + 1] == str(tmp_path / "kept")
    assert left_behind(tmp_path) == []
    again = tried(tmp_path, "--keep", str(tmp_path / "kept"))
    assert (again.exit_code, "is there already" in again.output) == (2, True)
    assert (tmp_path / "kept" / "landing").is_dir()


def test_what_a_try_does_not_use_of_the_environment_is_said_and_not_handed_on(asked, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DUEBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DUEBOOK_POSTGRES_URL", "postgresql://reader@localhost/books")
    assert "Not used: DUEBOOK_HOME, DUEBOOK_POSTGRES_URL." in tried(tmp_path).output
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("command", ["try", "adapter-check"])
def test_rows_and_the_tie_come_first_then_kpis_and_at_last_what_is_missing(asked, tmp_path, command) -> None:
    said = MAPPING.replace("amount: amount", "amount: amount, open_amount: amount")
    (tmp_path / "list.yml").write_text(f"file: {{skip: [{{column: customer, empty: true}}]}}\n{said}", "utf-8")
    (tmp_path / "list.csv").write_text("customer,number,date,amount\nC,1,2024-01-05,9.50\n,,,9.50\n", "utf-8")
    source = ["--source", str(tmp_path / "list.csv"), "--mapping", str(tmp_path / "list.yml")]
    home = [] if command == "try" else ["--home", str(tmp_path / "home")]
    output = CliRunner().invoke(app, [command, "--adapter", "flat", *source, *home]).output
    wanted = [
        "  invoices",
        "  left out: 1 row",
        "Tie: open amounts agree",
        "Warning: No row",
        "KPIs: ",
        "Not in the source",
    ]
    places = [output.index(words) for words in wanted]
    assert places == sorted(places)


def test_kpis_of_one_reason_stand_together(asked, tmp_path) -> None:
    [line] = [
        line for line in tried(tmp_path).output.splitlines() if line.startswith("  null (for these, land disputes)")
    ]
    assert line.endswith("dispute_rate, dispute_days, days_deductions_outstanding")


def test_what_is_wrong_is_listed_in_the_home_that_was_named_and_nowhere_else(tmp_path) -> None:
    (tmp_path / "calls.csv").write_text("customer,day,outcome\nC1,2024-01-05,no such word\n", encoding="utf-8")
    (tmp_path / "calls.yml").write_text(
        "grain: contact\ncolumns: {customer_id: customer, occurred_at: day, outcome: outcome}\n"
        "constants: {channel: phone, direction: outbound}\n",
        encoding="utf-8",
    )
    elsewhere = Settings().logs_dir
    before = sorted(elsewhere.glob("*"))
    source = ["--source", str(tmp_path / "calls.csv"), "--mapping", str(tmp_path / "calls.yml")]
    done = CliRunner().invoke(app, ["adapter-check", "--adapter", "flat", *source, "--home", str(tmp_path / "home")])
    [listed] = (tmp_path / "home" / "logs").iterdir()
    assert (done.exit_code, f"All problems are listed in {listed}" in done.output) == (1, True)
    # As of the day of a refresh of these rows, not that of the sample.
    assert listed.name.endswith(f"as_of_{yesterday()}.bad_rows.csv")
    assert sorted(elsewhere.glob("*")) == before


@pytest.mark.parametrize("name", ["HOME_DIR", "LANDING", "POSTGRES_URL", "DUEBOOK_HOME", "DUEBOOK_ALERT_WEBHOOK"])
def test_make_try_refuses_what_it_would_not_use(name) -> None:
    words = ["make", "-n", "-C", str(PROJECT_ROOT), "try", "SOURCE=x", f"{name}=y"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, f"leave {name} out" in done.stderr, done.stdout.count("cli.make")) == (2, True, 0)


CURRENCIES = MAPPING.replace("amount: amount", "amount: amount, currency_code: currency")
COMPANY = "{company_id: ACME, company_currency: EUR}"
RATED = "{company_id: ACME, company_currency: EUR, exchange_rate: 0.9}"


def in_two_currencies(folder: Path, constants: str, days: tuple[date, date]) -> None:
    """Have a list of an invoice in the company's currency and two in another, on these days."""
    (folder / "list.yml").write_text(CURRENCIES.replace("{company_id: ACME, currency_code: USD}", constants), "utf-8")
    lines = "".join(f"C,{n},{day},9.50,USD\n" for n, day in enumerate(days))
    (folder / "list.csv").write_text(f"customer,number,date,amount,currency\nC,9,{days[0]},9.50,EUR\n{lines}", "utf-8")


@pytest.mark.parametrize(("constants", "stops"), [(COMPANY, True), (RATED, False)])
def test_a_try_of_currencies_without_rates_stops_before_it_refreshes(asked, tmp_path, constants, stops) -> None:
    in_two_currencies(tmp_path, constants, (yesterday(), yesterday()))
    if not stops:
        assert asked()[0] == "refresh"
        return
    done = tried(tmp_path)
    assert (done.exit_code, left_behind(tmp_path)) == (1, [])
    assert "2 invoices, payments and credit memos are in USD, figures in EUR, and no rate is there" in done.stderr
    assert "A try takes one source. Land a list of rates (grain exchange_rate) and this one into a home" in done.stderr
    assert "Refreshing" not in done.output


@pytest.mark.parametrize(
    ("constants", "apart", "old", "needed"),
    [
        (RATED, 7, 0, " REPORTING_CURRENCY=EUR"),
        (RATED, 8, 0, " REPORTING_CURRENCY=EUR MAX_RATE_AGE_DAYS=8"),
        (RATED, 0, 7, " REPORTING_CURRENCY=EUR"),
        (RATED, 0, 9, " REPORTING_CURRENCY=EUR MAX_RATE_AGE_DAYS=9"),
    ],
)
def test_the_next_command_of_a_landing_holds_the_settings_that_the_refresh_needs(
    tmp_path, constants, apart, old, needed
) -> None:
    last = yesterday() - timedelta(days=old)
    in_two_currencies(tmp_path, constants, (last - timedelta(days=apart), last))
    source = ["--source", str(tmp_path / "list.csv"), "--mapping", str(tmp_path / "list.yml")]
    places = ["--landing", str(tmp_path / "landing"), "--home", str(tmp_path / "home")]
    done = CliRunner().invoke(app, ["land", "--adapter", "flat", *source, *places])
    [said] = [line for line in done.output.splitlines() if line.startswith("Next: ")]
    assert said == f"Next: make refresh LANDING={tmp_path / 'landing'} HOME_DIR={tmp_path / 'home'}{needed}"


@pytest.mark.parametrize(
    ("apart", "given", "holds"), [(7, (), []), (8, (), ["8"]), (8, ("--max-rate-age-days", "30"), ["30"])]
)
def test_rates_hold_in_the_refresh_of_a_try_as_long_as_its_documents_need(asked, tmp_path, apart, given, holds) -> None:
    in_two_currencies(tmp_path, RATED, (yesterday() - timedelta(days=apart), yesterday()))
    words = asked(*given)
    assert [words[n + 1] for n, word in enumerate(words) if word == "--max-rate-age-days"] == holds


@pytest.mark.parametrize(
    ("before", "as_of", "staleness"), [(45, yesterday(), []), (46, yesterday(), ["46"]), (-1, yesterday(), [])]
)
def test_a_try_of_all_that_is_open_is_as_of_the_day_of_the_list_however_old_its_documents(
    asked, tmp_path, before, as_of, staleness
) -> None:
    """The list is of yesterday, or of today, of which no refresh is yet."""
    said = MAPPING.replace("invoice", "item")
    day = yesterday() + timedelta(days=before < 0)
    (tmp_path / "list.yml").write_text(f"exports: snapshot\nlist_date: {day}\n{said}", encoding="utf-8")
    last = yesterday() - timedelta(days=max(before, 0))
    (tmp_path / "list.csv").write_text(f"customer,number,date,amount\nC,1,{last},9.50\n", encoding="utf-8")
    words = asked()
    assert words[words.index("--as-of") + 1] == as_of.isoformat()
    assert [words[n + 1] for n, word in enumerate(words) if word == "--max-staleness-days"] == staleness
