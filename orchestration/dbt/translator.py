"""How dbt's models, seeds and sources appear in the asset graph.

Here: keys, groups, owners, freshness, which tests are checks. Descriptions and column schemas need no code: dagster-dbt
takes them from the dbt project. Not here: which models are one asset (graph.py).
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject

from duebook.settings import MARTS_SCHEMA, OWNERS, PERSONAL_SCHEMA, RAW_SCHEMA

# Marts that a build reads from the last publication get a prefix of their own: otherwise the graph would have cycles.
PUBLISHED_BEFORE = "published_before"
INTERMEDIATE = "intermediate"
# All reference data are one asset: they are always loaded together.
SEEDS = "seeds"


def _is_published(source: Mapping[str, Any]) -> bool:
    return source["schema"] == MARTS_SCHEMA


def folder_of(node: Mapping[str, Any]) -> str | None:
    """Return the folder of an intermediate model; None for everything else."""
    return node["fqn"][2] if node["schema"] == INTERMEDIATE else None


class SchemaTranslator(DagsterDbtTranslator):
    """Names every asset by its schema: ``raw/invoices``, ``staging/stg_ar__invoices``, ``marts/dso_monthly``."""

    def __init__(self, intermediate_assets: Mapping[str, str], time_zone: str) -> None:
        """Take the asset names of intermediate models, by dbt's id, and the schedule's time zone."""
        super().__init__()
        self._intermediate_assets = intermediate_assets
        # Marts are as of yesterday. They are late if none was built between midnight and 08:00, which is two hours
        # after the schedule's start at 06:00.
        self._built_since_midnight = dg.FreshnessPolicy.cron(
            deadline_cron="0 8 * * *", lower_bound_delta=timedelta(hours=8), timezone=time_zone
        )

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Return schema and name; a source is a raw table, or a mart of the last publication."""
        if dbt_resource_props["resource_type"] == "source":
            room = PUBLISHED_BEFORE if _is_published(dbt_resource_props) else RAW_SCHEMA
            return dg.AssetKey([room, dbt_resource_props["name"]])
        if dbt_resource_props["resource_type"] == "seed":
            return dg.AssetKey([dbt_resource_props["schema"], SEEDS])
        if asset := self._intermediate_assets.get(dbt_resource_props["unique_id"]):
            return dg.AssetKey([INTERMEDIATE, asset])
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Return the schema: each has one group."""
        if dbt_resource_props["resource_type"] == "source":
            return "publication" if _is_published(dbt_resource_props) else "landing"
        return dbt_resource_props["schema"]

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str]:
        """Return the owners the dbt project names (of a group, or `meta.dagster.owners`), else the default owners."""
        return super().get_owners(dbt_resource_props) or OWNERS

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        """Return dagster-dbt's spec; marts get a freshness policy."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        if spec.group_name == MARTS_SCHEMA and spec.freshness_policy is None:
            return spec.replace_attributes(freshness_policy=self._built_since_midnight)
        return spec

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetCheckSpec | None:
        """Return a check for tests of what readers get (marts and personal data); None for all other tests.

        dbt runs the other tests, too, and one that fails ends the run. But Dagster doesn't store that they passed:
        that took a tenth of the time of a small refresh.
        """
        if asset_spec.group_name not in (MARTS_SCHEMA, PERSONAL_SCHEMA):
            return None
        return super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
