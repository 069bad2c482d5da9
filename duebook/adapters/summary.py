"""What a person is told of a landing: rows a table, what was left out, the tie, which KPIs are fed, what is missing.

Lines of text, made of what the engine found; nothing is read here.
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from duebook.adapters.engine.coverage import Coverage, coverage
from duebook.adapters.engine.made import Made
from duebook.adapters.engine.state import Difference
from duebook.adapters.engine.tie import Tie
from duebook.words import counted, money

# Documents that differ, shown one by one.
MOST_SHOWN = 10
# Longer lists of KPIs are broken.
WIDTH = 120


def made_lines(made: Made) -> Iterator[str]:
    """Say what was made: rows, rows left out, the tie, and why figures may mislead."""
    for table, rows in made.extracted.rows.items():
        if rows:
            yield f"  {table:16} {rows:>10,} row{'' if rows == 1 else 's'}"
    for table, reason, rows in made.extracted.dropped:
        yield f"  left out: {counted(rows, 'row')} of {table}: {reason}"
    yield from tie_lines(made.tie)
    yield from made.warnings


def missing_lines(made: Made) -> Iterator[str]:
    """Say which optional tables, columns or fields the source doesn't have."""
    if made.missing:
        yield _broken(f"Not in the source, and not needed: {', '.join(made.missing)}")


def tie_lines(tie: Tie | None) -> Iterator[str]:
    """Say how open amounts compare with the source's own: totals, then the documents that differ."""
    if tie is None:
        yield "Tie: the source gives no open balances of its own, so none were compared."
        return
    totals = "; ".join(f"{money(currency, ours)} of {money(None, theirs)}" for currency, ours, theirs in tie.totals)
    if tie.is_own_amount and not tie.differences:
        yield (
            f"Tie: what is open here is what the list says ({counted(tie.documents, 'document')}, "
            f"{tie.still_open:,} of them open; {totals}). A list of items is compared with itself and the landing "
            "only: compare its total with your ledger's."
        )
        return
    if not tie.differences:
        compared = counted(tie.documents, "document")
        yield f"Tie: open amounts agree with the source's own ({compared} compared; {totals})."
        return
    yield f"Tie: {len(tie.differences):,} of {tie.documents:,} documents differ from the source's own ({totals}):"
    for one in tie.differences[:MOST_SHOWN]:
        yield (
            f"  {one.document_type} {one.document_id}: open with {money(one.currency_code, one.ours)} here, "
            f"{money(None, one.theirs)} in the source"
        )
    if (more := len(tie.differences) - MOST_SHOWN) > 0:
        yield f"  and {more:,} more"


def covered(made: Made, others: Mapping[str, frozenset[str]]) -> list[Coverage]:
    """Say of every KPI whether it is fed by this source together with the others.

    Args:
        made: what this source gives.
        others: by table, the columns that other sources of the home have filled.
    """
    ours = made.extracted.filled
    filled = {table: ours.get(table, frozenset()) | others.get(table, frozenset()) for table in {*ours, *others}}
    return coverage(filled, made.limits)


def coverage_lines(found: Sequence[Coverage]) -> Iterator[str]:
    """Say which KPIs are fed, in part or null, together with those of the same reason, and what would change that."""
    counts = {fed: sum(one.fed == fed for one in found) for fed in ("yes", "partly", "no")}
    yield f"KPIs: {counts['yes']} fed, {counts['partly']} in part, {counts['no']} null."
    limits = list(dict.fromkeys(one.limit for one in found if one.limit))
    for fed, said, more in (("yes", "fed", ""), ("partly", "in part", "for all of it"), ("no", "null", "for these")):
        alike: dict[tuple[str, str], list[str]] = {}
        for one in found:
            if one.fed == fed:
                alike.setdefault((one.instead, one.limit), []).append(one.kpi)
        for (instead, limit), kpis in alike.items():
            to_do = f" ({more}, {instead})" if instead else ""
            note = f" [{limits.index(limit) + 1}]" if limit else ""
            yield _broken(f"  {said}{to_do}{note}: {', '.join(kpis)}")
    for number, limit in enumerate(limits, start=1):
        yield _broken(f"  [{number}] {limit}")


def true_from_line(made: Made) -> str | None:
    """Say beside figures from when on they are true; None where all are."""
    since = made.true_from
    return since and _broken(
        f"Mind: no row of this list is settled. Of these figures receivables and aging are true from {since.day} on, "
        f"and DSO, CEI and all that is in part above from {since.month:%B %Y} on; of months before, what was paid is "
        "missing."
    )


def _broken(line: str) -> str:
    """A line that may be long, with what goes on below indented."""
    return textwrap.fill(line, WIDTH, subsequent_indent="    ", break_on_hyphens=False)


def landed_lines(differences: Mapping[str, Difference]) -> Iterator[str]:
    """Say what was landed, a line a table that had something new."""
    for table, one in differences.items():
        if one.rows:
            yield f"  {table:16} {one.new:>10,} new, {one.changed:,} changed, {one.gone:,} deleted"
