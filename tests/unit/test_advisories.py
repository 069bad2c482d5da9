"""Known vulnerabilities: which versions an advisory is about, in which files advisories are, and what `audit` says."""

import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.exit_codes import ExitCode
from cli.main import app
from supply_chain.advisories import AdvisoriesError, findings, is_affected, read_advisories
from supply_chain.locks import LOCK, Package, packages

YAML = """
id: PYSEC-2026-1
modified: 2026-02-03T04:05:06Z
aliases: [CVE-2026-1, GHSA-1]
details: It follows links
  out of its folder.
affected:
- package: {name: Zip.Tool, ecosystem: PyPI, purl: "pkg:pypi/zip-tool"}
  ranges:
  - type: GIT
    events: [{introduced: "0"}, {fixed: 0f1e2d}]
  - type: ECOSYSTEM
    events: [{introduced: 2.9}, {fixed: 2.10}]
"""


def package(version: str, name: str = "zip-tool") -> Package:
    return Package(name, version, frozenset(), (), (LOCK,), ("product",))


def advisory(names: list[str], *events: dict[str, str], **more: object) -> dict:
    first, *others = names
    about = {"package": {"name": "zip-tool", "ecosystem": "PyPI"}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    return {"id": first, "aliases": others, "modified": "2026-01-01T00:00:00Z", "affected": [about], **more}


def names_found(place: Path, version: str) -> list[tuple[str, ...]]:
    return [one.names for one in findings([package(version)], read_advisories(place, {"zip-tool"}))]


@pytest.mark.parametrize(
    ("version", "events", "expected"),
    [
        ("1.9", [{"introduced": "0"}, {"fixed": "1.10"}], True),
        ("1.10", [{"introduced": "0"}, {"fixed": "1.10"}], False),
        ("1.10rc1", [{"introduced": "0"}, {"fixed": "1.10"}], True),
        ("1.9", [{"introduced": "1.10"}], False),
        ("1.10", [{"introduced": "1.10"}], True),
        ("1.10", [{"introduced": "0"}, {"last_affected": "1.10"}], True),
        ("1.10.post1", [{"introduced": "0"}, {"last_affected": "1.10"}], False),
        # Mended in two series: between them it is affected again.
        ("1.9", [{"introduced": "0"}, {"fixed": "1.8"}, {"introduced": "2.0"}, {"fixed": "2.2"}], False),
        ("2.1", [{"fixed": "2.2"}, {"introduced": "2.0"}, {"fixed": "1.8"}, {"introduced": "0"}], True),
        ("2.2", [{"introduced": "0"}, {"fixed": "1.8"}, {"introduced": "2.0"}, {"fixed": "2.2"}], False),
        # Nobody can say: somebody has to look.
        ("1.9", [{"introduced": "0"}, {"fixed": "the next one"}], True),
    ],
)
def test_a_version_is_affected_between_what_introduced_and_what_fixed_it(version, events, expected):
    assert is_affected(version, {"ranges": [{"type": "ECOSYSTEM", "events": events}]}) == expected


def test_a_version_that_is_listed_is_affected_however_it_is_written():
    assert is_affected("1.10", {"versions": ["1.9", "1.10.0"]})
    assert not is_affected("1.10", {"versions": ["1.1", "1.9", "one"]})
    assert not is_affected("1.10", {"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]})


@pytest.mark.parametrize(("version", "is_found"), [("2.9", True), ("2.10", False), ("2.8", False)])
def test_versions_in_yaml_are_texts_and_no_numbers(tmp_path, version, is_found):
    (tmp_path / "vulns" / "zip-tool").mkdir(parents=True)
    (tmp_path / "vulns" / "zip-tool" / "PYSEC-2026-1.yaml").write_text(YAML)
    expected = [("PYSEC-2026-1", "CVE-2026-1", "GHSA-1")] if is_found else []
    assert names_found(tmp_path, version) == expected


def test_a_zip_file_of_json_is_a_database_too(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as packed:
        packed.writestr("GHSA-1.json", json.dumps(advisory(["GHSA-1"], {"introduced": "0"})))
        packed.writestr("README.md", "no advisory")
    assert names_found(tmp_path / "all.zip", "1.0") == [("GHSA-1",)]


def test_what_several_advisories_are_about_is_found_once_and_by_all_its_names(tmp_path):
    for number, names in enumerate([["GHSA-1", "CVE-1"], ["GHSA-2", "CVE-2"], ["PYSEC-1", "CVE-1"], ["MAL-1"]]):
        written = json.dumps(advisory(names, {"introduced": "0"}, {"fixed": f"{9 + number}.0"}))
        (tmp_path / f"{number}.json").write_text(written)
    found = findings([package("1.0")], read_advisories(tmp_path, {"zip-tool"}))
    assert [(one.names, one.fixed_in) for one in found] == [
        (("GHSA-1", "CVE-1", "PYSEC-1"), ("9.0", "11.0")),
        (("GHSA-2", "CVE-2"), ("10.0",)),
        (("MAL-1",), ("12.0",)),
    ]


def test_a_withdrawn_advisory_counts_for_the_database_and_finds_nothing(tmp_path):
    gone = advisory(["GHSA-1"], {"introduced": "0"}, withdrawn="2026-02-01T00:00:00Z")
    (tmp_path / "1.json").write_text(json.dumps(gone))
    known = read_advisories(tmp_path, {"zip-tool"})
    assert (known.count, known.newest, dict(known.by_package)) == (1, "2026-01-01T00:00:00Z", {})


def test_advisories_about_packages_of_others_of_the_same_name_find_nothing(tmp_path):
    other = advisory(["GHSA-1"], {"introduced": "0"})
    other["affected"][0]["package"]["ecosystem"] = "npm"
    (tmp_path / "1.json").write_text(json.dumps(other))
    (tmp_path / "2.json").write_text(json.dumps(advisory(["GHSA-2"], {"introduced": "5"})))
    assert names_found(tmp_path, "1.0") == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("1.json", "{", "1.json can't be read"),
        ("1.yaml", "id: [", "1.yaml can't be read"),
        ("1.json", '{"id": "GHSA-1", "modified": "", "affected": ["zip-tool"]}', "1.json isn't as OSV's format has it"),
        ("1.json", '{"name": "no advisory"}', "has no advisory about a Python package"),
        (".github/1.yml", YAML, "has no advisory about a Python package"),
        ("all.zip", "no zip file", "has no advisory about a Python package"),
    ],
)
def test_a_database_that_is_none_is_an_error_and_no_audit(tmp_path, name, text, said):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    with pytest.raises(AdvisoriesError, match=said):
        read_advisories(tmp_path, {"zip-tool"})
    done = CliRunner().invoke(app, ["audit", "--advisories", str(tmp_path)])
    assert (done.exit_code, done.stdout) == (ExitCode.USAGE, "")
    assert done.stderr.startswith("Nothing was audited: ")
    assert said in done.stderr


@pytest.mark.parametrize("name", ["none", "all.zip"])
def test_a_place_that_is_not_there_or_no_zip_file_is_named(tmp_path, name):
    (tmp_path / "all.zip").write_text("no zip file")
    done = CliRunner().invoke(app, ["audit", "--advisories", str(tmp_path / name)])
    assert (done.exit_code, done.stdout) == (ExitCode.USAGE, "")
    assert str(tmp_path / name) in done.stderr


def test_without_a_database_nothing_was_audited_and_that_is_no_success():
    done = CliRunner().invoke(app, ["audit"])
    assert (done.exit_code, done.stdout) == (ExitCode.USAGE, "")
    assert done.stderr.startswith("Nothing was audited: no database of advisories is named")
    assert "make audit ADVISORIES=" in done.stderr


def test_an_audit_names_the_lock_the_version_and_the_one_to_raise_it_to(tmp_path):
    duckdb = next(one for one in packages() if one.name == "duckdb")
    about = advisory(["GHSA-1", "CVE-1"], {"introduced": "0"}, {"fixed": "9999"}, summary="It follows links.")
    about["affected"][0]["package"]["name"] = "DuckDB"
    (tmp_path / "1.json").write_text(json.dumps(about))
    done = CliRunner().invoke(app, ["audit", "--advisories", str(tmp_path)])
    assert done.exit_code == ExitCode.FAILED
    assert f"duckdb {duckdb.version}, in {', '.join(duckdb.locks)} (product" in done.stdout
    assert "GHSA-1, CVE-1: It follows links.\n  fixed in 9999\n" in done.stdout

    about["affected"][0]["ranges"][0]["events"] = [{"introduced": "0"}, {"fixed": duckdb.version}]
    (tmp_path / "1.json").write_text(json.dumps(about))
    done = CliRunner().invoke(app, ["audit", "--advisories", str(tmp_path)])
    assert (done.exit_code, done.stderr) == (ExitCode.DONE, "")
    assert "by 1 advisories" not in done.stdout
    assert "by 1 advisory about Python packages" in done.stdout
    assert done.stdout.endswith("None of them has a known vulnerability.\n")
