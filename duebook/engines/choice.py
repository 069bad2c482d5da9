"""Which engine runs the models of a business day.

Here: what the setting ENGINE means, and whether this machine has what it needs. Not here: what an engine does
(engine.py, and a module each).
"""

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from duebook.engines import spark
from duebook.engines.engine import DuckDBFiles, Engine, EngineError
from duebook.publication.targets import Target
from duebook.settings import Settings

# What `make install SPARK=1` brings, by what is imported of it: for a session of dbt's process, and to ask a server.
OF_SESSION = {"pyspark": "pyspark", "dbt.adapters.spark": "dbt-spark"}
OF_SERVER = {"pyhive": "pyhive", "dbt.adapters.spark": "dbt-spark"}
# The oldest that Spark runs with.
JAVA = 17
_GET_JAVA = "install it (on Debian and Ubuntu: apt-get install openjdk-17-jre-headless), or set JAVA_HOME to its folder"


def engine_of(settings: Settings, target: Target) -> Engine:
    """Return the engine for a business day. DuckDB builds past days, whatever the setting: in a file of its own.

    Args:
        settings: `engine`, and where it is.
        target: the business day, and its files.

    Raises:
        EngineError: what it needs is not installed.
    """
    if settings.engine == "postgres" and not target.is_past:
        # Imported here: a refresh with DuckDB doesn't need a driver of Postgres.
        from duebook.engines.in_postgres import InPostgres

        return InPostgres(settings, target)
    if settings.engine == "spark" and settings.engine_url and not target.is_past:
        # Its driver comes with Spark.
        _refuse_missing(OF_SERVER)
        from duebook.engines.on_spark_cluster import OnSparkCluster

        return OnSparkCluster(settings, target)
    if settings.engine == "spark" and not target.is_past:
        from duebook.engines.in_spark import InSpark

        return InSpark(settings, target)
    return DuckDBFiles(settings, target)


def refuse_what_cannot_run(settings: Settings) -> None:
    """Look whether this machine can call the engine at all, before anything is loaded; a server isn't asked.

    Args:
        settings: `engine`, and where it is.

    Raises:
        EngineError: something isn't installed, or what dbt would be told is wrong; says what to do.
    """
    if settings.engine == "postgres":
        # Imported here, as above.
        from duebook.engines import postgres

        postgres.dbt_environment(settings.engine_url.get_secret_value())
    if settings.engine == "spark":
        _refuse_missing(OF_SERVER if settings.engine_url else OF_SESSION)
        if not settings.engine_url:
            _refuse_missing_java()
        spark.dbt_environment(settings.spark_dir)


def _refuse_missing(packages: dict[str, str]) -> None:
    if missing := [package for module, package in packages.items() if find_spec(module) is None]:
        raise EngineError(f"ENGINE=spark needs {' and '.join(missing)}, not installed: make install SPARK=1")


def _refuse_missing_java() -> None:
    # As Spark looks for it.
    java_home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(java_home, "bin")) if java_home else None)
    if not java:
        where = f"JAVA_HOME ({java_home}) has no bin/java" if java_home else "there is no java in PATH"
        raise EngineError(f"ENGINE=spark needs Java {JAVA}, and {where}: {_GET_JAVA}")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603 (theirs)
    # Before 9, versions began with a 1. Who calls itself otherwise is left to Spark.
    version = re.search(r'version "(\d+)', said)
    if version and int(version[1]) < JAVA:
        raise EngineError(f"ENGINE=spark needs Java {JAVA}, and {java} is {said.splitlines()[0]}: {_GET_JAVA}")
