"""Reference files of a home: which file counts, and what is said of one that can't be used."""

from pathlib import Path

import pytest

from duebook.reference import ReferenceDataError, check_home_files, codes, home_files, reference_file
from duebook.settings import REFERENCE_SEEDS_DIR, Settings

ROLES = "role,description\n"
TARGETS = "kpi_id,level,valid_from,target,source\n"
TIERS = "risk_tier,min_points,loss_probability,description\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "it's a home")


def put(settings: Settings, name: str, content: str | bytes) -> Path:
    """Put a file into the home's folder of reference files."""
    file = settings.reference_dir / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def fault(settings: Settings) -> str:
    """The first line of what is said of the home's files."""
    with pytest.raises(ReferenceDataError) as refusal:
        check_home_files(settings)
    *faults, stands = str(refusal.value).splitlines()
    assert stands.strip().startswith("Nothing was loaded or built.")
    return faults[0]


def test_without_a_file_of_the_home_the_seed_counts(settings: Settings) -> None:
    check_home_files(settings)
    assert home_files(settings) == {}
    assert reference_file("risk_tiers", settings) == REFERENCE_SEEDS_DIR / "risk_tiers.csv"
    assert codes("credit_collection_roles", "role", settings).file == "seeds/reference/credit_collection_roles.csv"


def test_a_file_of_the_home_takes_the_place_of_the_whole_seed_and_of_no_other(settings: Settings) -> None:
    put(settings, "credit_collection_roles.csv", ROLES + "dunning_clerk,Writes reminders\n")
    check_home_files(settings)
    ours = codes("credit_collection_roles", "role", settings)
    assert (ours.values, ours.file) == ({"dunning_clerk"}, "HOME_DIR/reference/credit_collection_roles.csv")
    assert reference_file("risk_tiers", settings) == REFERENCE_SEEDS_DIR / "risk_tiers.csv"
    assert "dunning_clerk" not in codes("credit_collection_roles", "role").values


def test_a_copy_of_every_seed_is_a_good_file(settings: Settings) -> None:
    seeds = {file.stem: put(settings, file.name, file.read_bytes()) for file in REFERENCE_SEEDS_DIR.glob("*.csv")}
    check_home_files(settings)
    assert home_files(settings) == seeds


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("\ufeff" + ROLES + "collector,Calls\n", id="byte order mark"),
        pytest.param(ROLES.replace("\n", "\r\n") + 'collector,"Calls, writes"\r\n\r\n', id="Windows"),
        pytest.param(ROLES, id="no rows"),
        pytest.param(ROLES + "collector,Grüße", id="no end of line"),
    ],
)
def test_a_file_as_programs_write_it_is_good(settings: Settings, content: str) -> None:
    put(settings, "credit_collection_roles.csv", content)
    check_home_files(settings)


@pytest.mark.parametrize("name", ["aging_bucket.csv", "Aging_Buckets.csv", "aging_buckets.xlsx"])
def test_a_file_named_like_no_seed_is_refused(settings: Settings, name: str) -> None:
    file = put(settings, name, "")
    assert fault(settings) == (
        f"{file}: {name} is no reference file: did you mean aging_buckets.csv? "
        "Rename it, or move it out of this folder."
    )


def test_hidden_files_are_passed_over(settings: Settings) -> None:
    put(settings, ".~lock.aging_buckets.csv", "")
    check_home_files(settings)


@pytest.mark.parametrize(
    ("header", "wrong"),
    [
        ("role,descripton", "the column 'descripton' is unknown (did you mean description?)"),
        ("role", "the column description is missing"),
        ("", "the column role, description is missing"),
        ("role,description,grade", "the column 'grade' is unknown"),
        ("role,description,role", "a column is there twice"),
        ("description,role", "the columns are in another order: description,role"),
        ("role;description", "the columns are separated by semicolons, and commas are expected"),
    ],
)
def test_another_header_than_the_seeds_is_refused(settings: Settings, header: str, wrong: str) -> None:
    file = put(settings, "credit_collection_roles.csv", header + "\n")
    expected = "Expected the header of seeds/reference: role,description"
    assert fault(settings) == f"{file}, line 1: {wrong}. {expected}"


