"""`make install`'s program over wheels made here: real pip, a stand-in for uv that writes down how it was called."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from cli.install import INSTALLED, InstallationError, lines_of, main, uv_environment
from duebook.settings import PROJECT_ROOT

pytestmark = pytest.mark.long

INSTALL = PROJECT_ROOT / "cli" / "install.py"
# Writes down its arguments and environment and the lock it was given; then does as it is told.
UV = """#!python
import json, os, pathlib, sys
pathlib.Path(os.environ["CALLED"]).write_text(json.dumps([sys.argv[1:], dict(os.environ)]))
if os.environ.get("UV_FAILS"):
    sys.exit(os.environ["UV_FAILS"])
"""


def facts_of(path: str) -> zipfile.ZipInfo:
    """A file in a wheel, executable."""
    packed = zipfile.ZipInfo(path)
    packed.external_attr = 0o100755 << 16
    return packed


def wheel(folder: Path, name: str, files: dict[str, str]) -> str:
    """Make a wheel; return its line in a lock."""
    facts = f"{name}-1.0.dist-info"
    files |= {
        f"{facts}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{facts}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')},{len(text)}\n"
        for path, text in files.items()
    )
    file = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as packed:
        for path, text in {**files, f"{facts}/RECORD": f"{record}{facts}/RECORD,,\n"}.items():
            packed.writestr(facts_of(path), text)
    return f"{name}==1.0 \\\n    --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder of wheels, and the lines of `tiny` and of `uv` in a lock."""
    folder = tmp_path_factory.mktemp("wheels")
    tiny = wheel(folder, "tiny", {"tiny.py": "said = 'tiny'\n"})
    uv = wheel(folder, "uv", {"uv-1.0.data/scripts/uv": UV})
    return folder, tiny, uv


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """An environment with pip and nothing else: making one takes longest, so each test has a copy."""
    folder = tmp_path_factory.mktemp("empty") / "environment"
    venv.create(folder, with_pip=True)
    return folder


