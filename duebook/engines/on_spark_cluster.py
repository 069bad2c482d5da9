"""A cluster of Spark as an engine: dbt asks its Thrift server, whose executors see the home under the same path.

What a session has for itself, a server keeps: schemas and tables stay in its catalogue, and others may have theirs
there. So each schema stands in the home's own folder, which says whose it is; one that stands elsewhere is somebody
else's, and never touched.

Here: the server, and the schemas in its catalogue. Not here: the files and what is declared of them (in_spark.py), what
the server is told of how to compute (dbt_project/profiles.yml).
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from urllib.parse import unquote, urlsplit

import yaml
from pyhive import hive
from pyhive.exc import Error
from thrift.Thrift import TException

from duebook.engines.engine import EngineError, Rows
from duebook.engines.in_spark import InSpark
from duebook.engines.spark import SCHEMAS, WAREHOUSE
from duebook.publication.targets import Target
from duebook.settings import DBT_PROJECT_DIR, Settings

DBT_TARGET = "spark_cluster"
PORT = 10000
USER = "duebook"


class OnSparkCluster(InSpark):
    """A cluster: as Spark in dbt's process, but of a server that was there before and will be after."""

    def __init__(self, settings: Settings, target: Target) -> None:
        """Take the server that the setting ENGINE_URL names, a home, and its files of a business day."""
        super().__init__(settings, target)
        parts = urlsplit(settings.engine_url.get_secret_value())
        self._host, self._port, self._user = parts.hostname, parts.port or PORT, unquote(parts.username or USER)

    @property
    def place(self) -> str:
        """The folder of the files, and the server."""
        return f"{self._folder}, by Spark at {self._host}:{self._port}"

    def environment(self) -> Mapping[str, str]:
        """The target, its server, and what it is told first."""
        return {
            **super().environment(),
            "DUEBOOK_DBT_TARGET": DBT_TARGET,
            "DUEBOOK_SPARK_HOST": self._host,
            "DUEBOOK_SPARK_PORT": str(self._port),
            "DUEBOOK_SPARK_USER": self._user,
        }

    def begin(self, *, everything: bool) -> None:
        """Remove what the last build left, also from the catalogue, and make the schemas anew in the home's folder."""
        with self._connected() as spark:
            self._drop_schemas(spark)
            super().begin(everything=everything)
            for schema in SCHEMAS:
                location = self._location(schema).replace("\\", r"\\").replace("'", r"\'")
                spark.execute(f"create schema {schema} location '{location}'")

    def forget(self) -> None:
        """Remove what was built, also from the catalogue."""
        with self._connected() as spark:
            self._drop_schemas(spark)
        super().forget()

    def first_rows(self, query: str, most: int) -> Rows:
        """Run a query in the server, which still has its tables."""
        with self._connected() as spark:
            spark.execute(query)
            return Rows([column[0] for column in spark.description], spark.fetchmany(most))

    def _drop_schemas(self, spark: hive.Cursor) -> None:
        there = [schema for schema in SCHEMAS if self._is_there(spark, schema)]
        for schema in there:
            spark.execute(f"drop schema {schema} cascade")

    def _is_there(self, spark: hive.Cursor, schema: str) -> bool:
        """Whether the catalogue has the schema of this home.

        Raises:
            EngineError: it has one of the name that is not this home's.
        """
        spark.execute("show schemas like %s", [schema])
        if not spark.fetchall():
            return False
        spark.execute(f"describe schema {schema}")
        location = unquote(urlsplit(dict(row[:2] for row in spark.fetchall())["Location"]).path)
        if location != self._location(schema):
            raise EngineError(
                f"Spark at {self._host}:{self._port} has a schema {schema} in {location}, which is not this home's."
                " Give each home a server with a catalogue of its own (DUEBOOK_ENGINE_URL)"
            )
        return True

    def _location(self, schema: str) -> str:
        return str((self._folder / WAREHOUSE / f"{schema}.db").absolute())

    @contextmanager
    def _connected(self) -> Iterator[hive.Cursor]:
        try:
            with (
                closing(hive.connect(self._host, self._port, username=self._user, configuration=_settings())) as opened,
                closing(opened.cursor()) as cursor,
            ):
                yield cursor
        except (Error, TException) as error:
            raise EngineError(f"ENGINE=spark: {self._host}:{self._port}: {_said(error)}") from None


def _settings() -> dict[str, str]:
    """How dbt's profile has the server compute, but for what depends on the environment, and changes no figure."""
    profile = yaml.safe_load((DBT_PROJECT_DIR / "profiles.yml").read_text(encoding="utf-8"))
    told = profile["duebook"]["outputs"][DBT_TARGET]["server_side_parameters"]
    return {name: value for name, value in told.items() if "{{" not in value}


def _said(error: Exception) -> str:
    """The first line of what the server says; a response of Thrift holds it in its status."""
    response = error.args[0] if error.args else ""
    said = response.status.errorMessage if hasattr(response, "status") else str(error)
    return next(iter(str(said).strip().splitlines()), type(error).__name__)