@pytest.mark.parametrize(
    ("name", "header", "row", "column", "value", "expected"),
    [
        ("kpi_targets", TARGETS, "dso,portfolio,2026-02-29,45,Us", "valid_from", "2026-02-29", "a day as YYYY-MM-DD"),
        ("kpi_targets", TARGETS, "dso,portfolio,01.07.2026,45,Us", "valid_from", "01.07.2026", "a day as YYYY-MM-DD"),
        ("kpi_targets", TARGETS, 'dso,portfolio,2026-02-28,"45,5",Us', "target", "45,5", "a number such as 0.25"),
        ("risk_tiers", TIERS, "low,0.5,0.02,Low", "min_points", "0.5", "a whole number"),
        ("risk_tiers", TIERS, "low,2147483648,0.02,Low", "min_points", "2147483648", "a whole number of at most"),
        ("activity_outcomes", None, "busy,no,false,false,false,false", "is_connected", "no", "true or false"),
        ("time_zone_offsets", None, "X,2015-01-01,2036-01-01 00:00:00,0", "valid_from_utc", "2015-01-01", "a time as"),
    ],
)
def test_a_value_of_another_type_is_refused_by_file_line_column_and_value(
    settings: Settings, name: str, header: str | None, row: str, column: str, value: str, expected: str
) -> None:
    first = header or f"{(REFERENCE_SEEDS_DIR / f'{name}.csv').read_text().splitlines()[0]}\n"
    file = put(settings, f"{name}.csv", f"{first}{row}\n")
    assert fault(settings).startswith(f"{file}, line 2, column {column}: {value!r}. Expected {expected}")


@pytest.mark.parametrize("row", ["low,2147483647,0.02,Low", "low,-1,1,", "low,,,"])
def test_values_just_inside_their_type_are_good(settings: Settings, row: str) -> None:
    put(settings, "risk_tiers.csv", f"{TIERS}{row}\n")
    check_home_files(settings)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (ROLES + "collector,Calls, writes\n", ", line 2: the row has 3 values, and the header 2 columns."),
        (ROLES + 'collector,"Calls\n', ", line 2: unexpected end of data. Expected CSV"),
        (ROLES.encode() + b"a,b\ncollector,M\xfcller\n", ", line 3: a character is not UTF-8. Save the file as CSV"),
        (ROLES.replace("\n", "\r\n") + "a,b\nc,d\r\n", ": Invalid Input Error: "),
    ],
    ids=["comma without quotes", "open quote", "Latin-1", "two kinds of line ends"],
)
def test_a_file_that_is_no_csv_is_refused(settings: Settings, content: str | bytes, expected: str) -> None:
    file = put(settings, "credit_collection_roles.csv", content)
    assert fault(settings).startswith(f"{file}{expected}")


def test_codes_that_landed_rows_name_have_rows(settings: Settings) -> None:
    file = put(settings, "currencies.csv", "currency_code,currency_name,minor_units\n")
    assert fault(settings).startswith(f"{file} has no rows")
    put(settings, "currencies.csv", "currency_code,currency_name,minor_units\nEUR,Euro,2\n")
    check_home_files(settings)


def test_a_folder_in_the_place_of_a_file_is_refused(settings: Settings) -> None:
    folder = settings.reference_dir / "risk_tiers.csv"
    folder.mkdir(parents=True)
    assert fault(settings).startswith(f"{folder} can't be read: Is a directory.")


def test_a_file_in_the_place_of_the_folder_is_refused(settings: Settings) -> None:
    settings.home.mkdir()
    settings.reference_dir.write_text("")
    assert fault(settings).startswith(f"{settings.reference_dir} can't be listed: Not a directory.")


def test_a_link_to_nowhere_is_refused(settings: Settings) -> None:
    settings.reference_dir.mkdir(parents=True)
    link = settings.reference_dir / "risk_tiers.csv"
    link.symlink_to("nowhere.csv")
    assert fault(settings).startswith(f"{link} can't be read: No such file or directory.")


def test_a_few_errors_of_a_file_are_shown_and_the_rest_counted(settings: Settings) -> None:
    file = put(settings, "risk_tiers.csv", TIERS + "low,x,0.02,Low\n" * 6)
    with pytest.raises(ReferenceDataError) as refusal:
        check_home_files(settings)
    assert str(refusal.value).splitlines()[5].strip() == f"{file}: more errors, not shown: 1"