@pytest.fixture
def install(made, empty, tmp_path):
    """Install a lock from those wheels only; returns what was said, the environment, and how uv was called."""

    def run(lock: str, **environment: str):
        file = tmp_path / "some.lock"
        file.write_text(lock)
        shutil.copytree(empty, tmp_path / "environment", symlinks=True, dirs_exist_ok=True)
        called = tmp_path / "called.json"
        done = subprocess.run(
            [sys.executable, INSTALL, tmp_path / "environment", file],
            env={"PATH": "", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(made[0]), "CALLED": str(called), **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return done, tmp_path / "environment", json.loads(called.read_text()) if called.exists() else None

    return run


def has_tiny(environment: Path) -> bool:
    return (
        subprocess.run(
            [environment / "bin" / "python", "-c", "import tiny"], check=False, capture_output=True
        ).returncode
        == 0
    )


def test_uv_comes_from_the_lock_and_installs_it_as_pip_is_configured(made, install, tmp_path):
    folder, tiny, uv = made
    done, environment, (arguments, given) = install(tiny + uv)
    assert (done.returncode, done.stderr) == (0, "")
    assert arguments == [
        *("pip", "sync", "--quiet", "--require-hashes", "--python"),
        str(environment / "bin" / "python"),
        str(tmp_path / "some.lock"),
    ]
    assert (given["UV_NO_INDEX"], given["UV_FIND_LINKS"]) == ("1", str(folder))
    assert (environment / INSTALLED).read_text() == tiny + uv
    assert not has_tiny(environment), "the stand-in installs nothing, and pip was not asked to"


@pytest.mark.parametrize("kept", [True, False])
def test_all_is_compiled_ahead_only_where_python_keeps_no_bytecode(made, install, kept):
    _, tiny, uv = made
    _, _, (arguments, _) = install(tiny + uv, **({} if kept else {"PYTHONDONTWRITEBYTECODE": "1"}))
    assert ("--compile-bytecode" in arguments) is not kept


def test_where_uv_fails_pip_installs_and_the_reason_is_said(made, install):
    _, tiny, uv = made
    done, environment, _ = install(tiny + uv, UV_FAILS="no such platform")
    assert done.returncode == 0, done.stderr
    assert "uv can't be used here (no such platform): pip installs instead" in done.stdout
    assert has_tiny(environment)
    assert (environment / INSTALLED).exists()


def test_a_lock_without_uv_is_installed_by_pip(made, install):
    _, tiny, _ = made
    done, environment, called = install(tiny)
    assert (done.returncode, called) == (0, None)
    assert "uv can't be used here (the lock doesn't name uv): pip installs instead" in done.stdout
    assert has_tiny(environment)


def with_another_hash(lines: str) -> str:
    return lines[:-2] + ("0" if lines[-2] != "0" else "1") + "\n"


def test_a_package_of_another_hash_is_installed_by_nobody(made, install):
    _, tiny, _ = made
    done, environment, _ = install(with_another_hash(tiny))
    assert done.returncode == 1
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in done.stderr
    assert "Traceback" not in done.stderr
    assert not has_tiny(environment)
    assert not (environment / INSTALLED).exists(), "what is noted is what is there"


def test_a_uv_of_another_hash_is_not_run(made, install):
    _, tiny, uv = made
    done, _, called = install(tiny + with_another_hash(uv))
    assert (done.returncode, called) == (1, None)


def test_it_says_now_and_then_that_it_works_still(made, monkeypatch, tmp_path, capsys):
    """Where there is no environment yet: one is made."""
    monkeypatch.setattr("cli.install.SECONDS_BETWEEN_WORDS", 0.001)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(made[0]))
    (tmp_path / "some.lock").write_text(made[1])
    main(tmp_path / "environment", tmp_path / "some.lock")
    first, *working, last = capsys.readouterr().out.splitlines()
    assert first.startswith("Installing ")
    assert any(line.startswith("  python ... ") for line in working)
    assert last.startswith("  Installed in ")
    assert has_tiny(tmp_path / "environment")


@pytest.mark.parametrize("lock", ["requirements.lock", "benchmarks/requirements.lock"])
def test_the_project_s_locks_name_uv_with_its_hashes_and_no_index(lock):
    text = (PROJECT_ROOT / lock).read_text(encoding="utf-8")
    first, *hashes = lines_of("uv", text).splitlines()
    assert first.startswith("uv==")
    assert len(hashes) > 5
    assert all(line.strip().startswith("--hash=sha256:") for line in hashes)
    assert "://" not in text


def test_a_name_that_only_begins_alike_is_another_package():
    with pytest.raises(InstallationError, match="the lock doesn't name uv"):
        lines_of("uv", "uvicorn==1.0 \\\n    --hash=sha256:00\nuv-build==1.0\n")


@pytest.mark.parametrize(
    ("configured", "expected"),
    [
        ("", {}),
        ("global.index-url='https://a/simple'", {"UV_DEFAULT_INDEX": "https://a/simple"}),
        (
            ":env:.index-url='https://c/simple'\nglobal.index-url='https://a/simple'\ninstall.index-url='https://b/simple'",
            {"UV_DEFAULT_INDEX": "https://c/simple"},
        ),
        (
            "global.extra-index-url='https://a/simple\\nhttps://b/simple'",
            {"UV_INDEX": "https://a/simple https://b/simple"},
        ),
        ("global.find-links='/no/such/folder https://a/files'", {"UV_FIND_LINKS": "https://a/files"}),
        ("global.cert='/a/b.pem'\nglobal.trusted-host='a b'", {"SSL_CERT_FILE": "/a/b.pem", "UV_INSECURE_HOST": "a b"}),
        ("global.timeout='60'\nlist.format='columns'", {}),
    ],
)
def test_uv_is_told_what_pip_is_configured_to(configured, expected):
    always = {"UV_SYSTEM_CERTS": "true", "UV_INDEX_STRATEGY": "unsafe-best-match"}
    assert uv_environment(configured) == always | expected


def test_what_reads_databases_has_hashes_and_the_version_of_duckdb():
    lock = (PROJECT_ROOT / "requirements-adapters.lock").read_text(encoding="utf-8")
    [duckdb] = [
        line for line in (PROJECT_ROOT / "requirements.lock").read_text().splitlines() if line[:8] == "duckdb=="
    ]
    named = [line.split("==") for line in lock.splitlines() if "==" in line]
    assert {version for _, version in named} == {duckdb.split("==")[1]}
    assert [name for name, _ in named if lines_of(name, lock).count("--hash=sha256:") < 3] == []


def test_spark_has_hashes_and_no_other_version_of_what_is_locked():
    locks = [(PROJECT_ROOT / f"requirements{of}.lock").read_text(encoding="utf-8") for of in ("", "-spark")]
    named, of_spark = (
        {name.split("[")[0]: version for name, version in re.findall(r"^(\S+)==(\S+)", lock, flags=re.MULTILINE)}
        for lock in locks
    )
    assert {"dbt-spark", "pyspark"} <= of_spark.keys()
    assert {name: version for name, version in of_spark.items() if named.get(name, version) != version} == {}
    assert len(re.findall(r"^\S+==(?:.*\\\n) +--hash=sha256:", locks[1], flags=re.MULTILINE)) == len(of_spark)
