"""How dbt's models, seeds and sources appear in the asset graph.

Here: keys, groups, owners, freshness, whose tests are checks. Descriptions and column schemas come from the dbt project
by themselves. Not here: what is one asset (graph.py).
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject

from duebook.settings import MARTS_SCHEMA, OWNERS, PERSONAL_SCHEMA, RAW_SCHEMA

# The room of what the publication before is read from: the graph has no circles.
PUBLISHED_BEFORE = "published_before"
INTERMEDIATE = "intermediate"
# Reference data are one asset: nobody makes one of them without the others.
SEEDS = "seeds"


def _is_published(source: Mapping[str, Any]) -> bool:
    return source["schema"] == MARTS_SCHEMA


def folder_of(node: Mapping[str, Any]) -> str | None:
    """Return the folder of an intermediate model; None of all else."""
    return node["fqn"][2] if node["schema"] == INTERMEDIATE else None


class RoomTranslator(DagsterDbtTranslator):
    """Names every asset by the room it is in: ``raw/invoices``, ``staging/stg_ar__invoices``, ``marts/dso_monthly``."""

    def __init__(self, together: Mapping[str, str], time_zone: str) -> None:
        """Take the names of the assets that intermediate models are of, by dbt's id, and the schedule's time zone."""
        super().__init__()
        self._together = together
        # Marts speak of yesterday: they are late when, two hours after the schedule's 06:00, none was built since
        # midnight.
        self._built_since_midnight = dg.FreshnessPolicy.cron(
            deadline_cron="0 8 * * *", lower_bound_delta=timedelta(hours=8), timezone=time_zone
        )

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Sources are what the loader made, or the publication before; tables are called by schema and name."""
        if dbt_resource_props["resource_type"] == "source":
            room = PUBLISHED_BEFORE if _is_published(dbt_resource_props) else RAW_SCHEMA
            return dg.AssetKey([room, dbt_resource_props["name"]])
        if dbt_resource_props["resource_type"] == "seed":
            return dg.AssetKey([dbt_resource_props["schema"], SEEDS])
        if asset := self._together.get(dbt_resource_props["unique_id"]):
            return dg.AssetKey([INTERMEDIATE, asset])
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """One group a room."""
        if dbt_resource_props["resource_type"] == "source":
            return "publication" if _is_published(dbt_resource_props) else "landing"
        return dbt_resource_props["schema"]

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str]:
        """Whoever the dbt project names (a group's owner, or `meta.dagster.owners`), or else the owners of all."""
        return super().get_owners(dbt_resource_props) or OWNERS

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        """Marts carry a freshness policy."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        if spec.group_name == MARTS_SCHEMA and spec.freshness_policy is None:
            return spec.replace_attributes(freshness_policy=self._built_since_midnight)
        return spec

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetCheckSpec | None:
        """Tests of what readers get are checks of the graph.

        Those of the rooms before are dbt's alone: one that fails ends the run just so, but Dagster need not write down
        that it passed, which took a tenth of a small refresh.
        """
        if asset_spec.group_name not in (MARTS_SCHEMA, PERSONAL_SCHEMA):
            return None
        return super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
