"""The entity diagram: tables of the raw contract, their keys, and which refers to which, drawn by Mermaid."""

from catalogue.markdown import page
from duebook.contract import Column, Contract, Table

TITLE = "Entities"


def entities_page(contract: Contract) -> str:
    """Write the page from the contract."""
    lines = ["erDiagram"]
    for each in contract.tables:
        lines += [f"  {_relation(each, column)}" for column in each.columns if column.references]
    for each in contract.tables:
        lines.append(f"  {each.name} {{")
        lines += [f"    {_attribute(each, column)}" for column in each.columns if _is_key(each, column)]
        lines.append("  }")
    drawing = "\n".join(("```mermaid", *lines, "```"))
    return page(
        TITLE,
        "dbt_project/models/sources",
        "What is landed and which table refers to which; a dashed end is a reference that may be absent. All columns: "
        "[the raw contract](raw_contract.md).",
        drawing,
    )


def _is_key(each: Table, column: Column) -> bool:
    return column.name in each.key or column.references is not None


def _relation(each: Table, column: Column) -> str:
    """One of the table referred to, to any number of this one; optional where the reference may be absent."""
    always = column.required or column.name in each.key
    ends = "||--o{" if always else "|o..o{"
    return f'{column.references} {ends} {each.name} : "{column.name}"'


def _attribute(each: Table, column: Column) -> str:
    marks = [mark for mark, holds in (("PK", column.name in each.key), ("FK", column.references)) if holds]
    return f"{column.kind} {column.name} {', '.join(marks)}"
