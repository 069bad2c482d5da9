"""Alerts: a refresh that failed, and data that are late.

Here: when somebody is told, and what. Not here: how (duebook/alerts.py).
"""

from datetime import UTC, datetime, time

import dagster as dg

from duebook.alerts import send_alert
from duebook.publication.record import read_publication
from duebook.settings import Settings
from orchestration.defs.runs import DAY, FIRST_DAY, LAST_DAY, PUBLISHING, step_failure
from orchestration.defs.schedules import closed_day

# The refresh begins at six; what isn't published two hours later is late.
LATE_FROM = time(8)
LOOK_EVERY_SECONDS = 300


def failure_alert(settings: Settings) -> dg.SensorDefinition:
    """What tells people that a refresh failed, with the failed step's own message."""

    @dg.run_failure_sensor(
        name="alert_on_failure",
        description="Tells whoever ALERT_WEBHOOK and ALERT_EMAIL name that a refresh failed, and why.",
        default_status=dg.DefaultSensorStatus.RUNNING,
        # A refresh on the command line belongs to no code location that Dagster knows.
        monitor_all_code_locations=True,
    )
    def alert_on_failure(context: dg.RunFailureSensorContext) -> None:
        sent = send_alert(settings, f"Duebook: the refresh for {_days(context)} failed", what_failed(context))
        (context.log.error if sent.failed else context.log.info)(str(sent))

    return alert_on_failure


def what_failed(context: dg.RunFailureSensorContext) -> str:
    """Say, as the failed steps said it, why a run failed, and what stands."""
    said = [f"{event.step_key}: {step_failure(event)}" for event in context.get_step_failure_events()]
    reasons = "\n\n".join(said) or context.failure_event.message or "It says nothing."
    run_id = context.dagster_run.run_id
    steps = context.instance.get_run_step_stats(run_id)
    is_published = any(step.step_key == PUBLISHING and step.status.value == "SUCCESS" for step in steps)
    stands = (
        "The new publication is there all the same." if is_published else "What was published before stands as it was."
    )
    return f"{reasons}\n\n{stands} Run {run_id} has the whole log."


def _days(context: dg.RunFailureSensorContext) -> str:
    tags = context.dagster_run.tags
    if FIRST_DAY in tags:
        return f"{tags[FIRST_DAY]} to {tags[LAST_DAY]}"
    return tags.get(DAY, "a day nobody named")


def late_data_alert(settings: Settings) -> dg.SensorDefinition:
    """What tells people, once a day, that yesterday isn't published though it should be."""

    @dg.sensor(
        name="alert_on_late_data",
        minimum_interval_seconds=LOOK_EVERY_SECONDS,
        description="Tells, from eight in the morning on and once a day, that yesterday isn't published.",
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def alert_on_late_data(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        late = what_is_late(settings, datetime.now(UTC))
        if late is None:
            return dg.SkipReason("The last day that is over is published, or not due yet.")
        day, text = late
        if context.cursor == day:
            return dg.SkipReason(f"{day} is late still; that was told.")
        sent = send_alert(settings, f"Duebook: {day} is not published yet", text)
        if sent.told:
            # Who was told isn't told again because another couldn't be.
            context.update_cursor(day)
        return dg.SkipReason(f"{day} is late; {sent}.")

    return alert_on_late_data


def what_is_late(settings: Settings, now: datetime) -> tuple[str, str] | None:
    """Name the day that should be published by now and isn't, and say what is published instead.

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
    stands = f"The current publication is of {published.as_of}" if published else "Nothing has been published yet"
    return due.isoformat(), f"{stands}; {due} was due at {LATE_FROM:%H:%M} ({settings.schedule_time_zone})."
