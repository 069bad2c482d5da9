"""What an adapter is: its `adapter.yml`, checked, with the options of a user laid over it.

Here: tables of the source with their columns and types, options, limits; and the adapter's SQL files by what they make.
Not here: running any of it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from duebook.contract import Contract
from duebook.settings import PROJECT_ROOT
from duebook.spelling import answer

ADAPTERS_DIR = PROJECT_ROOT / "adapters"
DEFINITION = "adapter.yml"
# Files of an adapter's folder that make no table of the contract.
OWN_BALANCE, DROPPED = "own_balance", "dropped"

TYPES = {
    "text": "VARCHAR",
    # A text that names a row: of a company whose schema the user declares it has the company before it.
    "id": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
    "integer": "BIGINT",
    "money": "DECIMAL(18,4)",
    "rate": "DECIMAL(28,12)",
    "json": "JSON",
}


class _Loader(yaml.SafeLoader):
    """YAML in which true and false alone are boolean: a column may be called no, and a country too."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, regexp) for tag, regexp in found if tag != "tag:yaml.org,2002:bool"]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)

Model = TypeVar("Model", bound=BaseModel)


class AdapterError(ValueError):
    """An adapter, its options or its source can't be used as they are; the message has a line for each problem."""


class Strict(BaseModel):
    """A part of a YAML file in which every entry has to be known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceTable(Strict):
    """A table of the source.

    Attributes:
        required: without it nothing can be landed.
        identifier: what it is called there, where that differs from its name; `*` stands for any text.
        key: columns that name a row; of several rows with one key the latest counts.
        latest_by: columns that say which row of a key is the latest, the most significant first.
        active: a boolean column; rows in which it is false are versions that were replaced.
        needs: columns that must be there, with their types (`TYPES`). `CustomerRef.value` is the value of a JSON object
            in the column CustomerRef, unless a column is called so.
        may_have: columns that may be missing; they are null then.
    """

    required: bool = False
    identifier: str | None = None
    key: list[str] = []
    latest_by: list[str] = []
    active: str | None = None
    needs: dict[str, str] = {}
    may_have: dict[str, str] = {}

    @field_validator("needs", "may_have")
    @classmethod
    def _have_types(cls, columns: dict[str, str]) -> dict[str, str]:
        for name, kind in columns.items():
            if kind not in TYPES:
                raise ValueError(f"{name} is of type {kind!r}: expected one of {', '.join(TYPES)}")
        return columns

    @cached_property
    def columns(self) -> dict[str, str]:
        """All columns with their types."""
        return {**self.needs, **self.may_have}


class Shape(Strict):
    """The tables of the source as one connector lands them."""

    description: str = ""
    tables: dict[str, SourceTable]


class Option(Strict):
    """What a user may say of his source; `one_of` has the values it may have, where not any."""

    description: str
    default: Any = None
    one_of: list[str] = []


class Company(Strict):
    """A company whose documents stand in a schema (a folder) of the source; or, without schema, in all of it."""

    company_id: str
    currency: str
    schema_: str | None = Field(None, alias="schema")
    name: str | None = None
    country: str | None = None
    timezone: str | None = None


class Limit(Strict):
    """What the source can't say, and what that does to KPIs.

    Attributes:
        says: why, in a sentence.
        kpis: those that are right in part only.
        unless: an option that lifts the limit when the user sets it.
    """

    says: str
    kpis: list[str] = []
    unless: str | None = None


class Definition(Strict):
    """The content of an adapter.yml."""

    adapter: str
    description: str
    shapes: dict[str, Shape]
    options: dict[str, Option] = {}
    limits: list[Limit] = []
    # What was never seen in a real source.
    assumed: list[str] = []


class UserOptions(Strict):
    """What a user says of his source, in a file of his.

    Attributes:
        companies: one for each schema; or one for all of the source.
        shape: how the tables were landed; found out from the tables there are, where it isn't said.
        exports: `incremental`: what isn't there is unchanged; `full`: what isn't there any more was deleted.
        most_deleted: the share of a table's rows that may vanish from a full export; more stops the landing.
        tables: what tables are called in the source, by the adapter's names.
        options: the adapter's own options.
        tolerance: by how much an open amount may differ from the source's own.
        on_difference: whether a difference stops the landing.
    """

    companies: list[Company] = []
    shape: str | None = None
    exports: Literal["incremental", "full"] = "incremental"
    most_deleted: float = Field(0.1, ge=0, le=1)
    tables: dict[str, str] = {}
    options: dict[str, Any] = {}
    tolerance: float = Field(0.01, ge=0)
    on_difference: Literal["warn", "stop"] = "warn"


@dataclass(frozen=True)
class Adapter:
    """An adapter and its SQL files."""

    folder: Path
    definition: Definition

    @property
    def name(self) -> str:
        """Its name."""
        return self.definition.adapter

    def shape_files(self, shape: str) -> list[Path]:
        """The SELECTs that give one shape's tables the columns all shapes have in common, in order of their names."""
        return sorted((self.folder / "shapes" / shape).glob("*.sql"))

    @property
    def common_files(self) -> list[Path]:
        """SELECTs over those that several tables of the contract read."""
        return sorted((self.folder / "views").glob("*.sql"))

    @property
    def table_files(self) -> dict[str, Path]:
        """One SELECT a table of the contract, by the table's name; `own_balance` and `dropped` among them."""
        return {file.stem: file for file in sorted(self.folder.glob("*.sql"))}


