"""The sections of a refresh's report: each with a title that says how it is, and tables of the figures behind it.

Here: what came in, was held back and checked, moved, was restated, and ties out. Not here: its figures (refresh.py),
the page around them (refresh_page.py).
"""

from collections.abc import Iterable, Sequence

from dashboard.kpi_moves import Move, Moves
from dashboard.markup import Element, Piece, card, table
from dashboard.refresh import Amounts, Report
from dashboard.units import NO_VALUE, change, day, is_nothing, number, plural, time, value, words
from dashboard.words import REASONS

# Rows of a list shown; each says how many there are.
LISTED = 100
# Causes named of a KPI's move; the others are summed up.
STRONGEST = 4
DBT = "Tests of the models (dbt)"
WAS = {"new": "new", "other": "other than in the publication before", "same": "as in the publication before"}
# Its title, whether that asks for attention, and all of it.
Section = tuple[str, bool, Element]


def sections_of(report: Report) -> dict[str, Section]:
    """Return the sections in their order, by the name a link leads to."""
    sections = {
        "came-in": _came_in(report),
        "held-back": _held_back(report),
        "checked": _checked(report),
        "kpis": _kpis(report),
        "restated": _restated(report),
        "ties-out": _ties_out(report),
    }
    for name, (_, _, section) in sections.items():
        section.set("id", name)
    return sections


def _counts(names: str) -> dict[str, bool]:
    """Columns of which the first is a text and the others are numbers."""
    return {name: bool(place) for place, name in enumerate(names.split(", "))}


def _came_in(report: Report) -> Section:
    arrivals = report.arrivals
    if arrivals is None:
        title, note = "What came in isn't known", "The landing database has nothing of this refresh, or can't be read."
        return title, False, card(title, note)
    if not arrivals:
        title = "Nothing new came in"
        return title, False, card(title, "No file landed that had not been loaded before.")
    rows = sum(one.read for one in arrivals)
    files = sum(one.files for one in arrivals)
    title = f"{plural(rows, 'row', 'rows')} came in, in {plural(files, 'file', 'files')}"
    note = (
        "By table, since the publication before. Amended: another version of a record that had landed by then. Deleted:"
        " the source says so. Held back: at fault, so in quarantine. All others are new."
    )
    cells = [
        [words(one.table), *(number(count) for count in (one.files, one.read, one.amended, one.deleted, one.held_back))]
        for one in arrivals
    ]
    columns = _counts("Table, Files, Rows, Amended, Deleted, Held back")
    return title, False, card(title, note, table("What came in by table", columns, cells))


def _held_back(report: Report) -> Section:
    if not report.rows_held:
        title = "No row is held back"
        return title, False, card(title, "Every row that has landed is in the figures.")
    title = f"{plural(report.rows_held, 'row is', 'rows are')} held back"
    note = (
        "In no figure until they are corrected and landed again, or what they wait for has landed."
        f" make quarantine lists them and writes those to correct to a file.{_cut(len(report.held))}"
    )
    columns = {"Table": False, "Column": False, "Rule": False, "Rows": True, "Since": False, "Days": True}
    cells = [
        [words(one.table), one.column, one.rule, number(one.rows), day(one.since), number(one.days)]
        for one in report.held[:LISTED]
    ]
    return title, True, card(title, note, table("Rows held back by rule", columns, cells))


def _cut(there: int) -> str:
    return f" The first {LISTED} of {there:,} are listed." if there > LISTED else ""


def _checked(report: Report) -> Section:
    build = report.run.build
    asked = sum(row["checks"] for row in report.checks) + (build.tests if build else 0)
    failed = sum(row["failed"] for row in report.checks)
    besides = sum(row["warned"] + row["accepted"] for row in report.checks) + len(build.warned if build else ())
    if not asked:
        title = "No check ran"
        return title, False, card(title, "What had been built and checked before was published again.")
    passed = f"All {plural(asked, 'check', 'checks')} passed"
    noted = f"{number(besides)} of {plural(asked, 'check', 'checks')} warned or were accepted"
    title = f"{number(failed)} of {plural(asked, 'check', 'checks')} failed" if failed else noted if besides else passed
    cells = [
        [_gate(row["gate"]), *(number(row[name]) for name in ("checks", "passed", "warned", "accepted", "failed"))]
        for row in report.checks
    ]
    if build:
        cells.append([DBT, *map(number, (build.tests, build.passed, len(build.warned), 0, 0))])
    note = "At the two gates (landed tables, marts before they are published), and tests of the models between them."
    checks = table("Checks", _counts("By, Checks, Passed, Warned, Accepted, Failed"), cells)
    return title, bool(failed or besides), card(title, note, checks, _not_passed(report))


