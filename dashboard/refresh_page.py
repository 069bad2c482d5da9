"""The report of a refresh as a page: it needs no script and no other file, so it can be read for as long as it is kept.

Here: the page around its sections, how long the refresh took, and the list of such pages. Not here: its figures
(refresh.py), the other sections (refresh_sections.py), pieces of HTML (markup.py), colours and layout
(static/style.css).
"""

from collections.abc import Iterable, Sequence

from dashboard.markup import Element, Piece, bar, card, document, element, table
from dashboard.refresh import Report
from dashboard.refresh_sections import sections_of
from dashboard.units import NO_VALUE, day, number, plural, time
from duebook.publication.reports import LIST, published_at_and_day
from duebook.publication.run_facts import Took

SLOWEST = 10
DASHBOARD = "../index.html"


def report_page(report: Report, style: str) -> str:
    """Write the page.

    Args:
        report: what it shows.
        style: the dashboard's style sheet.
    """
    of = report.publication
    sections = sections_of(report)
    known = f", as known on {day(of.known_as_of)}" if of.known_as_of else ""
    scope = f"for {day(of.as_of)}{known}, published {time(of.published_at)}"
    in_short = [
        element(
            "li",
            {"class": "bad" if is_bad else "good"},
            element("span", {"class": "mark", "aria-hidden": "true"}, "!" if is_bad else "\N{CHECK MARK}"),
            element("a", {"href": f"#{name}"}, title),
        )
        for name, (title, is_bad, _) in sections.items()
    ]
    misses = " misses" if any(is_bad for _, is_bad, _ in sections.values()) else ""
    summary = element(
        "section",
        {"class": f"card attention{misses}"},
        element("h2", {}, "In short"),
        element("ol", {}, *in_short),
    )
    body = [summary, *(section for _, _, section in sections.values()), _took(report), _run(report)]
    return _page(f"Refresh for {day(of.as_of)}", "This refresh", scope, style, body)


def list_page(names: Sequence[str], style: str) -> str:
    """Write the list of all reports, newest first.

    Args:
        names: their files.
        style: the dashboard's style sheet.
    """
    rows = []
    for name in names:
        made_at, of_day = published_at_and_day(name)
        rows.append([element("a", {"href": name}, time(made_at)), day(of_day)])
    pages = table("Refreshes that published", {"Published": False, "As of": False}, rows)
    note = "One page for each, as it was made. A refresh that published nothing has none; the page Quality lists it."
    return _page("Refreshes", "Refreshes", "", style, [card(plural(len(rows), "refresh", "refreshes"), note, pages)])


def _page(title: str, heading: str, scope: str, style: str, body: Iterable[Piece]) -> str:
    places = {"Dashboard": DASHBOARD, "All refreshes": LIST}
    links = [element("li", {}, element("a", {"href": to}, name)) for name, to in places.items()]
    return document(
        f"{title} · Duebook",
        style,
        element("a", {"class": "skip", "href": "#main"}, "Skip to the figures"),
        element(
            "header",
            {},
            element("p", {"class": "brand"}, "Duebook"),
            element("nav", {"aria-label": "Pages"}, element("ul", {}, *links)),
        ),
        element(
            "main",
            {"id": "main", "class": "report", "tabindex": "-1", "aria-labelledby": "title"},
            element(
                "div",
                {"class": "heading"},
                element("h1", {"id": "title"}, heading),
                element("p", {"class": "scope"}, scope) if scope else None,
            ),
            *body,
        ),
        element("footer", {}, "Made with the publication, and kept as it was made."),
    )


def _took(report: Report) -> Element:
    stages, build = report.run.stages, report.run.build
    if not stages:
        return card("How long it took isn't known", "Stages are timed while a refresh runs.")
    whole = sum(stage.seconds for stage in stages)
    return card(
        f"It took {number(whole, 1)} seconds until it published",
        "By stage, in their order. Of several days in one refresh, all days together; models of the last day alone.",
        _bars("Seconds by stage", "Stage", stages, whole),
        _bars("The slowest models", "Model", build.models[:SLOWEST], build.models[0].seconds)
        if build and build.models
        else None,
    )


def _bars(caption: str, what: str, took: Sequence[Took], whole: float) -> Element:
    rows = [[one.name, number(one.seconds, 1), bar(one.seconds / whole if whole else 0)] for one in took]
    return table(caption, {what: False, "Seconds": True, "Bar": False}, rows)


def _run(report: Report) -> Element:
    of = report.publication
    facts = {
        "Business day": day(of.as_of),
        "Known as of": day(of.known_as_of) if of.known_as_of else "now",
        "Reporting currency": of.reporting_currency or NO_VALUE,
        "Began": time(report.started_at) if report.started_at else NO_VALUE,
        "Published": time(of.published_at),
        "Refresh": of.refresh_id,
        "Engine": report.run.engine,
        "Duebook": of.duebook_version,
        "Rows published": number(sum(of.row_counts.values())),
    }
    return card("The run", "", table("The run", {"What": False, "Value": False}, [*facts.items()]))
