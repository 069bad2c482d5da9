"""Which versions of the locks have a known vulnerability, by a database of advisories that somebody downloaded.

Here: reading advisories in OSV's format (JSON of OSV's export, YAML of the PyPA's advisory database; folders and zip
files), and whether one is about a version. No network is asked. Not here: which packages there are (locks.py).
"""

import json
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from supply_chain.locks import Package

ECOSYSTEM = "PyPI"
FORMATS = {".json", ".yaml", ".yml"}


class AdvisoriesError(ValueError):
    """The database can't be read, or is none; the message says which file, and why."""


@dataclass(frozen=True)
class Advisories:
    """A database: how many advisories about Python packages, the newest change, those about some packages by name."""

    count: int
    newest: str
    by_package: Mapping[str, list[Mapping[str, Any]]]


@dataclass(frozen=True)
class Finding:
    """A version with a known vulnerability: its names in several databases, and the versions without it."""

    package: Package
    names: tuple[str, ...]
    summary: str
    fixed_in: tuple[str, ...]


def read_advisories(place: Path, names: Collection[str]) -> Advisories:
    """Read a database, and keep what is about some packages.

    Args:
        place: a folder with files, in any folders of it, or a zip file.
        names: the packages.

    Raises:
        AdvisoriesError: it isn't there, can't be read, or has no advisory about a Python package.
    """
    count, newest = 0, ""
    kept: dict[str, list[Mapping[str, Any]]] = {}
    for file, text in _files(place):
        advisory = _parsed(file, text)
        try:
            about = {name for affected in advisory.get("affected") or [] if (name := _python_package(affected))}
        except (AttributeError, KeyError, TypeError):
            raise AdvisoriesError(f"{file} isn't as OSV's format has it: `affected` is no list of packages") from None
        if not about:
            continue
        count, newest = count + 1, max(newest, str(advisory["modified"]))
        for name in about & {*names} if not advisory.get("withdrawn") else ():
            kept.setdefault(name, []).append(advisory)
    if not count:
        raise AdvisoriesError(f"{place} has no advisory about a Python package")
    return Advisories(count, newest, kept)


def _files(place: Path) -> Iterator[tuple[str, bytes]]:
    try:
        if place.is_dir():
            for path in sorted(place.rglob("*")):
                # A checkout of a database has files of other programs in hidden folders.
                hidden = any(part.startswith(".") for part in path.relative_to(place).parts)
                if path.suffix in FORMATS and not hidden and path.is_file():
                    yield str(path), path.read_bytes()
            return
        with zipfile.ZipFile(place) as packed:
            for name in sorted(packed.namelist()):
                if Path(name).suffix in FORMATS:
                    yield f"{place}: {name}", packed.read(name)
    except OSError as error:
        raise AdvisoriesError(f"{error.filename or place} can't be read: {error.strerror}") from None
    except zipfile.BadZipFile as error:
        raise AdvisoriesError(f"{place} is no folder, and no zip file that can be read: {error}") from None


def _parsed(file: str, text: bytes) -> Mapping[str, Any]:
    """An advisory; nothing for a file that is something else."""
    try:
        # As text, whatever it looks like: 2.10 is a version and no number.
        content = json.loads(text) if file.endswith(".json") else yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506
    except (ValueError, yaml.YAMLError) as error:
        raise AdvisoriesError(f"{file} can't be read: {error}") from None
    return content if isinstance(content, Mapping) and {"id", "modified"} <= content.keys() else {}


def _python_package(affected: Mapping[str, Any]) -> str | None:
    package = affected.get("package") or {}
    return canonicalize_name(package["name"]) if package.get("ecosystem") == ECOSYSTEM else None


def findings(packages: Iterable[Package], advisories: Advisories) -> list[Finding]:
    """The known vulnerabilities of packages; one that several advisories are about is found once."""
    found: list[Finding] = []
    for package in packages:
        of_package: list[Finding] = []
        for advisory in advisories.by_package.get(package.name, ()):
            if finding := _finding(package, advisory):
                same = [one for one in of_package if {*one.names} & {*finding.names}]
                of_package = [one for one in of_package if one not in same] + [_together([*same, finding])]
        found += sorted(of_package, key=lambda one: one.names)
    return found


def _finding(package: Package, advisory: Mapping[str, Any]) -> Finding | None:
    about = [one for one in advisory["affected"] if _python_package(one) == package.name]
    if not any(is_affected(package.version, one) for one in about):
        return None
    names = (advisory["id"], *sorted({*(advisory.get("aliases") or [])} - {advisory["id"]}))
    summary = advisory.get("summary") or advisory.get("details") or "no description"
    fixed = {event["fixed"] for one in about for event in _events(one) if "fixed" in event}
    later = {version for version in fixed if _is_later(version, package.version)}
    return Finding(package, names, " ".join(summary.split()), _in_order(later))


def _together(same: list[Finding]) -> Finding:
    first = same[0]
    names = dict.fromkeys(name for one in same for name in one.names)
    fixed = {version for one in same for version in one.fixed_in}
    return Finding(first.package, tuple(names), first.summary, _in_order(fixed))


def _in_order(versions: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(versions, key=Version))


def is_affected(version: str, affected: Mapping[str, Any]) -> bool:
    """Whether a version is one of those an advisory lists, or lies in a range of it.

    What can't be compared counts as affected: somebody has to look.
    """
    if any(_same(version, one) for one in affected.get("versions") or []):
        return True
    try:
        return any(
            _in_range(Version(version), one.get("events") or [])
            for one in affected.get("ranges") or []
            if one.get("type") == "ECOSYSTEM"
        )
    except InvalidVersion:
        return True


def _in_range(version: Version, events: Iterable[Mapping[str, str]]) -> bool:
    """Follow the events in order of their versions, as OSV's specification does."""
    ordered = sorted((Version(value), kind) for event in events for kind, value in event.items())
    is_in = False
    for at, kind in ordered:
        if kind == "introduced" and version >= at:
            is_in = True
        elif (kind in ("fixed", "limit") and version >= at) or (kind == "last_affected" and version > at):
            is_in = False
    return is_in


def _events(affected: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    for one in affected.get("ranges") or []:
        if one.get("type") == "ECOSYSTEM":
            yield from one.get("events") or []


def _same(one: str, other: str) -> bool:
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other


def _is_later(one: str, other: str) -> bool:
    try:
        return Version(one) > Version(other)
    except InvalidVersion:
        return False
