"""Every path, schema name and switch of the refresh, once.

Here: what a user may set (environment variables with the prefix ``DUEBOOK_``, each also a make variable) and the places
that follow from it. Not here: thresholds of single checks (their suites hold them), business rules (the dbt project
holds them), contract facts (the dbt sources hold them).
"""

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from duebook.addresses import OF_POSTGRES, database_of, is_address, is_of_postgres, is_of_spark

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DBT_PROJECT_DIR = PROJECT_ROOT / "dbt_project"
DBT_PLUGINS_DIR = DBT_PROJECT_DIR / "plugins"
REFERENCE_SEEDS_DIR = PROJECT_ROOT / "seeds" / "reference"
SAMPLE_LANDING = PROJECT_ROOT / "seeds" / "sample_landing"
DEFAULT_HOME = PROJECT_ROOT / ".duebook"

# What the embedded sample is about: its last day, and the currency its companies report in together.
SAMPLE_AS_OF = date(2026, 6, 30)
SAMPLE_REPORTING_CURRENCY = "EUR"

# The names of all time zones: looking through the folders that hold them is most of making settings.
time_zones = cache(available_timezones)

# Who answers for every table, as Dagster shows it.
OWNERS = ["team:receivables"]

RAW_SCHEMA = "raw"
MARTS_SCHEMA = "marts"
# Personal data unmasked, for analysts who may see them: in a published file of their own, and in Postgres.
PERSONAL_SCHEMA = "personal"
# That file, in the folder of a publication. Not called as its schema is: DuckDB calls a database by its file, and could
# not tell the two apart.
PERSONAL_FILE = Path("personal") / "duebook_personal.duckdb"
LANDED_ALIAS = "landed"
# The database of the marts, as dbt knows it and as its file is called: readers get a copy of that file.
MARTS_DATABASE = "to_publish"
# The tag of a run that says what a person accepts in it; no other run has it.
ACCEPT_TAG = "duebook/accept"


def marts_file_of(warehouse_file: Path) -> Path:
    """Where dbt writes the marts of a warehouse: beside it, in a file that holds nothing else."""
    return warehouse_file.with_name(f"{MARTS_DATABASE}.duckdb")


def yesterday() -> date:
    """The last business day that is over, UTC."""
    return datetime.now(UTC).date() - timedelta(days=1)