def _not_passed(report: Report) -> Piece:
    warned = report.run.build.warned if report.run.build else ()
    rows = [
        *(
            [
                _gate(row["gate"]),
                words(row["table_name"]),
                row["column_name"] or "",
                words(row["expectation"]),
                row["observed"] or "",
                _rows(row["unexpected_count"]),
                row["outcome"],
            ]
            for row in report.not_passed
        ),
        *([DBT, "", "", words(one.name), "", _rows(one.rows), "warning"] for one in warned),
    ]
    texts = dict.fromkeys(("By", "Table", "Column", "Check", "Seen"), False)
    return table("What did not pass", texts | {"Rows": True, "Outcome": False}, rows[:LISTED])


def _gate(name: str) -> str:
    return f"Gate {words(name)}"


def _rows(count: int | None) -> str:
    return "" if count is None else number(count)


def _kpis(report: Report) -> Section:
    if not report.moves:
        title = "There are no KPIs yet"
        return title, False, card(title, "Nothing has been landed they could be made from.")
    titles, pieces = zip(*(_moves(report, moves) for moves in report.moves), strict=True)
    title = "; ".join(titles)
    return title, False, card(title, _compared_with(report), *(piece for of_month in pieces for piece in of_month))


def _compared_with(report: Report) -> str:
    before = report.before
    if report.why_not_compared or before is None:
        return report.why_not_compared
    return (
        f"The portfolio's, beside the publication before: for {day(before.as_of)}, made {time(before.published_at)}."
        " Why: what each cause did, where causes are kept; make explain says more."
    )


def _moves(report: Report, moves: Moves) -> tuple[str, list[Piece]]:
    month = f"{moves.month:%B %Y}{'' if moves.is_complete else ' (running)'}"
    count = plural(len(moves.kpis), "KPI", "KPIs")
    if moves.before_month is None:
        caption = f"KPIs of {month}"
        return f"{count} of {month}, and none before to compare with", [_figures(caption, report, moves.kpis)]
    since = "" if moves.before_month == moves.month else f" since {moves.before_month:%B %Y}"
    moved = [move for move in moves.kpis if _is_shown(report, move)]
    same = [move for move in moves.kpis if move not in moved]
    title = f"{number(len(moved))} of {count} of {month} moved" if moved else f"No KPI of {month} moved"
    columns = {"KPI": False, "Before": True, "Now": True, "Change": True, "Why": False}
    return title + since, [
        table(f"KPIs of {month} that moved{since}", columns, [_move(report, move) for move in moved]),
        _figures(f"KPIs of {month} that did not move", report, same),
    ]


def _is_shown(report: Report, move: Move) -> bool:
    """Whether a KPI is other than before in the digits that are shown: what is less than them is no news."""
    return move.is_other if move.change is None else not is_nothing(move.change, report.units[move.unit])


def _figures(caption: str, report: Report, moves: Sequence[Move]) -> Piece:
    rows = [
        [move.name, _reason(move.now.reason) if move.now.value is None else _value(report, move.unit, move.now.value)]
        for move in moves
    ]
    return table(caption, _counts("KPI, Now"), rows)


def _value(report: Report, unit: str, amount: float | None) -> str:
    return value(amount, report.units[unit])


def _reason(code: str | None) -> str:
    return REASONS.get(code, f"{words(code)}.".capitalize()) if code else NO_VALUE


def _move(report: Report, move: Move) -> list[Piece]:
    unit = report.units[move.unit]
    before = NO_VALUE if move.before is None else value(move.before.value, unit)
    return [move.name, before, value(move.now.value, unit), change(move.change, unit), _why(report, move)]


