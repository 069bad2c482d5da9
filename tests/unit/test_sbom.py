"""The SBOM: what the locks say and nothing else, told apart by what it is needed for, and the same bytes each time."""

import json
import re

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from typer.testing import CliRunner

from cli.exit_codes import ExitCode
from cli.main import app
from duebook.settings import PROJECT_ROOT
from supply_chain import locks
from supply_chain.locks import NotInstalledError, packages, read_lock, requires
from supply_chain.sbom import sbom

LOCKS = [locks.LOCK, *locks.LOCKS_OF_FEW.values()]


@pytest.fixture(scope="module")
def text() -> str:
    return sbom()


@pytest.fixture(scope="module")
def components(text) -> dict[str, dict]:
    """By name and version."""
    return {f"{one['name']}=={one['version']}": one for one in json.loads(text)["components"]}


def properties(component: dict, name: str) -> list[str]:
    return [one["value"] for one in component["properties"] if one["name"] == f"duebook:{name}"]


def test_every_lock_of_the_project_is_read():
    found = [path for folder in (PROJECT_ROOT, PROJECT_ROOT / "benchmarks") for path in folder.glob("*.lock")]
    assert sorted(LOCKS) == sorted(path.relative_to(PROJECT_ROOT).as_posix() for path in found)


@pytest.mark.parametrize("lock", LOCKS)
def test_versions_are_those_of_the_locks(lock, components):
    pinned = re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==(\S+) \\$", (PROJECT_ROOT / lock).read_text(), re.MULTILINE)
    listed = [name for name, one in components.items() if lock in properties(one, "lock")]
    assert sorted(listed) == sorted(f"{name}=={version}" for name, version in pinned)
    assert listed


def test_hashes_are_all_those_of_the_locks(components):
    written = {
        known["content"]
        for one in components.values()
        for reference in one["externalReferences"]
        for known in reference["hashes"]
    }
    texts = "".join((PROJECT_ROOT / lock).read_text() for lock in LOCKS)
    assert written == set(re.findall(r"--hash=sha256:([0-9a-f]{64})", texts))


def test_it_is_valid_and_the_same_each_time(text):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert sbom() == text
    assert "timestamp" not in text


def test_it_names_no_registry(text):
    assert re.findall('https?://(?!cyclonedx.org/schema/)[^"]*', text) == []


@pytest.mark.parametrize(
    ("package", "scope", "need"),
    [
        ("duckdb", "required", "product"),
        # Required by packages that Duebook requires.
        ("jinja2", "required", "product"),
        ("psycopg2-binary", "optional", "postgres"),
        ("duckdb-extension-sqlite-scanner", "optional", "adapters"),
        ("pyspark", "optional", "spark"),
        ("pytest", "excluded", "development"),
        ("iniconfig", "excluded", "development"),
        ("matplotlib", "excluded", "benchmark"),
    ],
)
def test_packages_are_told_apart_by_what_they_are_needed_for(package, scope, need, components):
    (component,) = [one for one in components.values() if one["name"] == package]
    assert component["scope"] == scope
    assert need in properties(component, "needed-for")


def test_nothing_is_in_the_locks_that_nobody_needs():
    assert [one.name for one in packages() if not one.needed_for] == []


def test_what_a_package_requires_is_said_where_it_is_known(text, components):
    required = {one["ref"]: one.get("dependsOn", []) for one in json.loads(text)["dependencies"]}
    of_lock = {one["purl"] for one in components.values() if locks.LOCK in properties(one, "lock")}
    assert required.keys() == {"duebook", *of_lock}
    assert {name.split("@")[0] for name in required["duebook"]} >= {"pkg:pypi/duckdb", "pkg:pypi/pytest"}
    (of_jinja,) = [names for ref, names in required.items() if ref.startswith("pkg:pypi/jinja2@")]
    assert [name.split("@")[0] for name in of_jinja] == ["pkg:pypi/markupsafe"]


def test_an_extra_requires_more_and_a_package_that_is_not_installed_is_named():
    assert "psycopg-binary" not in requires("psycopg", frozenset())
    assert "psycopg-binary" in requires("psycopg", frozenset({"binary"}))
    with pytest.raises(NotInstalledError, match=r"no-such-package is in requirements\.lock and isn't installed"):
        requires("no-such-package", frozenset())


def test_a_lock_is_read_with_extras_and_several_hashes():
    read = read_lock("a-b[x,y]==1.2 \\\n    --hash=sha256:2 \\\n    --hash=sha256:1\nc==3 \\\n    --hash=sha256:3\n")
    assert {name: (one.version, one.extras, one.hashes) for name, one in read.items()} == {
        "a-b": ("1.2", {"x", "y"}, ("sha256:1", "sha256:2")),
        "c": ("3", set(), ("sha256:3",)),
    }


def test_it_is_written_where_it_was_asked_for_and_else_printed(monkeypatch, tmp_path):
    text = '{"an": "SBOM"}\n'
    monkeypatch.setattr("supply_chain.sbom.sbom", lambda: text)
    assert CliRunner().invoke(app, ["sbom"]).stdout == text
    written = CliRunner().invoke(app, ["sbom", "--output", str(tmp_path / "sbom.json")])
    assert (written.exit_code, written.stdout) == (ExitCode.DONE, f"SBOM: {tmp_path / 'sbom.json'}\n")
    assert (tmp_path / "sbom.json").read_text() == text
    refused = CliRunner().invoke(app, ["sbom", "--output", str(tmp_path / "none" / "sbom.json")])
    assert (refused.exit_code, refused.stdout) == (ExitCode.FAILED, "")
    assert "can't be written: No such file or directory." in refused.stderr
