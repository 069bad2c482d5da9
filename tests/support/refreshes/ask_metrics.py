"""A separate process that asks MetricFlow several questions, each by its metrics and what they are grouped by.

`python -m tests.support.refreshes.ask_metrics <folder> <metrics> <group by> ...` writes the answers to
`<folder>/<number of the question>.csv`. Setting MetricFlow up takes longer than a question.
"""

import sys

from cli.metrics import commands, prepare
from duebook.settings import Settings


def main() -> None:
    """Ask all questions of the command line."""
    from dbt_metricflow.cli.cli_configuration import CLIConfiguration

    prepare(Settings())
    folder, *questions = sys.argv[1:]
    configuration = CLIConfiguration()
    for number, (metrics, group_by) in enumerate(zip(questions[::2], questions[1::2], strict=True)):
        answer = ["--csv", f"{folder}/{number}.csv", "--quiet"]
        asked = ["query", "--metrics", metrics, "--group-by", group_by, *answer]
        commands().main(args=asked, obj=configuration, standalone_mode=False)


if __name__ == "__main__":
    main()
