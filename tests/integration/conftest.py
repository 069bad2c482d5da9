"""What tests of whole parts share: database servers, an empty database a test, loading as Dagster does it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.adapters import mariadb_server
from tests.support.publications.postgres_fixtures import database, postgres_folder  # noqa: F401 (fixtures)


@pytest.fixture(scope="module")
def mariadb() -> Iterator[mariadb_server.Database]:
    """An empty database of a MariaDB server; tests that need one are left out where there is none."""
    if not mariadb_server.has_programs():
        pytest.skip(mariadb_server.MISSING)
    with mariadb_server.running() as folder:
        yield mariadb_server.new_database(folder)


@pytest.fixture
def materialize(tmp_path: Path) -> Callable:
    """Materialize raw tables of the landing in a folder; all of them, or those named."""
    # Here, since conftest.py is read before the user's settings are forgotten (tests/conftest.py).
    import dagster as dg
    from dagster_dlt import DagsterDltResource

    from duebook.contract import read_contract
    from duebook.settings import Settings
    from orchestration.defs import landing as assets
    from tests.support.landing.files import INVOICE, invoices, write_csv

    home = {"landing": tmp_path / "landing", "home": tmp_path / "home"}
    write_csv(tmp_path / "landing" / "ar" / "invoices" / "load_1.csv", [*invoices(99), INVOICE | {"amount": "-1"}])

    def run(*names: str, engine: str = "duckdb") -> dg.ExecuteInProcessResult:
        return dg.materialize(
            [assets.load_asset(Settings(**home, engine=engine), read_contract(), {})],
            instance=dg.DagsterInstance.ephemeral(),
            partition_key="2025-01-31",
            resources={"dlt": DagsterDltResource(), "only_writer": dg.ResourceDefinition.none_resource()},
            selection=[dg.AssetKey(["raw", name]) for name in names] or None,
            raise_on_error=False,
        )

    return run
