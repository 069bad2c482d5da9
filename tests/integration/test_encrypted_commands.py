"""Each command on an encrypted home without its key: it does without, or says that a key is missing and how to give it.

Not here: what a wrong key, a lost one and a new one do to the files (test_encryption.py).
"""

import shutil
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from cli import main
from cli.exit_codes import ExitCode
from cli.main import COMMANDS, app
from duebook.adapters.engine.state import State, state_file
from duebook.backup import back_up
from duebook.contract import read_contract
from duebook.encryption import FEWEST_CHARACTERS, GIVE_IT, KEY
from duebook.settings import Settings

pytestmark = pytest.mark.long

CUSTOMER = ["--customer", "C0001"]
LIST = "id,account,issued,total\n1,A,2026-01-31,10.00\n"
MAPPING = """
name: a_list
grain: invoices
columns: {number: id, customer_id: account, invoice_date: issued, amount: total}
constants: {company_id: ACME, company_currency: EUR}
"""
OF_A_LIST = ["--adapter", "flat", "--source", "{work}/list.csv", "--mapping", "{work}/list.yml"]
# What each command is called with; those that open no private database do what they do without a key.
NEED_IT = {
    "refresh": [],
    "quarantine": ["--table", "invoices", "--write", "{work}/rows.csv"],
    "erase": [*CUSTOMER, "--yes"],
    "subject": [*CUSTOMER, "--write", "{work}/person.json"],
    "land": [*OF_A_LIST, "--landing", "{work}/landing"],
    "adapter-check": [*OF_A_LIST, "--landing", "{work}/landing"],
    "statement": CUSTOMER,
    "dev": [],
    "publish": [],
    "encrypt": [],
    "doctor": [],
    "backup": ["--to", "{work}/backups"],
    "restore": ["--from", "{backup}"],
}
DO_WITHOUT = {
    "check-landing": [],
    "explain": ["--kpi", "dso"],
    "dashboard": ["--build-only"],
    "metrics": [],
}
# It masks what it can't read, and says so.
GOES_ON = {"statement"}
# Opens the publication alone; it writes the checkout's pages, which tests read meanwhile.
NOT_TRIED = {"docs"}


@pytest.fixture(scope="module")
def encrypted(first, tmp_path_factory) -> Path:
    """The refreshed sample, encrypted, with the state of a source, a row held back, and a backup beside it."""
    home = tmp_path_factory.mktemp("encrypted") / "home"
    shutil.copytree(first[0].home, home, symlinks=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEY, "k" * FEWEST_CHARACTERS)
        assert CliRunner().invoke(app, ["encrypt", "--home", str(home)]).exit_code == ExitCode.DONE
        settings = Settings(home=home)
        with duckdb.connect() as con:
            State(con, state_file(settings, "a_list"), settings.landing, read_contract()).begin()
        with duckdb.connect(settings.published_file) as published:
            published.execute(
                "insert into marts.quarantined_rows by name select 'invoices' as table_name, 'amount' as column_name,"
                " 'not a number' as reason, 1 as source_row, 'ar/invoices/a.csv' as source_file"
            )
        back_up(settings, home.with_name("backups"), lambda line: None)
    return home


def called(command: str, words: list[str], home: Path, work: Path):
    (work / "list.csv").write_text(LIST)
    (work / "list.yml").write_text(MAPPING)
    (work / "landing").mkdir(exist_ok=True)
    [backup] = home.with_name("backups").iterdir()
    options = [word.format(work=work, backup=backup) for word in words]
    done = CliRunner().invoke(app, [command, "--home", str(home), *options])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def test_every_command_that_takes_a_home_is_tried_and_takes_its_key() -> None:
    options = {command: {option for one in main._loaded(command).params for option in one.opts} for command in COMMANDS}
    with_a_home = {command for command, has in options.items() if "--home" in has}
    assert with_a_home == NEED_IT.keys() | DO_WITHOUT.keys() | NOT_TRIED
    assert {command for command, has in options.items() if "--encryption-key-file" in has} == with_a_home


@pytest.mark.parametrize("command", NEED_IT)
def test_a_command_that_needs_the_key_says_that_it_is_missing_and_how_to_give_it(
    command: str, encrypted: Path, tmp_path: Path
) -> None:
    done = called(command, NEED_IT[command], encrypted, tmp_path)
    said = done.output if command == "doctor" else done.stderr
    assert "o key is given: give it " + GIVE_IT in said
    expected = ExitCode.FAILED if command == "doctor" else ExitCode.DONE if command in GOES_ON else ExitCode.USAGE
    assert done.exit_code == expected
    assert not {"rows.csv", "person.json", "backups"} & {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("command", DO_WITHOUT)
def test_a_command_that_opens_nothing_private_does_without_the_key(
    command: str, encrypted: Path, tmp_path: Path
) -> None:
    done = called(command, DO_WITHOUT[command], encrypted, tmp_path)
    assert (done.exit_code, "no key is given" in done.output + done.stderr) == (ExitCode.DONE, False)


def test_the_option_is_the_key(encrypted: Path, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("k" * FEWEST_CHARACTERS)
    file.chmod(0o600)
    done = called("subject", [*NEED_IT["subject"], "--encryption-key-file", str(file)], encrypted, tmp_path)
    assert done.exit_code == ExitCode.DONE
    assert (tmp_path / "person.json").exists()
