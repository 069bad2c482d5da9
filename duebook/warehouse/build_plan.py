"""Whether a build adds to the warehouse what has changed since the last one, or builds everything again.

Here: the record of what the warehouse was last built for, and the reasons to start over. Not here: which rows change
with what has landed (the dbt project: int_documents_this_run, int_items_this_run), running dbt (orchestration).

The record stands beside the warehouse and is gone while a build is under way: a build that was killed leaves none, and
the next one starts over. One that ended with a failed model or test is repeated from where the last whole one ended.
"""

import hashlib
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ValidationError

from duebook.database_files import connect, remove_database
from duebook.engines.choice import engine_of
from duebook.engines.engine import Engine
from duebook.publication.record import size_and_time, unchanged_publication
from duebook.publication.targets import Target, targets_of
from duebook.reference import home_files
from duebook.settings import PROJECT_ROOT, RAW_SCHEMA, Settings
from duebook.warehouse.manifest import project_files

# The engine of records that name none.
BEFORE_THERE_WAS_A_CHOICE = "duckdb, its own files"


class NotPublishableError(RuntimeError):
    """What the warehouse holds may not be published; the message says why."""


class BuiltFor(BaseModel):
    """What the warehouse holds: every file up to a number (raw.loaded_files), as of a day.

    `is_published`: the current publication shows just that; only then is it enough to compare with it what changes.
    """

    file_number: int
    as_of: date
    is_published: bool = False


class Record(BaseModel):
    """What is known of a warehouse file.

    Attributes:
        built_for: of the last build that went well.
        attempted: the as-of day of the last build, whether it went well or not.
        made_from: a hash of the dbt project, the reference data, the expectations and the settings it was built with.
        left_as: size and time of the file, and of that of its marts, when that build ended.
        is_whole: that build built every model, and nothing failed.
        landed_files: a hash of the files it was built from, as they were loaded; None: an older Duebook built it.
        published_by: the refresh that published what the file holds; None: none has.
        engine: what ran the models, and where.
        engine_left_as: the sign that build left there.
    """

    built_for: BuiltFor
    attempted: date
    made_from: str
    left_as: str
    is_whole: bool = True
    landed_files: str | None = None
    published_by: str | None = None
    engine: str = BEFORE_THERE_WAS_A_CHOICE
    engine_left_as: str | None = ""


class Build:
    """One build of a warehouse: planned when made, then begun, then ended.

    Attributes:
        engine: what runs the models.
        changed_since: what the warehouse holds already; None: everything is built.
        why_full: the reason for that, in words; None where there is none.
    """

    def __init__(self, settings: Settings, target: Target) -> None:
        """Plan the build of a target's warehouse from what has landed.

        Raises:
            EngineError: the engine can't be asked what its last build has left.
        """
        self._settings, self._target = settings, target
        self.engine: Engine = engine_of(settings, target)
        self._record_file = record_file(target.warehouse_file)
        self._made_from = _made_from(settings)
        self._landed = BuiltFor(file_number=_last_file(settings.landed_file), as_of=target.day)
        record = self._read()
        self.why_full = self._reason(record)
        self.changed_since = None if self.why_full else self._what_is_there(record)

    @property
    def for_dbt(self) -> dict[str, object] | None:
        """What dbt is told of it: the project's variable `changed_since`."""
        return self.changed_since and self.changed_since.model_dump(mode="json")

    def begin(self, *, is_whole: bool = True) -> None:
        """Leave nothing that could be taken for the outcome of this build; a full build is one in a new file.

        Args:
            is_whole: every model is built; else what the others hold has to stay.
        """
        self._record_file.unlink(missing_ok=True)
        if self.changed_since is None and is_whole:
            for file in (self._target.warehouse_file, self._target.marts_file):
                remove_database(file)

    def end(self, *, went_well: bool) -> None:
        """Write down what the warehouse holds now; of a build that failed or was not whole, where the next begins."""
        built_for = self._landed if went_well else self.changed_since
        if built_for is None:
            return
        record = Record(
            built_for=built_for,
            attempted=self._target.day,
            made_from=self._made_from,
            left_as=_left_as(self._target),
            is_whole=went_well,
            landed_files=_landed_files(self._settings.landed_file, built_for.file_number),
            engine=_place(self.engine),
            engine_left_as=self.engine.end(went_well=went_well),
        )
        _write(record, self._record_file)

    def _what_is_there(self, record: Record) -> BuiltFor:
        published = unchanged_publication(self._settings.published_dir)
        is_published = published is not None and published.refresh_id == record.published_by
        return record.built_for.model_copy(update={"is_published": is_published})

    def _read(self) -> Record | None:
        files = (self._target.warehouse_file, self._target.marts_file)
        return _record(self._record_file) if all(file.exists() for file in files) else None

    def _reason(self, record: Record | None) -> str | None:
        if self._settings.full:
            return "a full build was asked for"
        if self._target.is_past:
            return "a past day is built by itself"
        if record is None:
            return "no build of this warehouse has been finished"
        if record.made_from != self._made_from:
            return "models, reference data, expectations or settings are other than last time"
        if record.left_as != _left_as(self._target):
            return "something else has written in the warehouse"
        if not self.engine.keeps_rows:
            return f"{self.engine.name} builds everything each time"
        if record.engine != _place(self.engine):
            return f"it was built with {record.engine}, and this build is with {_place(self.engine)}"
        if record.engine_left_as != self.engine.left_as():
            return f"the last build with {record.engine} has not ended, or another one came after it"
        if record.landed_files != _landed_files(self._settings.landed_file, record.built_for.file_number):
            return "other files have landed than it was built from"
        if self._target.day < record.attempted:
            return f"{self._target.day} is before {record.attempted}, which it was last built for"
        return _change_of_everything(self._settings.landed_file, record.built_for)


