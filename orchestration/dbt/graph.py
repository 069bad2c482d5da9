"""Which of dbt's models and seeds are one asset.

A table of staging, of the marts or of the personal room is an asset. Between them stand more tables than anybody
follows in a picture: there a folder is an asset, and the reference data are one. Folders that read each other are one,
too, named by all of them: the graph has no circles. Where a mart stands between models of such folders (the ledger),
what it is made from is an asset named by it. Here: what is together, and what dbt has to be told to make some of it.
Not here: how assets are named, owned and grouped (translator.py), what is said as they are made (events.py).
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DbtProject

from orchestration.dbt.translator import RoomTranslator, folder_of

MADE = ("model", "seed")


class Graph:
    """The dbt project as assets and checks.

    Attributes:
        members: the models and seeds an asset is made of, by dbt's id, for each asset.
        specs: the assets.
        check_of: the tests that are checks, by dbt's id.
        manifest: dbt's, with every test given to one model.
        project: where dbt finds it.
    """

    def __init__(self, manifest: Mapping[str, Any], project: DbtProject, time_zone: str) -> None:
        """Put together what is one asset; marts are late by the clock of a time zone."""
        self.manifest, self.project = manifest, project
        self.translator = RoomTranslator(together(manifest), time_zone)
        self.members: dict[dg.AssetKey, list[str]] = {}
        for unique_id, node in manifest["nodes"].items():
            # What is ephemeral is a part of what reads it.
            if node["resource_type"] in MADE and node["config"]["materialized"] != "ephemeral":
                self.members.setdefault(self.translator.get_asset_key(node), []).append(unique_id)
        self.specs = [self._spec(key, made) for key, made in self.members.items()]
        self.check_of = {
            unique_id: check
            for unique_id, node in manifest["nodes"].items()
            if node["resource_type"] == "test" and (check := self._check(unique_id, node))
        }

    def keys_of(self, schema: str) -> list[dg.AssetKey]:
        """Name the assets of a schema, sorted."""
        return sorted(key for key in self.members if key.path[0] == schema)

    def selection(self, assets: set[dg.AssetKey], checks: set[dg.AssetCheckKey]) -> list[str]:
        """Say what dbt has to select to make some assets and evaluate some checks, and test nothing beside them."""
        chosen = [unique_id for asset in assets for unique_id in self.members[asset]]
        chosen += [unique_id for unique_id, check in self.check_of.items() if check.key in checks]
        names = sorted(".".join(self.manifest["nodes"][unique_id]["fqn"]) for unique_id in chosen)
        return ["--select", " ".join(f"fqn:{name}" for name in names), "--indirect-selection", "cautious"]

    def _spec(self, key: dg.AssetKey, made: Sequence[str]) -> dg.AssetSpec:
        specs = [self.translator.get_asset_spec(self.manifest, unique_id, self.project) for unique_id in made]
        nodes = [self.manifest["nodes"][unique_id] for unique_id in made]
        if [node["name"] for node in nodes] == [key.path[-1]]:
            # Of a build that fails half-way some are never made.
            return specs[0].replace_attributes(skippable=True)
        versions = "".join(sorted(spec.code_version or "" for spec in specs))
        return dg.AssetSpec(
            key,
            deps=sorted({dep.asset_key for spec in specs for dep in spec.deps} - {key}),
            description="\n".join(f"- `{node['name']}`: {node['description'].strip()}" for node in nodes),
            group_name=specs[0].group_name,
            owners=specs[0].owners,
            kinds=specs[0].kinds,
            code_version=hashlib.sha256(versions.encode()).hexdigest(),
            skippable=True,
        )

    def _check(self, unique_id: str, test: Mapping[str, Any]) -> dg.AssetCheckSpec | None:
        if not test["attached_node"]:
            return None
        tested = self.translator.get_asset_spec(self.manifest, test["attached_node"], self.project)
        return self.translator.get_asset_check_spec(tested, self.manifest, unique_id, self.project)


def together(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Name, for each intermediate model by dbt's id, the asset it is of."""
    nodes = {name: node for name, node in manifest["nodes"].items() if node["resource_type"] in MADE}
    reads = {name: set(node["depends_on"].get("nodes", [])) & nodes.keys() for name, node in nodes.items()}
    place_of = {name: folder_of(node) or name for name, node in nodes.items()}
    reached = _reached_places(place_of, reads)
    # Folders would be made both before and after such a mart.
    for mart in [name for name, place in place_of.items() if name == place and name in reached[name]]:
        made_into = {name for name in _reached(mart, reads) if folder_of(nodes[name])}
        place_of |= dict.fromkeys(made_into, f"before_{mart.split('.')[-1]}")
    reached = _reached_places(place_of, reads)
    return {
        name: "_".join(sorted(other for other in {place} | reached[place] if place in {other} | reached[other]))
        for name, place in place_of.items()
        if folder_of(nodes[name])
    }


def _reached_places(place_of: Mapping[str, str], reads: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Say of each place which ones it is made from, in any number of steps; itself, too, where that is a circle."""
    read: dict[str, set[str]] = {}
    for name, place in place_of.items():
        read.setdefault(place, set()).update({place_of[other] for other in reads[name]} - {place})
    return {place: _reached(place, read) for place in read}


def _reached(start: str, reads: Mapping[str, set[str]]) -> set[str]:
    found, todo = set(), [start]
    while todo:
        new = reads.get(todo.pop(), set()) - found
        found |= new
        todo += new
    return found
