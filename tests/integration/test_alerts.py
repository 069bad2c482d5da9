"""Alerts, as a webhook and a mail server on this machine get them: on a failed refresh, and on data that are late."""

import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import dagster as dg
import pytest
from pydantic import ValidationError

from duebook.alerts import Sent, send_alert
from duebook.publication.record import STAGING_FOLDER, Publication, draft_record, swap_record_in
from duebook.settings import Settings
from orchestration.defs.alerts import failure_alert, failure_text, late_data_alert, what_is_late
from orchestration.defs.runs import PUBLISHING

SECRET = "T0p-s3cret"


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def webhook() -> Iterator[tuple[str, list[dict]]]:
    """The address of a webhook, and what was posted to it."""
    posted: list[dict] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200 if self.path == f"/{SECRET}" else 403)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Hook)
    with serving(server):
        yield f"http://127.0.0.1:{server.server_port}/{SECRET}", posted


@pytest.fixture
def mail_server() -> Iterator[tuple[str, list[str]]]:
    """The address of a mail server that knows one login, and the messages it took."""
    taken: list[str] = []

    class Mail(socketserver.StreamRequestHandler):
        def answer(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.answer("220 here")
            while line := self.rfile.readline().decode().strip():
                match line.split()[0].upper():
                    case "EHLO":
                        self.answer("250-here")
                        self.answer("250 AUTH PLAIN")
                    case "AUTH":
                        # "\0me\0T0p-s3cret", in base64.
                        self.answer("235 yes" if line.endswith("AG1lAFQwcC1zM2NyZXQ=") else "535 no")
                    case "DATA":
                        self.answer("354 go on")
                        message = []
                        while (part := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                            message.append(part)
                        taken.append("\n".join(message))
                        self.answer("250 taken")
                    case "QUIT":
                        self.answer("221 bye")
                        return
                    case _:
                        self.answer("250 ok")

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)
    with serving(server):
        yield f"smtp://me:{SECRET}@127.0.0.1:{server.server_address[1]}?from=duebook@example.com", taken


def test_both_ways_are_told_the_subject_and_the_text(webhook, mail_server) -> None:
    (hook, posted), (mail, taken) = webhook, mail_server
    settings = Settings(alert_webhook=hook, alert_email="a@example.com, b@example.com", smtp_url=mail)
    assert send_alert(settings, "it failed", "because\nof <that>") == Sent(("webhook", "e-mail"), ())
    assert posted == [{"text": "*it failed*\nbecause\nof &lt;that&gt;"}]
    [message] = taken
    assert "Subject: it failed" in message
    assert "From: duebook@example.com" in message
    assert "To: a@example.com, b@example.com" in message
    assert message.endswith("because\nof <that>")


def test_one_way_that_fails_keeps_nobody_from_the_other_and_tells_no_secret(webhook, mail_server) -> None:
    (hook, posted), (mail, taken) = webhook, mail_server
    wrong = mail.replace(SECRET, "gu3ss")
    settings = Settings(alert_webhook=hook, alert_email="a@example.com", smtp_url=wrong)
    assert send_alert(settings, "it failed", "so") == Sent(("webhook",), ("e-mail: the server answered 535",))
    assert (len(posted), taken) == (1, [])
    settings = Settings(alert_webhook=hook.replace(SECRET, "gu3ss"), alert_email="a@example.com", smtp_url=mail)
    assert send_alert(settings, "it failed", "so") == Sent(("e-mail",), ("webhook: the server answered 403",))
    assert len(taken) == 1


def test_where_nobody_is_named_nobody_is_told() -> None:
    assert send_alert(Settings(), "it failed", "so") == Sent((), ())


def test_a_failed_refresh_is_told_with_the_steps_own_message(webhook) -> None:
    hook, posted = webhook
    alert = failure_alert(Settings(alert_webhook=hook))

    @dg.op
    def check_arrivals() -> None:
        raise dg.Failure(description="Gate arrivals of 2026-06-30: 1 of 200 checks failed.", allow_retries=False)

    @dg.job
    def daily_refresh() -> None:
        check_arrivals()

    with dg.DagsterInstance.ephemeral() as instance:
        tags = {"dagster/partition": "2026-06-30"}
        result = daily_refresh.execute_in_process(instance=instance, tags=tags, raise_on_error=False)
        context = dg.build_run_status_sensor_context(
            sensor_name="alert_on_failure",
            dagster_instance=instance,
            dagster_run=result.dagster_run,
            dagster_event=result.get_run_failure_event(),
        ).for_run_failure()
        alert(context)
    [message] = posted
    text = message["text"]
    assert text.startswith("*Duebook: the refresh for 2026-06-30 failed*\ncheck_arrivals: Gate arrivals of 2026-06-30:")
    assert "Traceback" not in text
    assert text.endswith(f"The last publication is unchanged. The full log is in the run {result.run_id}.")


def test_an_error_nobody_thought_of_is_told_by_its_own_words(webhook) -> None:
    hook, posted = webhook

    @dg.op
    def publish() -> None:
        raise OSError("No space left on device")

    @dg.job
    def daily_refresh() -> None:
        publish()

    # As the daemon looks: past what it has seen, and over a run that no code location started.
    repository = dg.Definitions(jobs=[daily_refresh], sensors=[failure_alert(Settings(alert_webhook=hook))])
    sensor = repository.resolve_sensor_def("alert_on_failure")
    with dg.DagsterInstance.ephemeral() as instance:
        looks = {"instance": instance, "repository_def": repository.get_repository_def()}
        seen = sensor.evaluate_tick(dg.build_sensor_context(**looks))
        tags = {"dagster/asset_partition_range_start": "2026-06-01", "dagster/asset_partition_range_end": "2026-06-30"}
        assert not daily_refresh.execute_in_process(instance=instance, tags=tags, raise_on_error=False).success
        sensor.evaluate_tick(dg.build_sensor_context(cursor=seen.cursor, **looks))
    [message] = posted
    first, second = message["text"].splitlines()[:2]
    assert first == "*Duebook: the refresh for 2026-06-01 to 2026-06-30 failed*"
    assert second == "publish: OSError: No space left on device"


@pytest.mark.parametrize(
    ("is_published", "stands"),
    [(True, "The marts were published before the failure."), (False, "The last publication is unchanged.")],
)
def test_an_alert_of_a_failed_publishing_step_says_what_readers_have(is_published: bool, stands: str) -> None:
    @dg.multi_asset(name=PUBLISHING, specs=[dg.AssetSpec("file")])
    def publish() -> Iterator[dg.MaterializeResult]:
        if is_published:
            yield dg.MaterializeResult(asset_key="file")
        raise dg.Failure(description="No space left on device", allow_retries=False)

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([publish], instance=instance, raise_on_error=False)
        context = dg.build_run_status_sensor_context(
            sensor_name="alert_on_failure",
            dagster_instance=instance,
            dagster_run=result.dagster_run,
            dagster_event=next(event for event in result.all_events if event.is_run_failure),
        ).for_run_failure()
        assert failure_text(context) == (
            "publish: No space left on device\nNo space left on device: free some disk space, and refresh again.\n\n"
            f"{stands} The full log is in the run {result.run_id}."
        )


@pytest.fixture
def published(tmp_path: Path) -> Settings:
    """A home whose current publication is of 29 June."""
    settings = Settings(home=tmp_path, schedule_time_zone="Europe/Berlin")
    (settings.published_dir / STAGING_FOLDER).mkdir(parents=True)
    record = Publication(
        as_of=date(2026, 6, 29),
        known_as_of=None,
        reporting_currency="EUR",
        refresh_id="r1",
        published_at=datetime(2026, 6, 30, 4),
        duebook_version="0",
        database="duebook.duckdb",
        parquet="parquet",
        row_counts={},
    )
    draft_record(record, settings.published_dir / STAGING_FOLDER)
    swap_record_in(settings.published_dir)
    return settings


@pytest.mark.parametrize(
    ("now", "late"),
    [
        # Berlin is two hours ahead of UTC in summer.
        (datetime(2026, 7, 1, 5, 59, tzinfo=UTC), None),
        (datetime(2026, 7, 1, 6, 0, tzinfo=UTC), "2026-06-30"),
        (datetime(2026, 6, 30, 12, 0, tzinfo=UTC), None),
    ],
)
def test_a_day_is_late_from_eight_in_the_next_morning_on(published: Settings, now: datetime, late: str | None) -> None:
    found = what_is_late(published, now)
    assert (found and found[0]) == late


def test_where_nothing_was_ever_published_that_is_said(tmp_path: Path) -> None:
    day, text = what_is_late(Settings(home=tmp_path), datetime(2026, 7, 1, 9, tzinfo=UTC))
    assert (day, text) == ("2026-06-30", "Nothing has been published yet; 2026-06-30 was due at 08:00 (UTC).")


def test_late_data_are_told_once_a_day(webhook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hook, posted = webhook
    monkeypatch.setattr("orchestration.defs.alerts.what_is_late", lambda settings, now: ("2026-06-30", "it is late"))
    alert = late_data_alert(Settings(home=tmp_path, alert_webhook=hook))
    first = dg.build_sensor_context()
    alert(first)
    alert(dg.build_sensor_context(cursor=first.cursor))
    assert posted == [{"text": "*Duebook: 2026-06-30 is not published yet*\nit is late"}]


def test_late_data_nobody_was_told_of_are_told_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.defs.alerts.what_is_late", lambda settings, now: ("2026-06-30", "it is late"))
    context = dg.build_sensor_context()
    skipped = late_data_alert(Settings(home=tmp_path))(context)
    assert (skipped.skip_message, context.cursor) == ("2026-06-30 is late; no alert was sent.", None)


def test_a_password_goes_elsewhere_encrypted_or_not_at_all(mail_server, monkeypatch: pytest.MonkeyPatch) -> None:
    mail, taken = mail_server
    monkeypatch.setattr("duebook.alerts.THIS_MACHINE", set())
    sent = send_alert(Settings(alert_email="a@example.com", smtp_url=mail), "it failed", "so")
    assert sent.failed == ("e-mail: the server offers no encryption (STARTTLS), and a password is set",)
    assert taken == []


def test_encryption_that_is_offered_is_used(mail_server, monkeypatch: pytest.MonkeyPatch) -> None:
    mail, _ = mail_server
    begun = []
    monkeypatch.setattr("smtplib.SMTP.has_extn", lambda self, name: name == "starttls" or name == "auth")
    monkeypatch.setattr("smtplib.SMTP.starttls", lambda self, context: begun.append(context.verify_mode))
    send_alert(Settings(alert_email="a@example.com", smtp_url=mail), "it failed", "so")
    assert begun == [ssl.CERT_REQUIRED]


@pytest.mark.parametrize(
    "settings",
    [
        {"alert_webhook": "https://hooks.example.com/a b"},
        {"alert_webhook": "ftp://hooks.example.com/a"},
        {"alert_webhook": "https:///a"},
        {"alert_email": "a@example.com", "smtp_url": "smtp://me:a/b@mail.example.com"},
        {"alert_email": "a@example.com", "smtp_url": "smtp://"},
        {"alert_email": "a@example.com", "smtp_url": "smtp://mail.example.com:99999"},
        {"alert_email": "a@example.com"},
    ],
)
def test_an_address_that_is_none_is_refused_before_anything_runs(settings: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**settings)
    assert "example.com/a" not in str(refused.value)
