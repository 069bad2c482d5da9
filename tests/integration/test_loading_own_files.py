"""A load takes away and changes nothing but what Duebook itself made, whatever folder the home is.

Not here: what a load leaves of its own (test_loading_failures.py).
"""

import pytest

from duebook.home import take_from_others
from duebook.landing.files import LandingError
from duebook.landing.loading import load_landing
from duebook.landing.work_folder import MARKER
from tests.support.landing.files import invoices, load, raw, settings_for, write_csv, write_text

pytestmark = pytest.mark.long


@pytest.fixture
def home(tmp_path):
    """A home not made yet, beside a landing with ten good invoices."""
    write_csv(tmp_path / "landing" / "ar" / "invoices" / "a.csv", invoices(10))
    return tmp_path / "home"


def refusal(folder):
    with pytest.raises(LandingError) as refused:
        load(folder)
    (line,) = str(refused.value).splitlines()
    return line


OWN = [
    "dlt/precious.py",
    "dlt/landing/precious.py",
    "dlt/landing/load/normalized/mine/rows.parquet",
    "dlt/staging/jsonl/mine.parquet",
    "dlt/staging/unpacked.csv.bak",
    "staging/a.csv",
    "loading/a.csv",
]


def test_a_users_own_files_in_a_folder_that_becomes_the_home_stay_as_they_are(tmp_path, home):
    for name in OWN:
        write_text(home / name, "mine").chmod(0o644)
    load(tmp_path)
    assert raw(tmp_path, "select count(*) from invoices") == [(10,)]
    assert {(home / name).read_text() for name in OWN} == {"mine"}
    assert {(home / name).stat().st_mode & 0o777 for name in OWN} == {0o644}


# As a load of 0.1.0 left it when it was killed.
LEFT = [
    "dlt/landing/state.json",
    "dlt/landing/trace.pickle",
    "dlt/landing/schemas/landing.schema.json",
    "dlt/landing/normalize/.version",
    "dlt/landing/normalize/extracted/1795926843.906964/new_jobs/customers.58efc6a300.0.parquet",
    "dlt/landing/load/.version",
    "dlt/landing/load/normalized/1795926843.906964/new_jobs/customers.966c9fd1ca.0.parquet",
    "dlt/landing/load/normalized/1795926843.906964/.restore/state.json",
    "dlt/landing_definitions/state.json",
    "dlt/staging/unpacked.csv",
    "dlt/staging/jsonl/0.parquet",
    "dlt/staging/duckdb_temp_storage_S32K-0.tmp",
]


def test_what_a_killed_load_of_an_earlier_version_left_goes_and_nothing_beside_it(tmp_path, home):
    for name in LEFT:
        write_text(home / name, "a name, an address")
    load(tmp_path)
    assert not (home / "dlt").exists()
    for name in (*LEFT, "dlt/landing/precious.py"):
        write_text(home / name, "mine")
    load(tmp_path)
    assert [path for path in (home / "dlt").rglob("*") if path.is_file()] == [home / "dlt" / "landing" / "precious.py"]


def test_a_link_in_place_of_an_earlier_versions_folder_is_not_followed_and_what_it_left_is_said(tmp_path, home):
    kept = write_text(tmp_path / "elsewhere" / "landing" / "state.json", "mine")
    home.mkdir()
    (home / "dlt").symlink_to(tmp_path / "elsewhere")
    told = []
    load_landing(settings_for(tmp_path), told.append)
    assert kept.read_text() == "mine"
    assert told[0] == (
        f"warning: {home}/dlt is a link, which is not followed: an earlier version may have left landed rows in its "
        "folders landing and staging; delete them"
    )


def test_a_folder_in_place_of_the_loads_that_holds_anything_else_is_refused(tmp_path, home):
    kept = write_text(home / "warehouse" / "loading" / "precious.py", "mine")
    assert refusal(tmp_path) == (
        f"{kept.parent} contains files that are not Duebook's, such as precious.py; a load would delete them. "
        "Nothing was loaded; move them away, or set DUEBOOK_HOME to another folder"
    )
    assert kept.read_text() == "mine"


@pytest.mark.parametrize("marked", [False, True])
def test_a_link_in_place_of_the_loads_folder_is_refused(tmp_path, home, marked):
    kept = write_text(tmp_path / "elsewhere" / "precious.py", "mine")
    if marked:
        write_text(kept.with_name(MARKER), "")
    (home / "warehouse").mkdir(parents=True)
    (home / "warehouse" / "loading").symlink_to(kept.parent)
    assert refusal(tmp_path) == (
        f"{home}/warehouse/loading is a link to {kept.parent}. A load empties its work folder, so it follows no "
        "link there. Nothing was loaded; move the link away, or set DUEBOOK_HOME to another folder"
    )
    assert kept.read_text() == "mine"


def test_a_file_in_place_of_the_loads_folder_is_refused(tmp_path, home):
    kept = write_text(home / "warehouse" / "loading", "mine")
    assert refusal(tmp_path).startswith(f"{kept} is a file, but a load needs a folder of that name. Nothing was loaded")
    assert kept.read_text() == "mine"


def test_a_link_within_the_loads_folder_goes_and_what_it_leads_to_stays(tmp_path, home):
    load(tmp_path)
    kept = write_text(tmp_path / "elsewhere" / "precious.py", "mine")
    settings_for(tmp_path).loading_dir.joinpath("staging").symlink_to(kept.parent)
    load(tmp_path)
    assert kept.read_text() == "mine"
    assert [path.name for path in settings_for(tmp_path).loading_dir.iterdir()] == [MARKER]


def test_rights_are_taken_from_what_duebook_made_and_from_nothing_else(tmp_path, home):
    own = ["logs/my.log", "dbt/models/a.sql", "published/mine/a.csv", "warehouse/mine.duckdb", "dagster/mine.py"]
    made = [
        "logs/20250131T060000Z_as_of_2025-01-30.log",
        "dbt/run/duebook/a.sql",
        "published/parquet-20250131/a.parquet",
        "published/as_of/2025-01-30/duebook.duckdb",
        "published/as_of/2025-01-30/personal/duebook_personal.duckdb",
        "warehouse/landing.duckdb.wal",
        "dagster/history/runs.db",
    ]
    for name in own + made:
        write_text(home / name, "").chmod(0o666)
        (home / name).parent.chmod(0o755)
    take_from_others(settings_for(tmp_path))
    assert {(home / name).stat().st_mode & 0o777 for name in own} == {0o666}
    modes = {name: (home / name).stat().st_mode & 0o777 for name in made}
    assert modes.pop("warehouse/landing.duckdb.wal") == 0o600
    assert set(modes.values()) == {0o640}
    assert (home / "logs").stat().st_mode & 0o777 == 0o755
    (home / "logs" / "my.log").unlink()
    take_from_others(settings_for(tmp_path))
    assert (home / "logs").stat().st_mode & 0o777 == 0o750
