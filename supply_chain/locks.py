"""What the locks name: every package with its version and hashes, what it is needed for, and what it requires.

Here: reading the locks, pyproject.toml and what installed packages say they require. Not here: licences (licences.py),
what is known against a version (advisories.py).
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from duebook.settings import PROJECT_ROOT

LOCK = "requirements.lock"
# By what they are for, the locks that few install; what they need of the others is in them, too.
LOCKS_OF_FEW = {
    "adapters": "requirements-adapters.lock",
    "spark": "requirements-spark.lock",
    "benchmark": "benchmarks/requirements.lock",
}
PRODUCT, POSTGRES, DEVELOPMENT = "product", "postgres", "development"
_LOCKED = re.compile(
    r"^(?P<name>[\w.-]+)(?:\[(?P<extras>[\w, -]+)\])?==(?P<version>\S+)(?P<hashes>(?: \\\n +--hash=\S+)*)", re.MULTILINE
)
# What a package requires is asked for one machine, whatever this one is: for the oldest Python, as the lock is made.
_MACHINE = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "sys_platform": "linux",
}


class NotInstalledError(LookupError):
    """A package of the lock isn't installed here, so that nobody knows what it requires."""


@dataclass(frozen=True)
class Package:
    """A version of a package in one or several locks."""

    name: str
    version: str
    extras: frozenset[str]
    hashes: tuple[str, ...]
    locks: tuple[str, ...]
    needed_for: tuple[str, ...]


@dataclass(frozen=True)
class Locked:
    """What one lock says of a package."""

    version: str
    extras: frozenset[str]
    hashes: tuple[str, ...]


def read_lock(text: str) -> dict[str, Locked]:
    """Read a lock: its packages by name."""
    return {
        canonicalize_name(found["name"]): Locked(
            found["version"],
            frozenset(re.findall(r"[\w-]+", found["extras"] or "")),
            tuple(sorted(re.findall(r"--hash=(\S+)", found["hashes"]))),
        )
        for found in _LOCKED.finditer(text)
    }


@cache
def project() -> Mapping[str, Any]:
    """Read pyproject.toml."""
    return tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def required_directly(declared: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The packages pyproject.toml requires, by what for.

    Args:
        declared: pyproject.toml.
    """
    lines = {
        PRODUCT: declared["project"]["dependencies"],
        POSTGRES: declared["project"]["optional-dependencies"]["postgres"],
        DEVELOPMENT: declared["dependency-groups"]["dev"],
    }
    return {
        need: frozenset(canonicalize_name(Requirement(line).name) for line in named) for need, named in lines.items()
    }


@cache
def requires(name: str, extras: frozenset[str]) -> frozenset[str]:
    """The packages that an installed package requires, with these extras.

    Raises:
        NotInstalledError: it isn't installed.
    """
    machine = _MACHINE | {"python_version": _oldest_python(), "python_full_version": f"{_oldest_python()}.0"}
    try:
        found = [Requirement(line) for line in metadata.requires(name) or []]
    except metadata.PackageNotFoundError:
        raise NotInstalledError(f"{name} is in {LOCK} and isn't installed: run `make install`") from None
    return frozenset(
        canonicalize_name(one.name)
        for one in found
        if one.marker is None or any(one.marker.evaluate(machine | {"extra": extra}) for extra in ("", *extras))
    )


def _oldest_python() -> str:
    return re.match(r">=(\d+\.\d+)", project()["project"]["requires-python"])[1]


def with_what_they_require(names: Iterable[str], lock: Mapping[str, Locked]) -> frozenset[str]:
    """Packages of a lock, and all that they require of it, directly or by others."""
    reached: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in reached:
            reached.add(name)
            left += requires(name, lock[name].extras) & lock.keys()
    return frozenset(reached)


def packages() -> list[Package]:
    """Every version of a package in the locks, by name.

    Raises:
        NotInstalledError: a package of the lock isn't installed.
    """
    lock = read_lock((PROJECT_ROOT / LOCK).read_text(encoding="utf-8"))
    needs: dict[tuple[str, str], list[str]] = {}
    locks: dict[tuple[str, str], list[str]] = {}
    known: dict[tuple[str, str], Locked] = {}
    for need, named in required_directly(project()).items():
        for name in with_what_they_require(named, lock):
            needs.setdefault((name, lock[name].version), []).append(need)
    for file, need in [(LOCK, None), *((file, need) for need, file in LOCKS_OF_FEW.items())]:
        for name, locked in read_lock((PROJECT_ROOT / file).read_text(encoding="utf-8")).items():
            key = name, locked.version
            known.setdefault(key, locked)
            locks.setdefault(key, []).append(file)
            if need:
                needs.setdefault(key, []).append(need)
    return [
        Package(*key, locked.extras, locked.hashes, tuple(locks[key]), tuple(needs.get(key, ())))
        for key, locked in sorted(known.items())
    ]
