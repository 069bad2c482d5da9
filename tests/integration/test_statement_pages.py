"""Statements as pages that print, and as files: what is on them, hostile texts, a folder of a segment, rights.

Not here: the figures (test_statements_by_hand.py), names of files alone (tests/unit/test_statement_files.py).
"""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cli.exit_codes import ExitCode
from tests.support.publications.statements import HOSTILE, HOSTILE_ID, publish
from tests.support.statement_command import FEBRUARY, answered, asked, printed


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose publication no test changes."""
    home = tmp_path_factory.mktemp("published")
    publish(home)
    return home


class Page(HTMLParser):
    """What a page has: its elements, its rows, and all its text."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.rows: list[list[str]] = []
        self.words: list[str] = []
        self.in_cell = False
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.elements.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.in_cell = True

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self.in_cell:
            self.rows[-1][-1] += data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.in_cell = False


def written(home: Path, place: Path, *options: str) -> Page:
    assert asked(home, *options, "--output", str(place)) == ExitCode.DONE
    return Page(place)


def test_the_page_has_a_sheet_an_account_its_rows_and_loads_nothing(published, tmp_path):
    page = written(published, tmp_path / "c.html", "--customer", "C", *FEBRUARY)
    assert page.elements.count("section") == 3
    assert ["2026-02-01", "", "Opening balance", "", "1,000.00"] in page.rows
    assert ["2026-02-09", "I3", "Invoice, voided", "\N{MINUS SIGN}250.00", "1,400.00"] in page.rows
    assert ["2026-02-28", "", "Closing balance", "", "640.00"] in page.rows
    assert {"script", "link", "img", "iframe"} & set(page.elements) == set()
    text = (tmp_path / "c.html").read_text()
    assert re.findall(r"https?:|url\(|@import", text) == []
    assert "thead { display: table-header-group; }" in text
    assert "Mumbai" in page.words


def test_the_page_of_open_items_has_them_and_their_total(published, tmp_path):
    page = written(published, tmp_path / "c.html", "--customer", "C", *FEBRUARY, "--form", "open-item")
    row = ["2026-01-10", "A-1", "Invoice", "2026-01-30", "29", "1,000.00", "-500.00", "-100.00", "0.00", "400.00"]
    assert [cell.replace("-", "\N{MINUS SIGN}") if "." in cell else cell for cell in row] in page.rows
    assert ["Together", *[""] * 8, "790.00"] in page.rows
    assert ["Together", *[""] * 4, "\N{MINUS SIGN}150.00"] in page.rows


def test_hostile_texts_stay_texts(published, tmp_path, capsys):
    page = written(published, tmp_path / "h.html", "--customer", HOSTILE_ID, *FEBRUARY)
    assert {"script", "b"} & set(page.elements) == set()
    shown = HOSTILE.replace("\x1b", "\N{REPLACEMENT CHARACTER}").replace("\u202e", "\N{REPLACEMENT CHARACTER}")
    assert shown in page.words
    assert shown in [cell for row in page.rows for cell in row]
    capsys.readouterr()
    lines = printed(published, capsys, "--customer", HOSTILE_ID, *FEBRUARY)
    assert "\x1b" not in "".join(lines)
    assert f"Statement of account, {shown} ({HOSTILE_ID}), 1 February 2026 to 28 February 2026" in lines


def test_amounts_are_written_whole(published, tmp_path):
    page = written(published, tmp_path / "h.html", "--customer", HOSTILE_ID, *FEBRUARY)
    assert ["2026-02-28", "", "Closing balance", "", "5.125"] in page.rows


def test_a_segment_is_a_folder_with_a_file_for_each_customer_that_has_something(published, tmp_path, capsys):
    folder = tmp_path / "new" / "february"
    assert asked(published, "--segment", "retail", *FEBRUARY, "--output", str(folder)) == ExitCode.DONE
    told = capsys.readouterr().out
    names = sorted(file.name for file in folder.iterdir())
    assert [re.sub(r"-[0-9a-f]{10}_", "-hash_", name) for name in names] == [
        "statement_C_2026-02-01_2026-02-28.html",
        "statement_H_b_b-hash_2026-02-01_2026-02-28.html",
        "statement_N_2026-02-01_2026-02-28.html",
    ]
    assert "Writing statements of 5 customers" in told
    assert "2 customers had neither a balance nor movements: no file." in told
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [file.name for file in folder.parent.iterdir()] == ["february"]
    alone = written(published, tmp_path / "c.html", "--customer", "C", *FEBRUARY)
    assert Page(folder / names[0]).rows == alone.rows


def test_all_segments_are_said_by_a_word_and_json_names_the_files(published, tmp_path, capsys):
    folder = tmp_path / "all"
    answer = answered(published, capsys, "--segment", "all", *FEBRUARY, "--output", str(folder))
    assert {one["customer_id"] for one in answer["statements"]} == {"C", "D", "N", HOSTILE_ID}
    assert {Path(one["file"]) for one in answer["statements"]} == set(folder.iterdir())
    assert answer["without_anything"] == 2


def test_a_file_in_a_folder_gets_its_customer_s_name(published, tmp_path):
    assert asked(published, "--customer", "C", *FEBRUARY, "--output", str(tmp_path)) == ExitCode.DONE
    assert (tmp_path / "statement_C_2026-02-01_2026-02-28.html").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("of", [("--customer", "C"), ("--segment", "retail")])
def test_nothing_is_written_over(published, tmp_path, capsys, of):
    place = tmp_path / "there"
    if "--segment" in of:
        place.mkdir()
        (place / "mine.html").write_text("mine")
    else:
        place.write_text("mine")
    assert asked(published, *of, *FEBRUARY, "--output", str(place)) == ExitCode.USAGE
    assert f"{place} is there already" in capsys.readouterr().err
    kept = place / "mine.html" if place.is_dir() else place
    assert kept.read_text() == "mine"
    assert len(list(tmp_path.rglob("*"))) == 1 + place.is_dir()


def test_a_folder_that_is_empty_is_filled(published, tmp_path):
    (tmp_path / "empty").mkdir()
    done = asked(published, "--segment", "wholesale", *FEBRUARY, "--output", str(tmp_path / "empty"))
    assert (done, len(list((tmp_path / "empty").iterdir()))) == (ExitCode.DONE, 1)


@pytest.mark.parametrize(
    ("of", "place", "said"),
    [
        ("--customer=C", "no/such/folder/c.html", "No such file or directory. Nothing was written."),
        ("--customer=C", "file/c.html", "Not a directory. Nothing was written."),
        ("--segment=retail", "file/folder", "File exists. Nothing was written."),
    ],
)
def test_a_place_that_cannot_be_written_is_named(published, tmp_path, capsys, of, place, said):
    (tmp_path / "file").write_text("mine")
    assert asked(published, of, *FEBRUARY, "--output", str(tmp_path / place)) == ExitCode.FAILED
    told = capsys.readouterr().err
    assert (str(tmp_path) in told, said in told) == (True, True), told
    assert [path.name for path in tmp_path.rglob("*")] == ["file"]