class Settings(BaseSettings):
    """What a user may set; every field is read from ``DUEBOOK_<NAME>``."""

    # Values are left out of errors, for one of them is a secret; the command line names those that are none.
    model_config = SettingsConfigDict(env_prefix="DUEBOOK_", env_ignore_empty=True, hide_input_in_errors=True)

    landing: Path = Field(SAMPLE_LANDING, description="Folder of landed files: <domain>/<table>/<any name>.")
    home: Path = Field(
        DEFAULT_HOME,
        description="Folder for everything written; files in its reference/ replace those of seeds/reference.",
    )
    as_of: date = Field(
        default_factory=yesterday, description="The business day the marts speak of; default: yesterday."
    )
    known_as_of: date | None = Field(None, description="Count only what was known at the end of this day.")
    reporting_currency: str | None = Field(None, description="ISO 4217; default: the one currency there is.")
    max_bad_share: float = Field(0.1, ge=0, le=1, description="Share of a table's rows that may be quarantined.")
    max_unpacked_gb: float = Field(20, gt=0, description="How large a landed file may be, unpacked, in GB.")
    max_gzip_ratio: float = Field(
        100, ge=1, description="How many times its own size a landed gzip file may unpack to, beyond 100 MB."
    )
    accept: str | None = Field(
        None,
        description="Checks that stop nothing in this one run, <expectation>:<table>, commas between; kept on record.",
    )
    max_staleness_days: int = Field(45, ge=0, description="How old the newest fact may be, counted from the as-of day.")
    customers_are: Literal["businesses", "consumers"] | None = Field(
        None,
        description="What customers are where no row of theirs says it (is_consumer): businesses, the default, or"
        " consumers, whose names are masked.",
    )
    max_rate_age_days: int | None = Field(
        None, ge=0, description="How many days an exchange rate holds where no newer one is landed; default: 7."
    )
    schedule_time_zone: str = Field("UTC", description="Time zone of the 06:00 schedule.")
    first_day: date = Field(date(2000, 1, 1), description="First business day a backfill may ask for.")
    threads: int = Field(2, ge=1, description="Threads dbt may use, and landed files that are checked at once.")
    memory_limit: str | None = Field(
        None,
        description="Memory DuckDB may use to build the marts, such as 8GB; default: 80 % of the machine's.",
    )
    full: bool = Field(False, description="Build and publish everything again, not only what has changed.")
    engine: Literal["duckdb", "postgres", "spark"] = Field(
        "duckdb", description="What builds the marts: duckdb, postgres or spark."
    )
    engine_url: SecretStr | None = Field(
        None,
        description="The database of ENGINE=postgres, postgresql://user:password@host/database: one of its own; the"
        " Thrift server of ENGINE=spark, thrift://host:port: without it Spark runs in a session of its own.",
    )
    spark_buckets: int = Field(
        0,
        ge=0,
        le=10_000,
        description="In Spark's own session, in how many buckets rows of items are kept, so that days add; 0: none.",
    )
    postgres_url: SecretStr | None = Field(
        None, description="Postgres database to publish to as well, postgresql://user@host/database; default: none."
    )
    encryption_key_file: Path | None = Field(
        None,
        description="File with the key that landed rows, warehouse and published personal data are encrypted with;"
        " default: they are not.",
    )
    personal_group: str | None = Field(
        None, description="Group that may read the published personal data; default: nobody but the account itself."
    )

    retention_activities: int | None = Field(
        None, ge=1, description="Whole months that texts of activities are kept; default: for good."
    )
    retention_surveys: int | None = Field(
        None, ge=1, description="Whole months that unknown columns of surveys are kept; default: for good."
    )
    retention_versions: int | None = Field(
        None, ge=1, description="Whole months that names in replaced versions of rows are kept; default: for good."
    )
    retention_past_days: int | None = Field(
        None, ge=1, description="Whole months that publications of past days are kept; default: for good."
    )

    alert_webhook: SecretStr | None = Field(
        None, description="Address to post alerts to, as Slack's incoming webhooks take them; default: none."
    )
    alert_email: str | None = Field(None, description="Who gets alerts by e-mail, commas between; default: nobody.")
    smtp_url: SecretStr | None = Field(
        None, description="Mail server, smtp://user:password@host:port?from=address (or smtps://); needed for e-mail."
    )

    @field_validator("landing", "home", "encryption_key_file")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value and value.expanduser().resolve()

    @field_validator("as_of", "known_as_of", "first_day", mode="before")
    @classmethod
    def _iso_day(cls, value: object) -> object:
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                raise ValueError("expected a day as YYYY-MM-DD") from None
        return value

    @field_validator("as_of", "known_as_of")
    @classmethod
    def _not_in_the_future(cls, value: date | None) -> date | None:
        if value and value > datetime.now(UTC).date():
            raise ValueError("that is in the future; expected a day that has been")
        return value

    @field_validator("reporting_currency")
    @classmethod
    def _currency_code(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch("[A-Z]{3}", value):
            raise ValueError("expected an ISO 4217 code, such as EUR")
        return value

    @field_validator("schedule_time_zone")
    @classmethod
    def _known_time_zone(cls, value: str) -> str:
        if value not in time_zones():
            raise ValueError("expected an IANA time zone name, such as Europe/Berlin")
        return value

    @field_validator("memory_limit")
    @classmethod
    def _amount_of_memory(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"0*[1-9]\d*(\.\d+)?\s*[MG]i?B", value):
            raise ValueError("expected an amount of memory in MB, GB, MiB or GiB, such as 8GB")
        return value

    @field_validator("postgres_url")
    @classmethod
    def _postgres_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not is_of_postgres(value):
            raise ValueError(f"expected {OF_POSTGRES}")
        return value

    @field_validator("alert_webhook")
    @classmethod
    def _webhook(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not is_address(value, ("https", "http")):
            raise ValueError("expected https://host/path, without spaces")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not is_address(value, ("smtp", "smtps")):
            raise ValueError(
                "expected smtp://user:password@host:port or smtps://..., with / and # of a password as %2F and %23"
            )
        return value

    @model_validator(mode="after")
    def _email_needs_a_server(self) -> Self:
        if self.alert_email and not self.smtp_url:
            raise ValueError("DUEBOOK_ALERT_EMAIL is set and DUEBOOK_SMTP_URL isn't: expected the server that sends it")
        return self

    @model_validator(mode="after")
    def _buckets_are_of_a_session(self) -> Self:
        if self.spark_buckets and (self.engine != "spark" or self.engine_url):
            on_server = "DUEBOOK_ENGINE_URL is set, and each build of a Thrift server is a full one"
            why = on_server if self.engine == "spark" else f"DUEBOOK_ENGINE is {self.engine}"
            raise ValueError(
                f"DUEBOOK_SPARK_BUCKETS needs DUEBOOK_ENGINE spark without DUEBOOK_ENGINE_URL: expected 0, for {why}"
            )
        return self

    @model_validator(mode="after")
    def _engine_has_a_database(self) -> Self:
        if self.engine == "postgres" and not self.engine_url:
            raise ValueError(
                "DUEBOOK_ENGINE is postgres, and DUEBOOK_ENGINE_URL isn't set: expected the database marts are built in"
            )
        return self

    @model_validator(mode="after")
    def _engine_url_is_of_the_engine(self) -> Self:
        if not self.engine_url:
            return self
        if self.engine == "spark" and not is_of_spark(self.engine_url):
            raise ValueError(
                "DUEBOOK_ENGINE_URL, with DUEBOOK_ENGINE spark: expected a Thrift server that asks for no password,"
                " thrift://host:port or thrift://user@host:port"
            )
        if self.engine != "spark" and not is_of_postgres(self.engine_url):
            other = ", or DUEBOOK_ENGINE spark for a Thrift server" if is_of_spark(self.engine_url) else ""
            raise ValueError(f"DUEBOOK_ENGINE_URL, with DUEBOOK_ENGINE {self.engine}: expected {OF_POSTGRES}{other}")
        if self.engine == "postgres" and database_of(self.engine_url) == (database_of(self.postgres_url) or ""):
            raise ValueError("DUEBOOK_POSTGRES_URL is DUEBOOK_ENGINE_URL: expected another database, for readers")
        return self

    @model_validator(mode="after")
    def _sample_defaults(self) -> Self:
        if self.landing == SAMPLE_LANDING:
            given = set(self.model_fields_set)
            if "as_of" not in given:
                self.as_of = SAMPLE_AS_OF
            self.reporting_currency = self.reporting_currency or SAMPLE_REPORTING_CURRENCY
            # What the sample brings with it nobody has given.
            self.model_fields_set.intersection_update(given)
        if self.as_of < self.first_day:
            raise ValueError(f"DUEBOOK_AS_OF is {self.as_of}: expected DUEBOOK_FIRST_DAY ({self.first_day}) or later")
        return self

    @property
    def given(self) -> dict[str, str]:
        """What a user has given, by its make variable; in the place of a secret, dots."""
        values = {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}
        return {
            "HOME_DIR" if name == "home" else name.upper(): "..." if isinstance(value, SecretStr) else str(value)
            for name, value in values.items()
            if value is not None
        }

    @property
    def local_zone(self) -> ZoneInfo:
        """The time zone the schedule lives in."""
        return ZoneInfo(self.schedule_time_zone)

    @property
    def wrong_in_home(self) -> str | None:
        """Why nothing can be loaded into a home of this name, in words; None where it can."""
        # dlt and DuckDB take these for the end of a name, an option or a column; Spark takes some more for a pattern.
        letters, engine = (r"[\[*{\\", " with DUEBOOK_ENGINE spark") if self.engine == "spark" else ("[", "")
        if not (wrong := sorted(set(re.findall(letters + r"'?%=\x00-\x1f\x7f]", str(self.home))))):
            return None
        return f"DUEBOOK_HOME is {str(self.home)!r}: expected a path without {', '.join(map(repr, wrong))}{engine}"

    @property
    def landed_file(self) -> Path:
        """What the loader writes: raw rows, quarantine, registry of files."""
        return self.home / "warehouse" / "landing.duckdb"

    @property
    def raw_files_dir(self) -> Path:
        """What the loader writes beside that file if the engine reads Parquet: raw rows, a folder a table."""
        return self.spark_dir / RAW_SCHEMA

    @property
    def raw_as_files(self) -> bool:
        """Whether raw rows are files; they are the landing file's tables otherwise."""
        return self.engine == "spark"

    @property
    def spark_dir(self) -> Path:
        """What Spark reads and writes."""
        return self.home / "spark"

    @property
    def warehouse_file(self) -> Path:
        """What dbt writes on the way to the marts of the current publication; they stand beside it."""
        return self.home / "warehouse" / "duebook.duckdb"

    @property
    def published_dir(self) -> Path:
        """What readers open: the current publication, and past days under ``as_of/``."""
        return self.home / "published"

    @property
    def published_file(self) -> Path:
        """The current publication."""
        return self.published_dir / "duebook.duckdb"

    @property
    def dashboard_dir(self) -> Path:
        """The current publication's dashboard."""
        return self.published_dir / "dashboard"

    @property
    def reference_dir(self) -> Path:
        """Where a user puts files that take the place of seeds, for refreshes of this home; need not be there."""
        return self.home / "reference"

    @property
    def loading_dir(self) -> Path:
        """What a load works in: dlt's folder and the staging database; empty between loads."""
        return self.home / "warehouse" / "loading"

    @property
    def older_loading_dir(self) -> Path:
        """Where loads of 0.1.0 and before worked: nothing is written there any more."""
        return self.home / "dlt"

    @property
    def dbt_dir(self) -> Path:
        """dbt's target folder: compiled SQL and run results of the last refresh."""
        return self.home / "dbt"

    @property
    def logs_dir(self) -> Path:
        """One full log a refresh."""
        return self.home / "logs"

    @property
    def audit_file(self) -> Path:
        """Who did what; only ever added to."""
        return self.home / "audit" / "audit.jsonl"

    @property
    def reference_noted_file(self) -> Path:
        """What reference data were when the audit log last spoke of them: a hash of each row."""
        return self.home / "audit" / "reference.json"

    @property
    def sources_file(self) -> Path:
        """The sources a refresh lands first, if the user has listed any."""
        return self.home / "sources.yml"

    @property
    def adapters_dir(self) -> Path:
        """What each adapter has landed."""
        return self.home / "adapters"

    @property
    def lock_file(self) -> Path:
        """Held by whoever writes in the home, so that two refreshes never meet."""
        return self.home / "refresh.lock"

    @property
    def dagster_home(self) -> Path:
        """Dagster's run history."""
        return self.home / "dagster"

    def past_warehouse_file(self, day: date) -> Path:
        """What dbt writes for a run for a past day."""
        return self.home / "warehouse" / "as_of" / self._past_name(day) / "duebook.duckdb"

    def past_published_dir(self, day: date) -> Path:
        """Where a past day's publication stands."""
        return self.published_dir / "as_of" / self._past_name(day)

    def _past_name(self, day: date) -> str:
        # What was known back then is another answer than what is known of the day today: neither replaces the other.
        return f"{day}_known_{self.known_as_of}" if self.known_as_of else day.isoformat()
