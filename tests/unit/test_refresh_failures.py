"""What a failed refresh says of what stands."""

import io
from pathlib import Path

import dagster as dg
import pytest
from rich.console import Console

from cli.refresh import command
from cli.refresh.log_file import open_log
from cli.refresh.reasons import PUBLISHING, reasons, was_published
from duebook.landing.load_errors import what_to_do
from duebook.settings import Settings


@pytest.mark.parametrize(
    ("is_published", "stands"),
    [(True, "the new publication is there all the same"), (False, "what was published before stands as it was")],
)
def test_a_failure_says_what_readers_have(tmp_path, monkeypatch, is_published, stands):
    settings = Settings(home=tmp_path)
    settings.logs_dir.mkdir()
    failed = (["Postgres: refused"], settings.published_file, is_published)
    monkeypatch.setattr(command, "run_job", lambda *_: failed)
    said = io.StringIO()
    outcome = command.refresh(settings, Console(file=said, soft_wrap=True))
    assert outcome.problems == ["Postgres: refused"]
    assert outcome.status == ("published, then failed" if is_published else "failed")
    assert f"The refresh failed; {stands}.\n\nPostgres: refused\n" in said.getvalue()


@pytest.mark.parametrize(
    ("fails", "expected"), [("publish", False), ("publish, after the file was replaced", True), ("postgres", True)]
)
def test_what_fails_after_publishing_leaves_a_publication(fails, expected):
    @dg.multi_asset(name=PUBLISHING, specs=[dg.AssetSpec("file")])
    def publish():
        if fails != "publish":
            yield dg.MaterializeResult(asset_key="file")
        if fails != "postgres":
            raise dg.Failure("no")

    @dg.asset(deps=["file"])
    def postgres():
        raise dg.Failure("no")

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([publish, postgres], instance=instance, raise_on_error=False)
    assert not result.success
    assert was_published(result) is expected


@pytest.mark.parametrize(
    ("said", "to_do"),
    [
        (
            'IO Error: Could not write file "x": No space left on device',
            "No space left on device: free some disk space",
        ),
        ("IO Error: Cannot open file: Permission denied", "Permission denied: give the account that refreshes"),
        ("(sqlite3.OperationalError) database or disk is full", "No space left on device: free some disk space"),
        ("(sqlite3.OperationalError) disk I/O error", "Dagster's history can't be written: free some disk space"),
        ("Out of Memory Error: failed to allocate (9.5 MiB/9.5 MiB used)", "There is too little memory: give DuckDB"),
        (
            "IO Error: Corrupt database file: computed checksum 1",
            "A database of the home is damaged: `make doctor`",
        ),
        ("java.lang.OutOfMemoryError: Java heap space", "There is too little memory: give DuckDB or Spark more of it"),
    ],
)
@pytest.mark.parametrize("by_itself", [True, False])
def test_what_was_in_the_way_of_a_step_is_said_with_what_to_do(said, to_do, by_itself):
    @dg.op
    def transform():
        raise RuntimeError(said) if by_itself else dg.Failure(f"dbt: {said}")

    @dg.job
    def one():
        transform()

    with dg.DagsterInstance.ephemeral() as instance:
        [reason] = reasons(one.execute_in_process(instance=instance, raise_on_error=False))
    first, last = reason.splitlines()
    assert first == f"Transform: {'RuntimeError' if by_itself else 'dbt'}: {said}"
    assert last.startswith(to_do)
    assert last.lower().endswith("refresh again.")


@pytest.mark.parametrize("said", ["dbt: 1 of 3 models failed", "File too large. Free it, and refresh again"])
def test_other_reasons_and_those_that_say_what_to_do_stay_as_they_are(said):
    assert what_to_do(said) is None


def test_a_log_that_can_not_be_written_hides_nothing():
    """Linux's disk that is always full."""
    with open_log(Path("/dev/full")) as log:
        for _ in range(1000):
            assert log.write("a line of a tool\n") == 17
        print("printed", file=log, flush=True)


def test_a_log_is_there_line_by_line_while_it_is_written(tmp_path):
    with open_log(tmp_path / "a.log") as log:
        print("grüße", file=log)
        assert (tmp_path / "a.log").read_text(encoding="utf-8") == "grüße\n"
        log.write("no end")
    assert (tmp_path / "a.log").read_text(encoding="utf-8") == "grüße\nno end"
