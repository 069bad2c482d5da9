"""Which of dbt's models and seeds are one asset.

A table of the schemas staging, marts and personal is an asset. The intermediate schema has too many tables for a
picture: there a folder is an asset. All reference data are one asset. Folders that read each other are one asset,
with the names of all of them, so that the graph has no cycles. Where a mart is both built from models of such a folder
and read by them (the ledger), the models it is built from are an asset with the mart's name. Here: which models are one
asset, and dbt's arguments to build some of them. Not here: how assets are named, owned and grouped (translator.py),
what is reported while they are built (events.py).
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DbtProject

from orchestration.dbt.translator import SchemaTranslator, folder_of

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
        """Group models and seeds into assets; the time zone says when marts count as late."""
        self.manifest, self.project = manifest, project
        self.translator = SchemaTranslator(intermediate_assets(manifest), time_zone)
        self.members: dict[dg.AssetKey, list[str]] = {}
        for unique_id, node in manifest["nodes"].items():
            # An ephemeral model is a part of the models that read it.
            if node["resource_type"] in MADE and node["config"]["materialized"] != "ephemeral":
                self.members.setdefault(self.translator.get_asset_key(node), []).append(unique_id)
        self.specs = [self._spec(key, made) for key, made in self.members.items()]
        self.check_of = {
            unique_id: check
            for unique_id, node in manifest["nodes"].items()
            if node["resource_type"] == "test" and (check := self._check(unique_id, node))
        }

    @property
    def models(self) -> list[Mapping[str, Any]]:
        """The models, as the manifest describes them."""
        return [node for node in self.manifest["nodes"].values() if node["resource_type"] == "model"]

    def keys_of(self, schema: str) -> list[dg.AssetKey]:
        """Name the assets of a schema, sorted."""
        return sorted(key for key in self.members if key.path[0] == schema)

    def selection(self, assets: set[dg.AssetKey], checks: set[dg.AssetCheckKey]) -> list[str]:
        """Return dbt's arguments to build exactly these assets and evaluate exactly these checks."""
        chosen = [unique_id for asset in assets for unique_id in self.members[asset]]
        chosen += [unique_id for unique_id, check in self.check_of.items() if check.key in checks]
        names = sorted(".".join(self.manifest["nodes"][unique_id]["fqn"]) for unique_id in chosen)
        return ["--select", " ".join(f"fqn:{name}" for name in names), "--indirect-selection", "cautious"]

    def _spec(self, key: dg.AssetKey, made: Sequence[str]) -> dg.AssetSpec:
        specs = [self.translator.get_asset_spec(self.manifest, unique_id, self.project) for unique_id in made]
        nodes = [self.manifest["nodes"][unique_id] for unique_id in made]
        if [node["name"] for node in nodes] == [key.path[-1]]:
            # A build that fails half-way never builds some of them.
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


def intermediate_assets(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the name of the asset each intermediate model belongs to, by dbt's id of the model."""
    nodes = {name: node for name, node in manifest["nodes"].items() if node["resource_type"] in MADE}
    reads = {name: set(node["depends_on"].get("nodes", [])) & nodes.keys() for name, node in nodes.items()}
    place_of = {name: folder_of(node) or name for name, node in nodes.items()}
    reached = _reached_places(place_of, reads)
    # Otherwise a folder would have to be built both before and after such a mart.
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
    """Return, for each place, all places it is built from, directly or not; itself, too, where there is a cycle."""
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
