"""HTML of pages that have no scripts: elements, tables, cards, bars; what is put in is text, never markup.

Here: the same pieces as static/parts.js makes in a browser. Not here: what a page says (refresh_page.py).
"""

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

Element = ElementTree.Element
Piece = Element | str | None

# A browser may load nothing and run nothing, whatever a text would have it do.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def element(tag: str, attributes: Mapping[str, str] | None = None, *pieces: Piece) -> Element:
    """Make an element; None among the pieces is left out."""
    made = Element(tag, dict(attributes or {}))
    for piece in pieces:
        if isinstance(piece, Element):
            made.append(piece)
        elif piece and len(made):
            made[-1].tail = (made[-1].tail or "") + piece
        elif piece:
            made.text = (made.text or "") + piece
    return made


def table(caption: str, columns: Mapping[str, bool], rows: Sequence[Sequence[Piece]]) -> Element | None:
    """Make a table that scrolls by itself when it is too wide; none without rows.

    Args:
        caption: what it holds.
        columns: its columns; whether each holds numbers.
        rows: a piece for each column.
    """
    if not rows:
        return None
    numeric = [{"class": "number"} if is_number else {} for is_number in columns.values()]
    head = [element("th", {"scope": "col", **kind}, name) for name, kind in zip(columns, numeric, strict=True)]
    body = [
        element(
            "tr",
            {},
            *(
                element("td" if at else "th", {**kind, **({} if at else {"scope": "row"})}, cell)
                for at, (cell, kind) in enumerate(zip(row, numeric, strict=True))
            ),
        )
        for row in rows
    ]
    made = element(
        "table",
        {},
        element("caption", {}, caption),
        element("thead", {}, element("tr", {}, *head)),
        element("tbody", {}, *body),
    )
    return element("div", {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": caption}, made)


def card(title: str, note: str, *pieces: Piece) -> Element:
    """Make a section with a heading that says what it says, and a line under it."""
    return element(
        "section",
        {"class": "card"},
        element("h2", {}, title),
        element("p", {"class": "note"}, note) if note else None,
        *pieces,
    )


def bar(share: float) -> Element:
    """Make a bar as long as a share of the whole; the figure stands beside it."""
    drawn = {"class": "bar", "viewBox": "0 0 1 1", "preserveAspectRatio": "none", "aria-hidden": "true"}
    return element("svg", drawn, element("rect", {"width": f"{share:.4f}", "height": "1"}))


def document(title: str, style: str, *body: Piece) -> str:
    """Write a whole page that loads nothing.

    Args:
        title: of the window.
        style: the style sheet.
        *body: what it shows.
    """
    head = element(
        "head",
        {},
        element("meta", {"charset": "utf-8"}),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("meta", {"name": "color-scheme", "content": "light dark"}),
        element("meta", {"name": "referrer", "content": "no-referrer"}),
        element("meta", {"http-equiv": "Content-Security-Policy", "content": POLICY}),
        element("title", {}, title),
        element("style", {}, style),
    )
    page = element("html", {"lang": "en"}, head, element("body", {}, *body))
    return f"<!doctype html>\n{ElementTree.tostring(page, encoding='unicode', method='html')}\n"
