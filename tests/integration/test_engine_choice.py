"""What a machine needs for an engine, said before anything is loaded. No Spark runs here."""

import os
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import SecretStr

from cli.exit_codes import ExitCode
from duebook.engines.choice import OF_SESSION, engine_of, refuse_what_cannot_run
from duebook.engines.engine import EngineError
from duebook.publication.targets import targets_of
from duebook.settings import PROJECT_ROOT
from tests.support.built_home import DAY, Home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with some landed rows, whose models Spark builds."""
    home = Home(tmp_path_factory.mktemp("of spark") / "a home")
    home.settings = home.settings.model_copy(update={"engine": "spark"})
    return home


def test_a_cluster_without_its_driver_is_answered_with_what_to_install(home: Home, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pyhive", None)
    server = {"engine_url": SecretStr("thrift://host:10000")}
    on_server = home.settings.model_copy(update=server)
    with pytest.raises(EngineError, match=r"ENGINE=spark needs pyhive.*, not installed: make install SPARK=1"):
        engine_of(on_server, targets_of(on_server, [DAY])[0])
    with pytest.raises(EngineError, match="needs pyhive"):
        refuse_what_cannot_run(on_server)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch) -> Path:
    """A folder that has Java in its bin, on a machine that has Spark's packages and no other Java."""
    for package in OF_SESSION:
        installed = ModuleType(package)
        installed.__spec__ = ModuleSpec(package, None)
        monkeypatch.setitem(sys.modules, package, installed)
    java = tmp_path / "java" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text("#!/bin/sh\necho 'openjdk version \"17.0.9\" 2023-10-17' >&2\n", encoding="utf-8")
    java.chmod(0o755)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return java.parent.parent


def test_java_is_looked_for_where_spark_looks(home: Home, machine: Path, monkeypatch) -> None:
    with pytest.raises(EngineError, match="ENGINE=spark needs Java 17, and there is no java in PATH: install it"):
        refuse_what_cannot_run(home.settings)
    monkeypatch.setenv("PATH", str(machine / "bin"))
    refuse_what_cannot_run(home.settings)
    monkeypatch.setenv("JAVA_HOME", str(machine / "bin"))
    with pytest.raises(EngineError, match=r"JAVA_HOME \(.*/java/bin\) has no bin/java"):
        refuse_what_cannot_run(home.settings)
    monkeypatch.setenv("JAVA_HOME", str(machine))
    monkeypatch.setenv("PATH", "")
    refuse_what_cannot_run(home.settings)


@pytest.mark.parametrize("version", ["16.0.2", "1.8.0_392"])
def test_an_older_java_than_spark_needs_is_named(home: Home, machine: Path, monkeypatch, version: str) -> None:
    java = machine / "bin" / "java"
    java.write_text(java.read_text(encoding="utf-8").replace("17.0.9", version), encoding="utf-8")
    monkeypatch.setenv("PATH", str(java.parent))
    with pytest.raises(EngineError, match=rf'Java 17, and .*/bin/java is openjdk version "{version}" .*: install it'):
        refuse_what_cannot_run(home.settings)


@pytest.mark.usefixtures("machine")
def test_a_session_without_spark_is_answered_with_what_to_install(home: Home, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(EngineError, match="ENGINE=spark needs pyspark, not installed: make install SPARK=1"):
        refuse_what_cannot_run(home.settings)


def test_a_refresh_without_java_ends_with_code_2_before_it_loads(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cli", "refresh", "--home", str(tmp_path), "--engine", "spark"]
    without_java = {**os.environ, "JAVA_HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=PROJECT_ROOT, env=without_java, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert done.stderr.startswith("ENGINE=spark needs ")
    assert len(done.stderr.splitlines()) == 1
    assert not any(tmp_path.iterdir())
