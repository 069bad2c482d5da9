"""Why a refresh failed, in a few lines.

Here: Dagster's account of a failed run, read. Not here: how dbt's failures read (duebook/warehouse/dbt_failures.py).
"""

from dagster import DagsterEvent, ExecuteInProcessResult

from cli.refresh.progress import words
from orchestration.defs.runs import PUBLISHING, errors_of, step_failure

INTERRUPTED = "DagsterExecutionInterruptedError"


def was_interrupted(result: ExecuteInProcessResult) -> bool:
    """Say whether the run ended because somebody ended it (Ctrl-C, a termination signal)."""
    steps = [event for event in result.all_events if event.is_step_failure]
    return any(error.cls_name == INTERRUPTED for event in steps for error in errors_of(event))


def was_published(result: ExecuteInProcessResult) -> bool:
    """Say whether the run came as far as publishing, whatever failed after it, in the same step or in a later one."""
    events = [event for event in result.all_events if event.step_key == PUBLISHING]
    return any(event.is_step_success or event.is_step_materialization for event in events)


def reasons(result: ExecuteInProcessResult) -> list[str]:
    """Say why a failed run did: failed checks with their findings, errors with their message and no stack trace."""
    checks = [event for event in result.all_events if _is_failed_check(event)]
    failed = [_check_failure(event) for event in checks]
    # A gate that is closed has said why already, table by table.
    closed = {event.step_key for event in checks}
    for event in result.all_events:
        if event.is_step_failure and event.step_key not in closed:
            failed.append(f"{words(event.step_key)}: {step_failure(event)}")
    return failed or [event.message or "" for event in result.all_events if event.is_run_failure]


def _is_failed_check(event: DagsterEvent) -> bool:
    if event.event_type_value != "ASSET_CHECK_EVALUATION":
        return False
    evaluation = event.asset_check_evaluation_data
    return not evaluation.passed and evaluation.severity.value == "ERROR" and "unique_id" not in evaluation.metadata


def _check_failure(event: DagsterEvent) -> str:
    evaluation = event.asset_check_evaluation_data
    findings = evaluation.description or "; ".join(
        f"{name}: {value.value}" for name, value in evaluation.metadata.items()
    )
    return f"Check {evaluation.check_name} of {evaluation.asset_key.to_user_string()}: {findings}"


def root_cause(error: BaseException) -> BaseException:
    """Return what an error comes from in the end."""
    while error.__cause__:
        error = error.__cause__
    return error