def adapter_names() -> list[str]:
    """Name the adapters that are shipped."""
    return sorted(file.parent.name for file in ADAPTERS_DIR.glob(f"[!_]*/{DEFINITION}"))


def read_adapter(name: str, contract: Contract) -> Adapter:
    """Read an adapter by its name, or by the folder it is in.

    Raises:
        AdapterError: there is none of that name, or its definition contradicts itself or the contract.
    """
    folder = ADAPTERS_DIR / name if name in adapter_names() else Path(name)
    file = folder / DEFINITION
    if not file.is_file():
        raise AdapterError(answer(name, adapter_names(), "adapter"))
    adapter = Adapter(folder, parse(file, Definition))
    known = {table.name for table in contract.tables} | {OWN_BALANCE, DROPPED}
    if unknown := sorted(adapter.table_files.keys() - known):
        raise AdapterError("\n".join(f"{folder}: {answer(one, known, 'table of the contract')}" for one in unknown))
    return adapter


def read_user_options(file: Path | None) -> UserOptions:
    """Read what a user says of his source; nothing, where he names no file.

    Raises:
        AdapterError: the file says something that can't be.
    """
    return parse(file, UserOptions) if file else UserOptions()


def parse(file: Path, model: type[Model]) -> Model:
    """Read a YAML file into a model.

    Raises:
        AdapterError: it can't be read, or doesn't fit; a line for each problem, with its place in the file.
    """
    return fitted(file, content_of(file), model)


def content_of(file: Path) -> Mapping[str, Any]:
    """Read a YAML file of names with values.

    Raises:
        AdapterError: it is something else.
    """
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader) or {}  # noqa: S506 (a SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise AdapterError(f"{file} can't be read: {error}") from None
    if not isinstance(content, Mapping):
        raise AdapterError(f"{file}: expected names with values, as in `adapter: xero`.")
    return content


def fitted(file: Path, content: Mapping[str, Any], model: type[Model]) -> Model:
    """Make a model of what a file says.

    Raises:
        AdapterError: it doesn't fit; a line for each problem, with its place in the file.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise AdapterError("\n".join(_describe(file, model, problem) for problem in error.errors())) from None


def chosen_options(adapter: Adapter, user: UserOptions) -> dict[str, Any]:
    """Return the adapter's options as the user has them.

    Raises:
        AdapterError: the user names one the adapter doesn't have.
    """
    declared = adapter.definition.options
    if unknown := sorted(user.options.keys() - declared.keys()):
        raise AdapterError("\n".join(answer(one, declared, f"option of {adapter.name}") for one in unknown))
    return with_defaults(declared, user.options)


def with_defaults(declared: Mapping[str, Option], said: Mapping[str, Any]) -> dict[str, Any]:
    """Lay what a user says over the options' defaults.

    Raises:
        AdapterError: an option has a value it can't have; a line for each.
    """
    chosen = {name: option.default for name, option in declared.items()} | said
    unfit = [name for name, option in declared.items() if option.one_of and chosen[name] not in option.one_of]
    if unfit:
        lines = (answer(str(chosen[name]), declared[name].one_of, f"value of options.{name}") for name in unfit)
        raise AdapterError("\n".join(lines))
    return chosen


def _describe(file: Path, model: type[BaseModel], problem: Mapping[str, Any]) -> str:
    place = ".".join(map(str, problem["loc"]))
    if problem["type"] == "extra_forbidden" and len(problem["loc"]) == 1:
        return f"{file}: {answer(place, list(model.model_fields), 'entry')}"
    said = problem["msg"].removeprefix("Value error, ").replace("Input should be", "expected")
    return f"{file}: {place or 'it'} is {problem['input']!r}: {said}."
