"""What `duebook metrics` answers to a name that there isn't; on published marts: tests/integration/test_metrics.py."""

import pytest

from cli.metrics import wrong_names

METRICS = ("collection_rate", "dso", "dso_3m")
GROUPS = ("company", "customer__segment", "delinquency_month__level", "metric_time", "segment")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["list", "metrics"],
        ["list", "dimensions", "--metrics", "dso,collection_rate"],
        ["query", "--metrics=dso", "--group-by", "metric_time__month,company"],
        ["query", "--metrics", "dso", "--group-by=segment,customer__segment,delinquency_month__level"],
        # What is reached by several entities, or written as a call, MetricFlow checks itself.
        ["query", "--metrics", "dso", "--group-by", "customer__company__name"],
        ["query", "--metrics", "dso", "--group-by", "Dimension('customer__segment')"],
        # Near to a command, not to a metric.
        ["quary", "--metrics", "dso"],
    ],
)
def test_right_names_are_left_to_metricflow(words: list[str]) -> None:
    assert wrong_names(words, METRICS, GROUPS) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["query", "--metrics", "dso,collection_rat"], "collection_rat is no metric: did you mean collection_rate?"),
        (["list", "dimensions", "--metrics", "dsoo"], "dsoo is no metric: did you mean dso?"),
        (["list", "entities", "--metrics=xyz"], "xyz is no metric: `duebook metrics` lists them."),
        (["query", "--group-by", "segmnet"], "segmnet is no dimension or entity: did you mean segment?"),
        (
            ["query", "--group-by", "metric_tim__month"],
            "metric_tim is no dimension or entity: did you mean metric_time?",
        ),
        (["dso"], "dso is no command of metrics: did you mean `duebook metrics query --metrics dso`?"),
        (["dso3m"], "dso3m is no command of metrics: did you mean `duebook metrics query --metrics dso_3m`?"),
    ],
)
def test_a_wrong_name_is_answered_with_the_one_meant(words: list[str], said: str) -> None:
    assert wrong_names(words, METRICS, GROUPS) == [said]
