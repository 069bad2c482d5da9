"""Pages without scripts: whatever a text holds, it is shown, and never read as HTML."""

import pytest

from dashboard.markup import card, document, element, table
from tests.support.reports import Page

HOSTILE = [
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "<!-- & &amp; -->",
    "' onmouseover='alert(1)",
    "]]> \N{LINE SEPARATOR} ok",
]
# What a page without any text has.
OWN = {"html", "head", "meta", "title", "style", "body"}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_with_markup_is_text(text: str) -> None:
    cells = table(text, {text: False, "Rows": True}, [[text, element("a", {"href": "a.html", "title": text}, text)]])
    page = Page(document(text, "body { color: red }", card(text, text, cells)))
    tags = {tag for tag, _ in page.tags}
    assert tags - OWN <= {"section", "h2", "p", "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "a"}
    shown = " ".join(text.split())
    assert page.titles == [shown]
    assert page.tables == {shown: [[shown, shown]]}
    assert {value for _, attributes in page.tags for name, value in attributes.items() if name == "title"} == {text}
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)


def test_pieces_stand_in_their_order() -> None:
    page = Page(document("", "", element("h2", {}, "one ", element("b", {}, "two"), " three", None, " four")))
    assert page.titles == ["one two three four"]


def test_a_page_may_load_and_run_nothing() -> None:
    page = Page(document("A page", "", "text"))
    [policy] = [attributes["content"] for _, attributes in page.tags if attributes.get("http-equiv")]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in page.tags}


def test_a_table_without_rows_is_none() -> None:
    assert "<table" not in document("", "", table("Nothing", {"Rows": True}, []))