def is_whole(target: Target) -> bool:
    """Say whether a target's marts are those of a build that went well, and as it left them."""
    record = _record(record_file(target.warehouse_file))
    return record is not None and record.is_whole and record.left_as == _left_as(target)


def published_build(settings: Settings) -> Target:
    """Return the current warehouse, if it holds a whole build that both gates have let through.

    Raises:
        NotPublishableError: it doesn't; says why.
    """
    record = _record(record_file(settings.warehouse_file))
    if record is None:
        raise NotPublishableError(f"no build of {settings.warehouse_file} has been finished")
    target = targets_of(settings, [record.built_for.as_of])[0]
    if target.is_past:
        raise NotPublishableError(f"it holds {target.day}, and a later day is published, or DUEBOOK_KNOWN_AS_OF is set")
    if not is_whole(target):
        raise NotPublishableError("its last build failed, or something else has written in it since")
    if record.published_by is None:
        raise NotPublishableError("what it holds was never published, so a gate may have stopped it")
    if record.made_from != _made_from(settings):
        raise NotPublishableError("models, reference data, expectations or settings have changed since it was built")
    return target


def note_publication(target: Target, refresh_id: str) -> None:
    """Write down that a refresh has published what a target's files hold."""
    file = record_file(target.warehouse_file)
    if record := _record(file):
        _write(record.model_copy(update={"published_by": refresh_id}), file)


def start_over_next_time(target: Target) -> None:
    """Have the next build of a target make all of it again: its files are damaged."""
    record_file(target.warehouse_file).unlink(missing_ok=True)


def record_file(warehouse_file: Path) -> Path:
    """Return where the record of a warehouse file stands."""
    return warehouse_file.with_name("last_build.json")


