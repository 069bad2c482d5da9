"""What a refused load and `check-landing` say: no cell that may name a person, however wrong its file is.

Here: files that can't be read, and rows whose cells stand in the wrong columns; messages, the list of all problems,
what else an error carries. Not here: marks in every column through whole refreshes (test_personal_data.py).
"""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from duebook.landing.files import LandingError
from duebook.landing.loading import load_landing
from duebook.settings import Settings
from tests.support.landing.files import INVOICE, write_csv

MARK = "Zqmark"
HEAD = "customer_id,customer_name,email,shoe size"
ROW = f"C1,{MARK} Quixote,{MARK}@example.com,{MARK} 43"
FILES: dict[str, tuple[str, bytes]] = {
    "more cells than columns": ("a.csv", f"{HEAD}\n{ROW},{MARK}\n".encode()),
    "fewer cells than columns": ("a.csv", f"{HEAD}\n{ROW}\nC2,{MARK}\n".encode()),
    "a quotation mark that nothing closes": ("a.csv", f'{HEAD}\n{ROW}\nC2,"{MARK},{MARK}\n'.encode()),
    "text after a quotation mark": ("a.csv", f'{HEAD}\nC2,"Anna" {MARK},{MARK},1\n'.encode()),
    "no header": ("a.csv", f"{ROW}\n{ROW}\n".encode()),
    "no header, and a name twice": ("a.csv", f"{MARK},{MARK},1,2\n{ROW}\n".encode()),
    "no header, and no UTF-8": ("a.csv", f"{ROW}\n{ROW} é\n".encode("latin-1")),
    "no UTF-8": ("a.csv", f"{HEAD}\n{ROW} é\n".encode("latin-1")),
    "UTF-16": ("a.csv", f"{HEAD}\n{ROW}\n".encode("utf-16")),
    "semicolons": ("a.csv", f"{HEAD}\n{ROW}\n".replace(",", ";").encode()),
    "mixed line endings": ("a.csv", f"{HEAD}\r\n{ROW}\n{ROW}\r{ROW}\r\n".encode()),
    "no key": ("a.csv", f"customer_name,email,{MARK}\n{MARK},{MARK},{MARK}\n".encode()),
    "half a gzip file": ("a.csv.gz", gzip.compress(f"{HEAD}\n{ROW}\n".encode())[:-9]),
    "no JSON": ("a.jsonl", f'{{"customer_id": "C1", "email": "{MARK}\n'.encode()),
    "a key twice": ("a.jsonl", f'{{"customer_id": "C1", "{MARK}": "{MARK}", "{MARK}": 1}}\n'.encode()),
    "a list": ("a.jsonl", f'["{MARK}", "{MARK}"]\n'.encode()),
    "no key in JSON": ("a.jsonl", f'{{"{MARK}": "{MARK}", "email": "{MARK}"}}\n'.encode()),
    "half a character": ("a.jsonl", f'{{"customer_id": "C1", "{MARK}": "{MARK}\\ud800"}}\n'.encode()),
    "no Parquet": ("a.parquet", f"PAR1{MARK}{MARK}PAR1".encode()),
    "cells in the wrong columns": (
        "a.csv",
        f"customer_id,payment_terms_days,created_date,is_consumer,phone\n{','.join(['', *[MARK] * 4])}\n".encode(),
    ),
}


@pytest.fixture(params=FILES)
def settings(request, tmp_path: Path) -> Settings:
    """A home, and a landing with one such file."""
    name, content = FILES[request.param]
    file = tmp_path / "landing" / "ar" / "customers" / name
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    write_csv(tmp_path / "landing" / "ar" / "invoices" / "b.csv", [INVOICE])
    return Settings(home=tmp_path / "home", landing=tmp_path / "landing", max_bad_share=0)


def chain(error: BaseException | None) -> Iterator[str]:
    """What an error says, and those that it carries: a log may have them all."""
    while error:
        yield f"{error!r} {error}"
        error = error.__cause__ or error.__context__


def test_no_cell_is_in_what_a_refused_load_says_or_writes(settings: Settings) -> None:
    lines: list[str] = []
    with pytest.raises(LandingError) as refused:
        load_landing(settings, lines.append)
    assert "a." in str(refused.value), "the file is named"
    written = [file.read_text() for file in settings.logs_dir.iterdir()]
    assert written
    assert [text for text in (*lines, *chain(refused.value), *written) if MARK in text] == []


def test_no_cell_is_in_what_the_check_says_or_writes(settings: Settings) -> None:
    options = ["--home", str(settings.home), "--landing", str(settings.landing), "--max-bad-share", "0"]
    done = CliRunner().invoke(app, ["check-landing", *options])
    assert done.exit_code == 1, done.output
    written = [file.read_text() for file in settings.logs_dir.iterdir()]
    assert [text for text in (done.output, *written) if MARK in text] == []
