"""Reading a refresh's report: its titles and tables, as text, whatever is in its cells.

Not here: what must stand there (tests/integration/test_refresh_report.py).
"""

from html.parser import HTMLParser
from pathlib import Path


class Page(HTMLParser):
    """A page that was read.

    Attributes:
        titles: the headings of its sections.
        tables: rows by caption, without the head.
        links: where its links lead, and what they say.
        tags: every element that is there, with its attributes.
        says: all its text, without the style sheet.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.titles: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.links: dict[str, str] = {}
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.says = ""
        self._open: list[str] = []
        self._row: list[str] = []
        self._caption = ""
        self._text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        """An element begins."""
        self.tags.append((tag, dict(attributes)))
        if tag in ("h2", "td", "th", "caption", "a"):
            self._text = ""
        if tag == "tr":
            self._row = []
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        while self._open and self._open.pop() != tag:
            continue
        text = " ".join(self._text.split())
        if tag == "h2":
            self.titles.append(text)
        elif tag == "caption":
            self._caption = text
            self.tables[text] = []
        elif tag in ("td", "th"):
            self._row.append(text)
        elif tag == "a":
            hrefs = [attributes["href"] for name, attributes in self.tags if name == "a"]
            self.links[hrefs[-1]] = text
        elif tag == "tr" and "tbody" in self._open:
            self.tables[self._caption].append(self._row)

    def handle_data(self, data: str) -> None:
        """Text."""
        if "style" not in self._open:
            self.says += data
            self._text += data


def read_page(file: Path) -> Page:
    """Read a page."""
    return Page(file.read_text(encoding="utf-8"))
