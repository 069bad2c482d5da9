"""Files of statements: their names whatever an id is, and a folder that is whole or not there.

Not here: what is on a page (tests/integration/test_statements_by_hand.py).
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from statements.answer import Account, Bucket, Statement, bucket_of
from statements.files import LONGEST, file_name, write_all
from statements.names import Party
from statements.question import Period
from statements.words import as_text, number

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
DAYS = "_2026-05-01_2026-05-31.html"
BUCKETS = [Bucket("none", "", None, None), Bucket("current", "", None, 0), Bucket("1", "", 1, 30)]
BUCKETS.append(Bucket("31", "", 31, None))


def statement(customer_id: str, opening: int = 1) -> Statement:
    balance = Decimal(opening)
    one = Account("A", "Alder Ltd", "EUR", balance, [], balance, [], balance, Decimal(0), [], [])
    return Statement(customer_id, Party(None), MAY.first, MAY.last, [one])


def write(statements: Iterator[Statement], folder: Path) -> list[str]:
    written, _ = write_all(statements, "balance-forward", folder, lambda done: None)
    assert [one.file for one in written] == [folder / one.file.name for one in written]
    return [one.file.name for one in written]


def test_a_plain_id_is_the_name_of_its_file():
    assert file_name("C-0010_a", MAY) == f"statement_C-0010_a{DAYS}"
    assert file_name("C" * LONGEST, MAY) == f"statement_{'C' * LONGEST}{DAYS}"


@pytest.mark.parametrize(
    "customer_id", ["../x", "a/b", "a\\b", "a b", ".", "", "é", "C\n", "C" * (LONGEST + 1), "a\x00b"]
)
def test_another_id_is_made_safe_and_stays_its_own(customer_id):
    name = file_name(customer_id, MAY)
    assert name.isascii()
    assert set(name.removesuffix(".html")) & set("./\\ \n\x00") == set()
    assert len(name) < 130
    assert name != file_name(customer_id + "x", MAY)
    assert name == file_name(customer_id, MAY)


def test_ids_that_differ_in_case_or_in_what_is_left_out_get_two_files(tmp_path):
    names = write(map(statement, ["c1", "C1", "a/b", "a_b", "a b"]), tmp_path / "new")
    assert len({name.lower() for name in names}) == 5
    assert {file.name for file in (tmp_path / "new").iterdir()} == set(names)


def test_a_folder_that_could_not_be_filled_is_not_there(tmp_path):
    def fails() -> Iterator[Statement]:
        yield statement("C1")
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        write(fails(), tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_who_has_nothing_has_no_file(tmp_path):
    assert write(iter([statement("C1", 0), statement("C2", -1)]), tmp_path / "new") == [f"statement_C2{DAYS}"]


@pytest.mark.parametrize(
    ("due", "bucket"),
    [
        (None, "none"),
        (date(2026, 6, 1), "current"),
        (date(2026, 5, 31), "current"),
        (date(2026, 5, 30), "1"),
        (date(2026, 5, 1), "1"),
        (date(2026, 4, 30), "31"),
        (date(2000, 1, 1), "31"),
    ],
)
def test_what_is_due_on_the_day_itself_is_current_and_bounds_are_inside(due, bucket):
    assert bucket_of(due, BUCKETS, MAY.last) == bucket


def test_buckets_with_a_gap_are_an_error():
    with pytest.raises(LookupError, match="no bucket for what is due on 2026-05-30"):
        bucket_of(date(2026, 5, 30), BUCKETS[:2], MAY.last)


@pytest.mark.parametrize(
    ("amount", "text"), [("0", "0.00"), ("-1234.5", "-1,234.50"), ("0.005", "0.005"), ("1.0001", "1.0001")]
)
def test_amounts_keep_their_digits(amount, text):
    assert number(Decimal(amount)) == text


def test_control_characters_and_turns_of_direction_are_no_text():
    assert as_text("a\x1b[1m\u202eb\u2066\x00\x9bc é \u200d") == "a�[1m�b���c é \u200d"
