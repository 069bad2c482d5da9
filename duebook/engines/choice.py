"""Which engine runs the models of a business day.

Here: what the setting ENGINE means. Not here: what an engine does (engine.py, and a module each).
"""

from duebook.engines.engine import DuckDBFiles, Engine, EngineError
from duebook.publication.targets import Target
from duebook.settings import Settings


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
        try:
            from duebook.engines.on_spark_cluster import OnSparkCluster
        except ModuleNotFoundError as error:
            raise EngineError(f"ENGINE=spark needs {error.name}, not installed: make install SPARK=1") from None

        return OnSparkCluster(settings, target)
    if settings.engine == "spark" and not target.is_past:
        from duebook.engines.in_spark import InSpark

        return InSpark(settings, target)
    return DuckDBFiles(settings, target)