def _why(report: Report, move: Move) -> str:
    if move.before is None:
        return "The publication before doesn't have it."
    if move.change is None:
        return _reason(move.now.reason or move.before.reason)
    if move.causes is None:
        return ""
    unit = report.units[move.unit]
    causes = list(move.causes.items())
    named = [*causes[:STRONGEST], ("others", sum(effect for _, effect in causes[STRONGEST:]))]
    # What is too small to be shown says nothing.
    return ", ".join(f"{name} {change(effect, unit)}" for name, effect in named if not is_nothing(effect, unit))


def _restated(report: Report) -> Section:
    if not report.restated:
        title = "No closed month was restated"
        note = "Every figure of the portfolio that was reported of a closed month is as it was reported."
        return title, False, card(title, note, _events(report))
    fresh = [one for one in report.restated if one.was != "same"]
    there = plural(len(report.restated), "figure of a closed month is", "figures of closed months are")
    newly = f"{len(fresh):,} of them since the publication before" if fresh else "all of them before"
    title = f"{there} restated, {newly}"
    amounts = dict.fromkeys(("Reported", "Now", "Difference"), True)
    columns = {"Month": False, "KPI": False} | amounts | {"Cause": False, "Since when": False}
    cells = [
        [
            f"{one.month_end:%B %Y}",
            one.name,
            _value(report, one.unit, one.reported),
            _value(report, one.unit, one.restated),
            change(one.difference, report.units[one.unit]),
            ", ".join(map(words, one.kinds)),
            WAS[one.was],
        ]
        for one in report.restated[:LISTED]
    ]
    note = f"The portfolio's. make explain names the open items behind each.{_cut(len(report.restated))}"
    return title, bool(fresh), card(title, note, table("Restated figures", columns, cells), _events(report))


def _events(report: Report) -> Piece:
    caption = "Events of closed months found since the publication before"
    return table(caption, _counts("Kind, Events"), _by_kind(report.events))


def _ties_out(report: Report) -> Section:
    broken = [finding for _, finding in report.identities if finding]
    there, tied = report.control_counts
    differs = sum(count for status, count in report.open_amounts if status == "differs")
    if broken:
        title = f"{number(len(broken))} of {plural(len(report.identities), 'identity does', 'identities do')} not hold"
    elif tied < there:
        title = f"Only {number(tied)} of {plural(there, 'control balance ties', 'control balances tie')} out"
    elif there:
        title = f"The figures add up, and tie out to {plural(there, 'control balance', 'control balances')}"
    else:
        title = "The figures add up; no control balances were landed"
    currency = report.publication.reporting_currency or "the reporting currency"
    return (
        title,
        bool(broken or tied < there or differs),
        card(
            title,
            f"Amounts of the portfolio in {currency}; control balances in their own currency.",
            table(
                "Identities",
                {"What must be so": False, "Is it?": False},
                [[_sentence(said), finding.said if finding else "holds"] for said, finding in report.identities],
            ),
            _amounts("From the opening to the closing balance", report.roll_forward),
            _amounts("The closing balance by age", report.aging),
            _control(report),
            table("Open amounts of the source", _counts("Outcome, Documents"), _by_kind(report.open_amounts)),
        ),
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _amounts(caption: str, amounts: Amounts | None) -> Piece:
    if amounts is None:
        return None
    rows = [[name, number(amount, 2)] for name, amount in (*amounts.parts, ("Closing balance", amounts.total))]
    return table(caption, _counts("Part, Amount"), rows)


def _control(report: Report) -> Piece:
    columns = {"Company": False, "Currency": False, "Day": False} | dict.fromkeys(
        ("Control account", "Ledger", "Difference"), True
    )
    rows = [
        [
            row["company_id"],
            row["currency_code"],
            day(row["balance_date"]),
            *(number(row[name], 2) for name in ("control_balance", "ledger_balance", "difference")),
            "ties out" if row["is_tied_out"] else "differs",
        ]
        for row in report.control
    ]
    return table("The last control balances", columns | {"Outcome": False}, rows)


def _by_kind(counts: Iterable[tuple[str, int]]) -> list[list[Piece]]:
    return [[words(kind).capitalize(), number(count)] for kind, count in counts]
