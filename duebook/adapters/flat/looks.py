"""How columns and cells of a file look to who doesn't know it: which words are alike, what may be a date or a number.

Not here: what is proposed of it (guessing.py), how cells are read that a mapping describes (cells.py).
"""

import re
import unicodedata
from datetime import datetime
from difflib import SequenceMatcher

from duebook.adapters.flat.cells import date_format

# How much alike a column's name and one of a field's words are before it is proposed.
ALIKE = 0.8
DATE_FORMATS = (
    "YYYY-MM-DD", "DD/MM/YYYY", "MM/DD/YYYY", "DD.MM.YYYY", "DD-MM-YYYY", "MM-DD-YYYY", "YYYY/MM/DD", "YYYY.MM.DD",
    "YYYYMMDD", "DD/MM/YY", "MM/DD/YY", "DD.MM.YY", "DD MON YYYY", "DD-MON-YYYY", "MON DD, YYYY",
)  # fmt: skip
# How cells look that may hold a number; then what separates its thousands and decimals says which style it has.
NUMBER = re.compile(r"[-(]?\s*(?:[A-Z]{3}|[$€£])?\s*[-(]?[0-9][0-9.,' \u00a0\u202f]*\s*(?:[A-Z]{3}|[$€£])?\s*[-)]?")

# Cells that people write where there is nothing to say. Not `NA`, which is a country, too.
NOTHING = {
    "-",
    "--",
    "---",
    "\u2013",
    "\u2014",
    ".",
    "..",
    "...",
    "/",
    "n/a",
    "#n/a",
    "#nv",
    "n.a.",
    "n.v.",
    "k.a.",
    "s.o.",
}


def says_nothing(cell: str) -> bool:
    """Whether a cell stands for an empty one, such as `k. A.`."""
    return re.sub(r"\s", "", cell).casefold() in NOTHING


def plain(words: str) -> str:
    """Words without signs, accents and capitals: `Net due-date (EUR)` is `net due date eur`."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", words)
    for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        split = split.replace(umlaut, letters).replace(umlaut.upper(), letters)
    bare = unicodedata.normalize("NFKD", split).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[a-z0-9]+", bare.casefold()))


def alike(column: str, word: str) -> float:
    """How much alike a column's name and a word are: 1 where they are the same."""
    if column == word:
        return 1.0
    # `invoice number` is in `our invoice number`.
    if f" {word} " in f" {column} ":
        return 0.9 - 0.01 * (len(column) - len(word)) / max(len(column), 1)
    return SequenceMatcher(None, column, word).ratio()


def parses(cell: str, written: str) -> bool:
    """Whether a cell is a date of a format; a time behind it is passed over."""
    bare = re.sub(r"[T ][0-9]{1,2}:[0-9]{2}.*$", "", cell)
    try:
        datetime.strptime(bare, date_format(written))
    except ValueError:
        return False
    return True
