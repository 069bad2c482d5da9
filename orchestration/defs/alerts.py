"""Alerts: a refresh that failed, and data that are late.

Here: when an alert is sent, and its text. Not here: how it is sent (duebook/alerts.py).
"""

from datetime import UTC, datetime, time

import dagster as dg

from duebook.alerts import send_alert
from duebook.publication.record import read_publication
from duebook.settings import Settings
from orchestration.defs.runs import DAY, FIRST_DAY, LAST_DAY, PUBLISHING, step_failure
from orchestration.defs.schedules import closed_day

# The refresh starts at 06:00; a day that isn't published two hours later is late.
LATE_FROM = time(8)
SECONDS_BETWEEN_CHECKS = 300


def failure_alert(settings: Settings) -> dg.SensorDefinition:
    """The sensor that alerts people to a failed refresh, with the failed step's own message."""

    @dg.run_failure_sensor(
        name="alert_on_failure",
        description="Alerts the channel in ALERT_WEBHOOK and the people in ALERT_EMAIL: a refresh failed, and why.",
        default_status=dg.DefaultSensorStatus.RUNNING,
        # A refresh on the command line belongs to no code location that Dagster knows.
        monitor_all_code_locations=True,
    )
    def alert_on_failure(context: dg.RunFailureSensorContext) -> None:
        sent = send_alert(settings, f"Duebook: the refresh for {_days(context)} failed", failure_text(context))
        (context.log.error if sent.failed else context.log.info)(str(sent))

    return alert_on_failure


def failure_text(context: dg.RunFailureSensorContext) -> str:
    """Return the messages of a run's failed steps, and which publication readers see now."""
    messages = [f"{event.step_key}: {step_failure(event)}" for event in context.get_step_failure_events()]
    reasons = "\n\n".join(messages) or context.failure_event.message or "The run has no error message."
    run_id = context.dagster_run.run_id
    steps = context.instance.get_run_step_stats(run_id, [PUBLISHING])
    # A step that failed after the swap has still published.
    is_published = any(step.status.value == "SUCCESS" or step.materialization_events for step in steps)
    publication = (
        "The marts were published before the failure." if is_published else "The last publication is unchanged."
    )
    return f"{reasons}\n\n{publication} The full log is in the run {run_id}."


def _days(context: dg.RunFailureSensorContext) -> str:
    tags = context.dagster_run.tags
    if FIRST_DAY in tags:
        return f"{tags[FIRST_DAY]} to {tags[LAST_DAY]}"
    return tags.get(DAY, "an unknown day")


def late_data_alert(settings: Settings) -> dg.SensorDefinition:
    """The sensor that alerts people, once a day, if yesterday should be published and isn't."""

    @dg.sensor(
        name="alert_on_late_data",
        minimum_interval_seconds=SECONDS_BETWEEN_CHECKS,
        description="Alerts once a day, from 08:00 on, if yesterday isn't published.",
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def alert_on_late_data(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        late = what_is_late(settings, datetime.now(UTC))
        if late is None:
            return dg.SkipReason("The last complete day is published, or not due yet.")
        day, text = late
        if context.cursor == day:
            return dg.SkipReason(f"{day} is still late; the alert was sent before.")
        sent = send_alert(settings, f"Duebook: {day} is not published yet", text)
        if sent.sent_by:
            # Sent by one way is enough: nobody gets the alert twice because the other way failed.
            context.update_cursor(day)
        return dg.SkipReason(f"{day} is late; {sent}.")

    return alert_on_late_data


def what_is_late(settings: Settings, now: datetime) -> tuple[str, str] | None:
    """Return the day that should be published by now and isn't, and a text that says what is published instead.

    Args:
        settings: where the publication is, and the schedule's time zone.
        now: this moment.

    Returns:
        The day and a text for people; None where nothing is late.
    """
    if now.astimezone(settings.local_zone).time() < LATE_FROM:
        return None
    due = closed_day(now, settings)
    published = read_publication(settings.published_dir)
    if published and published.as_of >= due:
        return None
    current = f"The current publication is as of {published.as_of}" if published else "Nothing has been published yet"
    return due.isoformat(), f"{current}; {due} was due at {LATE_FROM:%H:%M} ({settings.schedule_time_zone})."
