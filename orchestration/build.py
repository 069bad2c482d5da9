"""All of Dagster's definitions, built for given settings.

Here: which steps, gates, jobs, schedules, sensors and resources there are. Not here: what each does (defs/), how
dbt's models appear (dbt/).
"""

import dagster as dg
from dagster_dlt import DagsterDltResource

from duebook.adapters.configured import configured_sources
from duebook.contract import read_contract
from duebook.settings import Settings
from duebook.warehouse.parsing import finish_parsing
from orchestration.dbt.graph import Graph
from orchestration.dbt.project import attributed_manifest, dbt_project, dbt_resource
from orchestration.defs.alerts import failure_alert, late_data_alert
from orchestration.defs.gates import arrival_gate, hand_over_gate
from orchestration.defs.jobs import refresh_job
from orchestration.defs.landing import landing_folders, load_asset
from orchestration.defs.models import records, transform_asset
from orchestration.defs.postgres import postgres_asset
from orchestration.defs.publication import publish_asset
from orchestration.defs.resources import only_writer_of
from orchestration.defs.schedules import morning_schedule
from orchestration.defs.sensors import arrivals_sensor
from orchestration.defs.sources import source_assets, sources_of
from orchestration.run_history import write_without_waiting


def read_graph(settings: Settings) -> Graph:
    """Read the dbt project as assets and checks; it is parsed again first if any of its files has changed.

    Raises:
        RuntimeError: dbt can't parse the project; says where and why.
    """
    finish_parsing(settings)
    project = dbt_project()
    return Graph(attributed_manifest(project), project, settings.schedule_time_zone)


def build_defs(settings: Settings) -> dg.Definitions:
    """Build all definitions; their steps run one after the other in one process.

    One process, because only one may write a DuckDB file, and because each further process costs seconds of imports.

    Args:
        settings: those of the home. The dbt project is parsed first if any of its files has changed.

    Raises:
        RuntimeError: dbt can't parse the project; says where and why.
        AdapterError: the home's sources can't be used; a line for each problem.
    """
    write_without_waiting()
    contract, graph = read_contract(), read_graph(settings)
    sources = configured_sources(settings)
    return dg.Definitions(
        assets=[
            *landing_folders(contract),
            *source_assets(settings, sources, contract),
            load_asset(settings, contract, sources_of(sources, contract)),
            *records(graph),
            transform_asset(settings, graph),
            publish_asset(settings, graph),
            postgres_asset(settings, graph),
        ],
        asset_checks=[arrival_gate(settings, contract), hand_over_gate(settings)],
        jobs=[refresh_job(settings)],
        schedules=[morning_schedule(settings)],
        sensors=[arrivals_sensor(settings), failure_alert(settings), late_data_alert(settings)],
        resources={"dlt": DagsterDltResource(), "dbt": dbt_resource(), "only_writer": only_writer_of(settings)},
        executor=dg.in_process_executor,
    )