def _record(file: Path) -> Record | None:
    """Read a record; one that makes no sense, as a full disk or a power cut leaves it, is none."""
    try:
        return Record.model_validate_json(file.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _write(record: Record, file: Path) -> None:
    draft = file.with_suffix(".draft")
    draft.write_text(record.model_dump_json(indent=2), encoding="utf-8")
    draft.replace(file)


def _place(engine: Engine) -> str:
    return f"{engine.name}, {engine.place}"


def _left_as(target: Target) -> str | None:
    """Say how both files of a target were left; None where one is gone."""
    files = (target.warehouse_file, target.marts_file)
    return ", ".join(size_and_time(file) for file in files) if all(file.exists() for file in files) else None


def _made_from(settings: Settings) -> str:
    given = f"{settings.reporting_currency} {settings.customers_are} {settings.max_rate_age_days}"
    digest = hashlib.sha256(given.encode())
    # With what is expected of landed rows, which passed it when they were built from.
    for path in sorted([*project_files(), *(PROJECT_ROOT / "expectations").rglob("*.py")]):
        digest.update(str(path).encode())
        digest.update(path.read_bytes())
    # By their content: a home may be moved, and its files copied back.
    for seed, path in home_files(settings).items():
        digest.update(f"{seed} of the home".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _last_file(landed_file: Path) -> int:
    with connect(landed_file, read_only=True) as landed:
        [(number,)] = landed.execute(f"select coalesce(max(file_number), 0) from {RAW_SCHEMA}.loaded_files").fetchall()
    return number


def _landed_files(landed_file: Path, file_number: int) -> str:
    with connect(landed_file, read_only=True) as landed:
        files = landed.execute(
            f"select file_number, load_id, source_file, content_hash from {RAW_SCHEMA}.loaded_files"
            " where file_number <= ? order by all",
            [file_number],
        ).fetchall()
    return hashlib.sha256(repr(files).encode()).hexdigest()


_DOCUMENTS_WITH_RATES = " union all ".join(
    f"""
            select {day} as rate_date, company_id, currency_code, source_file_number from {{raw}}.{table}
            where exchange_rate is not null and not coalesce(is_deleted, false)"""
    for table, day in (("invoices", "invoice_date"), ("credit_memos", "credit_memo_date"), ("receipts", "receipt_date"))
)

# What touches every item at once: each query counts the rows that do. A rate of a day already built revalues all that
# happened since, a landed one or one that documents make (of them the first file's alone, see int_exchange_rates); the
# first is_consumer says of all others that they may be persons; the first customers or companies to land, or the
# deletion of one, change whose documents count.
CHANGES_OF_EVERYTHING = {
    "the source says for the first time which customers are persons": """
        select count(*) from {raw}.customers
        where
            source_file_number > $file_number
            and $as_of is not null
            and is_consumer is not null
            and not exists (
                select 1 from {raw}.customers where source_file_number <= $file_number and is_consumer is not null
            )
    """,
    "exchange rates of days already built have changed": """
        select count(*) from {raw}.exchange_rates as landed
        where
            source_file_number > $file_number
            and rate_date <= $as_of
            and (
                is_deleted
                or not exists (
                    select 1 from {raw}.exchange_rates as known
                    where
                        (known.rate_date, known.from_currency, known.to_currency)
                        = (landed.rate_date, landed.from_currency, landed.to_currency)
                        and known.source_file_number <= $file_number
                    having min(known.rate) = landed.rate and max(known.rate) = landed.rate
                )
            )
    """,
    "a company has another currency than before": """
        select count(*) from {raw}.companies as landed
        where
            source_file_number > $file_number
            and $as_of is not null
            and currency_code <> (
                select max_by(known.currency_code, (known.source_file_number, known.source_row))
                from {raw}.companies as known
                where known.company_id = landed.company_id and known.source_file_number <= $file_number
            )
    """,
    "documents make exchange rates of days already built": f"""
        with documents as (
            {_DOCUMENTS_WITH_RATES}
        ),
        made as (
            select
                documents.rate_date,
                documents.currency_code as from_currency,
                companies.currency_code as to_currency,
                min(greatest(documents.source_file_number, companies.source_file_number)) as first_file
            from documents
            inner join {{raw}}.companies as companies using (company_id)
            where documents.currency_code <> companies.currency_code and documents.rate_date <= $as_of
            group by all
        )
        select count(*) from made
        where
            first_file > $file_number
            and not exists (
                select 1 from {{raw}}.exchange_rates as landed
                where
                    landed.rate_date = made.rate_date
                    and landed.from_currency in (made.from_currency, made.to_currency)
                    and landed.to_currency in (made.from_currency, made.to_currency)
                group by landed.from_currency, landed.to_currency
                having not coalesce(bool_or(landed.is_deleted), false)
            )
    """,
} | {
    f"the first {table} have landed, or one was deleted": f"""
        select count(*) from {{raw}}.{table}
        where
            source_file_number > $file_number
            and $as_of is not null
            and (
                is_deleted
                or not exists (
                    select 1 from {{raw}}.{table} where source_file_number <= $file_number
                    group by {key} having not coalesce(bool_or(is_deleted), false)
                )
            )
    """
    for table, key in (("companies", "company_id"), ("customers", "customer_id"))
}


def _change_of_everything(landed_file: Path, built_for: BuiltFor) -> str | None:
    with connect(landed_file, read_only=True) as landed:
        for reason, query in CHANGES_OF_EVERYTHING.items():
            values = built_for.model_dump(include={"file_number", "as_of"})
            [(rows,)] = landed.execute(query.format(raw=RAW_SCHEMA), values).fetchall()
            if rows:
                return reason
    return None
