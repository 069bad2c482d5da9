"""Encryption at rest: what is in the files, and what a wrong key, a lost one and a new one do to a home.

Not here: where keys come from, and dbt (unit/test_encryption.py).
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from cli.exit_codes import ExitCode
from cli.main import app
from duebook.adapters.engine.state import State, landings_of, state_file
from duebook.backup import back_up
from duebook.contract import read_contract
from duebook.database_files import DamagedFileError, attach, connect, is_damage, log_of, open_database
from duebook.doctor import findings
from duebook.doctor.databases import landed_rows
from duebook.doctor.encryption import encryption
from duebook.encrypted_home import private_files, refuse_wrong_keys, rewrite
from duebook.encryption import FEWEST_CHARACTERS, KEY, EncryptionError, is_encrypted
from duebook.landing.load_errors import LandingError
from duebook.landing.loading import load_landing
from duebook.publication.personal import write_personal
from duebook.settings import PERSONAL_FILE, PERSONAL_SCHEMA, RAW_SCHEMA, Settings
from tests.support.landing.files import invoices, load, settings_for, write_csv

FIRST, SECOND, OTHER = (letter * FEWEST_CHARACTERS for letter in "fso")
CANARY = "canary-in-a-landed-cell"
Told = list[str]


@pytest.fixture
def key(monkeypatch) -> Callable[[str], None]:
    """Sets the key, or takes it away."""

    def give(*keys: str) -> None:
        monkeypatch.setenv(KEY, " ".join(keys))

    return give


@pytest.fixture(scope="module")
def first_made(tmp_path_factory) -> Path:
    """What tests copy."""
    folder = tmp_path_factory.mktemp("encrypted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEY, FIRST)
        made(folder)
    return folder


@pytest.fixture
def home(first_made, tmp_path, key) -> Settings:
    """A home with landed rows, a warehouse and published personal data, all encrypted with the first key."""
    shutil.copytree(first_made, tmp_path, dirs_exist_ok=True)
    key(FIRST)
    return settings_for(tmp_path)


def made(folder: Path) -> Settings:
    """A small home: what loads, builds and publications write of landed rows and persons."""
    settings = settings_for(folder)
    write_csv(folder / "landing" / "ar" / "invoices" / "a.csv", invoices(3, invoice_number=CANARY))
    load(folder)
    with connect(settings.warehouse_file) as warehouse:
        warehouse.execute(f"create schema {PERSONAL_SCHEMA}")
        warehouse.execute(f"create table {PERSONAL_SCHEMA}.written_texts as select '{CANARY}' as written_text")
        warehouse.execute(f"comment on column {PERSONAL_SCHEMA}.written_texts.written_text is 'what was written'")
    with duckdb.connect() as con:
        State(con, state_file(settings, "a_source"), settings.landing, read_contract()).begin()
    settings.published_dir.mkdir()
    write_personal(settings, settings.warehouse_file, settings.published_dir)
    return settings


def test_what_a_killed_process_has_spilled_keeps_nobody_from_a_file(home):
    spilled = home.landed_file.with_name(f"{home.landed_file.name}.tmp")
    spilled.mkdir()
    (spilled / "duckdb_temp_storage_DEFAULT-0.tmp").write_bytes(b"left by a killed process")
    assert landed(home)
    with connect(home.landed_file) as con:
        said = con.execute("select current_setting('temp_file_encryption'), current_setting('temp_directory')")
        assert said.fetchall() == [(True, str(spilled))]


def test_another_file_can_be_attached_once_something_is_spilled(home, tmp_path):
    limits = {"memory_limit": "50MB", "threads": 1, "temp_directory": str(tmp_path / "spilled")}
    with duckdb.connect(config=limits) as con:
        attach(con, home.landed_file, "landed")
        con.execute("create temp table much as select range as i, hash(range)::varchar as s from range(4_000_000)")
        assert list((tmp_path / "spilled").iterdir())
        attach(con, home.warehouse_file, "warehouse")
        assert con.execute("select count(*) from warehouse.personal.written_texts").fetchall()


def landed(settings: Settings) -> list[tuple]:
    with connect(settings.landed_file, read_only=True) as con:
        return con.execute(f"select invoice_id, invoice_number from {RAW_SCHEMA}.invoices order by all").fetchall()


def personal(settings: Settings) -> list[tuple]:
    with connect(settings.published_dir / PERSONAL_FILE, read_only=True) as con:
        return con.execute(f"select written_text from {PERSONAL_SCHEMA}.written_texts").fetchall()


THREE = [(f"I{number}", CANARY) for number in (1, 2, 3)]


def holding_canaries(settings: Settings) -> list[Path]:
    return [file for file in private_files(settings) if CANARY.encode() in file.read_bytes()]


def test_no_private_database_holds_a_landed_cell_in_the_clear_and_all_are_read_with_the_key(home):
    assert [is_encrypted(file) for file in private_files(home)] == [True] * 4
    assert holding_canaries(home) == []
    assert (landed(home), personal(home)) == (THREE, [(CANARY,)])


def test_without_a_key_nothing_is_encrypted(tmp_path):
    settings = made(tmp_path)
    assert not any(map(is_encrypted, private_files(settings)))
    assert landed(settings) == THREE
    assert settings.landed_file in holding_canaries(settings)


def test_what_is_written_after_the_last_checkpoint_is_encrypted_too(home):
    with connect(home.landed_file) as con:
        con.execute("pragma disable_checkpoint_on_shutdown")
        con.execute(f"create table {RAW_SCHEMA}.further as select '{CANARY}' || range as said from range(1000)")
    log = log_of(home.landed_file)
    assert log.stat().st_size > 1000
    assert CANARY.encode() not in log.read_bytes()
    with connect(home.landed_file, read_only=True) as con:
        assert con.execute(f"select count(*) from {RAW_SCHEMA}.further").fetchall() == [(1000,)]


def test_what_does_not_fit_into_memory_is_encrypted_on_the_disk(home):
    spilled = home.landed_file.with_name(f"{home.landed_file.name}.tmp")
    with connect(home.landed_file) as con:
        con.execute("set memory_limit = '40MB'; set threads = 1")
        con.execute(f"create temp table large as select '{CANARY}' || hash(range) as said from range(1_500_000)")
        files = list(spilled.iterdir())
        assert sum(file.stat().st_size for file in files) > 1_000_000
        assert not any(CANARY.encode() in file.read_bytes() for file in files)


def test_a_second_load_adds_to_an_encrypted_file(home):
    write_csv(home.landing / "ar" / "invoices" / "b.csv", [*invoices(4, invoice_number=CANARY)][3:])
    load(home.home.parent)
    assert landed(home) == [*THREE, ("I4", CANARY)]
    assert holding_canaries(home) == []


def test_what_a_source_has_landed_is_remembered_in_an_encrypted_file(home):
    file = state_file(home, "a_source")
    with duckdb.connect() as con:
        state = State(con, file, home.landing, read_contract())
        con.execute("create temp table landed_now as select 'customers' as table_name, '[1]' as key, 'x' as hash")
        state.keep({}, {}, is_full=False)
    assert is_encrypted(file)
    with duckdb.connect() as con:
        assert State(con, file, home.landing, read_contract()).landings == 1
        assert con.execute("select key from landed_before").fetchall() == [("[1]",)]


def test_a_wrong_key_is_said_with_the_file_and_what_to_do_and_no_key_and_changes_nothing(home, key):
    before = home.landed_file.read_bytes()
    key(OTHER)
    with pytest.raises(LandingError) as refused:
        load_landing(home, lambda line: None)
    said = str(refused.value)
    assert said.startswith(f"{home.landed_file} is encrypted with another key than is given: set ")
    assert not any(one in said for one in (FIRST, OTHER))
    assert home.landed_file.read_bytes() == before


def test_a_refresh_with_a_wrong_key_ends_with_a_line_that_says_so(home, key, monkeypatch):
    key(OTHER)
    done = CliRunner().invoke(app, ["refresh", "--home", str(home.home), "--landing", str(home.landing)])
    assert done.exit_code == ExitCode.USAGE
    assert f"{home.landed_file} is encrypted with another key than is given" in done.stderr
    assert "Traceback" not in done.output + done.stderr


def test_without_its_key_an_encrypted_home_is_neither_read_nor_written(home, monkeypatch):
    monkeypatch.delenv(KEY)
    with pytest.raises(EncryptionError, match="is encrypted, and no key is given"):
        open_database(home.landed_file, read_only=True)
    with pytest.raises(EncryptionError, match=r"4 databases of .* encrypted, and no key is given: give it by"):
        refuse_wrong_keys(home)


def test_a_wrong_key_is_no_reason_for_the_doctor_to_ask_for_a_backup(home, key):
    key(OTHER)
    (finding,) = landed_rows(home).findings
    assert "another key" in finding.said
    assert "backup" not in finding.to_do
    assert "Nothing is lost" in finding.to_do


def test_with_a_lost_key_the_landed_files_make_the_same_rows_again(home, key):
    key(SECOND)
    home.home.rename(home.home.with_name("locked"))
    load(home.home.parent)
    assert landed(home) == THREE


def test_a_new_key_before_the_former_one_is_that_of_all_files_after_the_command(home, key):
    key(SECOND, FIRST)
    refuse_wrong_keys(home)
    told: Told = []
    rewrite(home, told.append)
    assert told == [
        f"  {home.landed_file}: written anew",
        f"  {state_file(home, 'a_source')}: written anew",
        f"  {home.published_dir / PERSONAL_FILE}: written anew",
        f"  {home.warehouse_file}: removed: the next refresh builds it again",
    ]
    key(SECOND)
    assert (landed(home), personal(home), holding_canaries(home)) == (THREE, [(CANARY,)], [])
    assert landings_of(state_file(home, "a_source")) == 0
    with connect(home.published_dir / PERSONAL_FILE, read_only=True) as con:
        assert con.execute("select comment from duckdb_columns() where comment is not null").fetchall() == [
            ("what was written",)
        ]
    key(FIRST)
    with pytest.raises(EncryptionError):
        landed(home)


def test_a_file_under_the_present_key_is_not_written_again(home):
    before = {file: file.stat().st_ino for file in private_files(home)}
    told: Told = []
    rewrite(home, told.append)
    assert {line.rpartition(": ")[2] for line in told} == {"is so already"}
    assert {file: file.stat().st_ino for file in private_files(home)} == before


class KilledError(Exception):
    """The end of a process, as far as this one can have it."""


def test_a_change_of_keys_that_is_ended_between_two_files_leaves_a_home_that_opens_and_is_finished(home, key):
    key(SECOND, FIRST)

    def end_after_the_first(line: str) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        rewrite(home, end_after_the_first)
    assert (landed(home), personal(home)) == (THREE, [(CANARY,)])
    refuse_wrong_keys(home)
    load(home.home.parent)
    rewrite(home, lambda line: None)
    key(SECOND)
    assert (landed(home), personal(home)) == (THREE, [(CANARY,)])


def test_half_a_file_that_a_killed_change_of_keys_left_is_removed_by_the_next_load(home):
    draft = home.landed_file.with_name(f"{home.landed_file.name}.draft")
    draft.write_bytes(b"half")
    load(home.home.parent)
    assert not draft.exists()
    assert landed(home) == THREE


def test_rows_in_the_log_of_a_killed_load_are_under_the_new_key_too(home, key):
    with connect(home.landed_file) as con:
        con.execute("pragma disable_checkpoint_on_shutdown")
        con.execute(f"create table {RAW_SCHEMA}.further as select 1 as one")
    key(SECOND, FIRST)
    rewrite(home, lambda line: None)
    key(SECOND)
    assert not log_of(home.landed_file).exists()
    with connect(home.landed_file, read_only=True) as con:
        assert con.execute(f"select one from {RAW_SCHEMA}.further").fetchall() == [(1,)]


def test_a_home_in_the_clear_is_refused_with_a_key_until_the_command_has_encrypted_it(tmp_path, key):
    settings = made(tmp_path)
    (settings.published_dir / PERSONAL_FILE).chmod(0o640)
    key(FIRST)
    with pytest.raises(LandingError, match=r"4 databases of .*: not encrypted, though a key is given\. Run `due"):
        load(tmp_path)
    assert encryption(settings).state == findings.State.WRONG
    done = CliRunner().invoke(app, ["encrypt", "--home", str(settings.home)])
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (ExitCode.DONE, "Encrypted under the first key.")
    assert FIRST not in done.output
    assert (landed(settings), personal(settings), holding_canaries(settings)) == (THREE, [(CANARY,)], [])
    assert (settings.published_dir / PERSONAL_FILE).stat().st_mode & 0o777 == 0o640
    found = encryption(settings)
    assert (found.state, found.looked_at) == (findings.State.SOUND, "3 of 3 private databases encrypted")
    load(tmp_path)


def test_encryption_is_taken_off_by_the_same_command(home, monkeypatch):
    done = CliRunner().invoke(app, ["encrypt", "--off", "--home", str(home.home)])
    assert done.exit_code == ExitCode.DONE
    assert not any(map(is_encrypted, private_files(home)))
    monkeypatch.delenv(KEY)
    assert (landed(home), personal(home)) == (THREE, [(CANARY,)])
    load(home.home.parent)


def test_the_command_without_a_key_says_what_it_needs(tmp_path):
    done = CliRunner().invoke(app, ["encrypt", "--home", str(tmp_path)])
    assert (done.exit_code, done.stderr.startswith("No key is given: give it by ")) == (ExitCode.USAGE, True)


def test_an_engine_that_keeps_rows_elsewhere_is_refused_with_a_key(tmp_path, key):
    settings = Settings(home=tmp_path, engine="spark")
    refuse_wrong_keys(settings)
    key(FIRST)
    with pytest.raises(EncryptionError, match="DUEBOOK_ENGINE is spark, which encrypts nothing"):
        refuse_wrong_keys(settings)


def test_a_flipped_bit_of_an_encrypted_file_is_damage_and_no_wrong_key(home):
    content = bytearray(home.landed_file.read_bytes())
    content[9000] ^= 1
    home.landed_file.write_bytes(content)
    with pytest.raises(DamagedFileError):
        open_database(home.landed_file, read_only=True)
    assert is_damage("Invalid Input Error: Computed AES tag differs from read AES tag, are you using the right key?")


def test_a_backup_of_encrypted_files_is_encrypted_and_opens_with_the_key(home, tmp_path):
    backup = back_up(home, tmp_path / "backups", lambda line: None)
    copied = backup / home.landed_file.relative_to(home.home)
    assert copied.read_bytes() == home.landed_file.read_bytes()
    assert not any(CANARY.encode() in file.read_bytes() for file in backup.rglob("*") if file.is_file())


def test_a_reader_with_the_key_opens_the_published_file_with_duckdb_alone(home):
    with duckdb.connect() as reader:
        reader.execute(
            f"attach '{home.published_dir / PERSONAL_FILE}' as persons (read_only, encryption_key '{os.environ[KEY]}')"
        )
        assert reader.execute(f"select written_text from persons.{PERSONAL_SCHEMA}.written_texts").fetchall() == [
            (CANARY,)
        ]
