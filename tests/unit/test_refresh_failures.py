"""What a failed refresh says of what stands."""

import io

import dagster as dg
import pytest
from rich.console import Console

from cli.refresh import command
from cli.refresh.reasons import PUBLISHING, was_published
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
