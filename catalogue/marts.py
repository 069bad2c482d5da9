"""The page of marts: every mart and every column, with type and description. Not here: the KPIs' formulas (kpis.py)."""

from itertools import groupby

from catalogue.markdown import code, page, table
from catalogue.project import Manifest, Mart, marts

TITLE = "Marts"


def marts_page(manifest: Manifest) -> str:
    """Write the page from the manifest."""
    all_marts = marts(manifest)
    rows = [(f"[`{mart.name}`](#{mart.name})", mart.subject, mart.description) for mart in all_marts]
    parts = [
        "What readers may rely on: the schema `marts` of a publication. Amounts are in the reporting currency unless a "
        "column says otherwise; shares are fractions; a null `company_id` or `segment` means that the level has none.",
        table(("mart", "subject", "holds"), rows),
    ]
    for subject, of_subject in groupby(all_marts, key=lambda mart: mart.subject):
        parts.append(f"## {subject.capitalize()}")
        parts += [_mart(mart) for mart in of_subject]
    return page(TITLE, "the marts' YAML files", *parts)


def _mart(mart: Mart) -> str:
    facts = [f"Key: {code(mart.key)}." if mart.key else "No key."]
    if mart.month_of:
        facts.append(f"Parquet: a file a month of `{mart.month_of}`.")
    if mart.readers:
        facts.append(f"Read by: {', '.join(mart.readers)}.")
    rows = [
        (
            f"[`{column.name}`](kpis.md#{column.name})" if column.kpi else f"`{column.name}`",
            column.data_type,
            column.description,
        )
        for column in mart.columns
    ]
    heading = f"### {mart.name}"
    return "\n\n".join((heading, mart.description, " ".join(facts), table(("column", "type", "description"), rows)))
