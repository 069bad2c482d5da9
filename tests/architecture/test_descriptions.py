"""Every column says what it holds, and every macro what it does and what its arguments are.

Here: the columns models outside the marts really have (all models are built, of nothing landed), and the comments of
macros. Not here: columns of marts, which contracts list (test_models.py).
"""

import re
from collections.abc import Iterable, Mapping

import pytest

from duebook.settings import DBT_PROJECT_DIR, PROJECT_ROOT
from tests.support.compiled_models import MONTH_END, compiled_models

# Their columns are held by an enforced contract.
HAVE_A_CONTRACT = {"marts", "personal"}

COMMENT = re.compile(r"\{#-?(.*?)-?#\}", re.DOTALL)
MACRO = re.compile(r"\{%-?\s*(?:macro|materialization)\s+(\w+)(?:\((.*)\))?")
# An argument, with its default if it has one.
ARGUMENT = re.compile(r"(\w+)\s*(?:=[^,]*)?(?:,|$)")


@pytest.fixture(scope="module")
def columns(models: dict[str, dict]) -> dict[str, list[str]]:
    """The columns of every model without a contract, in order, as DuckDB names them."""
    inner = {name for name, node in models.items() if node["schema"] not in HAVE_A_CONTRACT}
    compiled = compiled_models(MONTH_END)
    nodes = compiled.manifest["nodes"].values()
    selects = {node["name"]: node["compiled_code"] for node in nodes if node["resource_type"] == "model"}
    with compiled.of(inner).build({}) as connection:
        # Asked of the SQL, not of the tables: an ephemeral model has none.
        return {name: connection.sql(selects[name]).columns for name in sorted(inner)}


def yaml_of(node: Mapping) -> str:
    """The file a model is described in, from the project's root."""
    return (DBT_PROJECT_DIR / node["patch_path"].partition("://")[2]).relative_to(PROJECT_ROOT).as_posix()


def without_description(columns: Mapping[str, Iterable[str]], models: Mapping[str, dict]) -> dict[str, str]:
    """`model.column` of each column that nothing describes, and the file that should."""
    return {
        f"{model}.{column}": yaml_of(models[model])
        for model, names in columns.items()
        for column in names
        if not models[model]["columns"].get(column, {}).get("description", "").strip()
    }


def in_code(comment: str) -> set[str]:
    """The words that stand between backticks."""
    return {word for code in re.findall(r"`([^`]+)`", comment) for word in re.findall(r"\w+", code)}


def undescribed_macros(text: str) -> list[str]:
    """Macros of a file, and `macro.argument`, that no comment describes.

    A macro is described by the comment above it, or by name in the comment the file opens with; an argument by name in
    either. Names stand between backticks. Implementations for an engine go by the name they are dispatched by.
    """
    opening = COMMENT.match(text)
    named = in_code(opening.group(1)) if opening else set()
    found = []
    for macro in MACRO.finditer(text):
        above = [comment for comment in COMMENT.finditer(text) if not text[comment.end() : macro.start()].strip()]
        name = macro.group(1).rpartition("__")[2]
        if not above and name not in named:
            found.append(macro.group(1))
        told = named.union(*(in_code(comment.group(1)) for comment in above))
        arguments = ARGUMENT.findall(macro.group(2) or "")
        found += [f"{macro.group(1)}.{argument}" for argument in arguments if argument not in told]
    return found


def test_columns_are_described(models: dict[str, dict], columns: dict[str, list[str]]) -> None:
    assert without_description(columns, models) == {}


def test_no_description_is_of_a_column_that_is_not_there(
    models: dict[str, dict], columns: dict[str, list[str]]
) -> None:
    over = {name: gone for name, there in columns.items() if (gone := set(models[name]["columns"]) - set(there))}
    assert over == {}


def test_a_column_without_description_is_found_with_its_file() -> None:
    node = {
        "patch_path": "duebook://models/a.yml",
        "columns": {"said": {"description": "A."}, "empty": {"description": " "}},
    }
    lacking = without_description({"a": ["said", "empty", "unsaid"]}, {"a": node})
    assert lacking == {"a.empty": "dbt_project/models/a.yml", "a.unsaid": "dbt_project/models/a.yml"}


def test_macros_and_their_arguments_are_described() -> None:
    macros = sorted((DBT_PROJECT_DIR / "macros").rglob("*.sql"))
    found = {
        path.relative_to(PROJECT_ROOT).as_posix(): lacking
        for path in macros
        if (lacking := undescribed_macros(path.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("{# Sums. `of`: what. #}\n{% macro total(of) %}", []),
        ("{# Sums what it is given. #}\n{% macro total(of) %}", ["total.of"]),
        ("{% macro total() %}", ["total"]),
        ("{# `total(of, by='a')` sums. #}\n{% macro part() %}{% endmacro %}\n{% macro total(of, by='a') -%}", []),
        ("{# `part` takes. #}\n{% macro part() %}{% endmacro %}\n{% macro total() %}", ["total"]),
        ("{# `total(of)`. #}\n{% set a = 1 %}\n{% macro spark__total(of) %}{% endmacro %}", []),
        ("{# `kept`: a way to build. #}\n{% set a = 1 %}\n{% materialization kept, default %}", []),
        ("{# A way to build. #}\n{% set a = 1 %}\n{% materialization kept, default %}", ["kept"]),
    ],
)
def test_a_macro_or_argument_without_a_word_is_found(text: str, lacking: list[str]) -> None:
    assert undescribed_macros(text) == lacking
