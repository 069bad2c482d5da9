"""One more aging bucket: a row of the seed, its id in the variables, a column in the contracts of three marts."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from duebook.settings import DBT_PROJECT_DIR, REFERENCE_SEEDS_DIR, SAMPLE_AS_OF, Settings, marts_file_of
from duebook.warehouse.dbt_arguments import dbt_environment, variables

MARTS_WITH_BUCKETS = ("receivables_daily", "aging_monthly", "delinquency_monthly")
BEFORE, FIRST, SECOND = "121_plus", "121_180", "181_plus"


def with_one_more_bucket(folder: Path) -> Path:
    """Copy the dbt project and its seeds, and split the last bucket in two."""
    project, reference = folder / "dbt_project", folder / "seeds" / "reference"
    shutil.copytree(DBT_PROJECT_DIR, project, ignore=shutil.ignore_patterns("target", "logs"))
    shutil.copytree(REFERENCE_SEEDS_DIR, reference)
    seed = reference / "aging_buckets.csv"
    *others, last = seed.read_text().splitlines()
    assert last == "121_plus,121 days and more,121,,6,true,true"
    split = ["121_180,121-180 days,121,180,6,true,true", "181_plus,181 days and more,181,,7,true,true"]
    seed.write_text("\n".join([*others, *split]) + "\n")
    settings = project / "dbt_project.yml"
    settings.write_text(settings.read_text().replace(f'"{BEFORE}"', f'"{FIRST}", "{SECOND}"'))
    for mart in MARTS_WITH_BUCKETS:
        columns = next(project.rglob(f"{mart}.yml"))
        column = re.compile(rf"      - name: aging_{BEFORE}\n(?:        .*\n)+")
        columns.write_text(
            column.sub(
                lambda found: "".join(found[0].replace(BEFORE, each) for each in (FIRST, SECOND)), columns.read_text()
            )
        )
    return project


@pytest.mark.slow
def test_one_more_bucket_splits_an_amount_and_leaves_every_other_figure(first, tmp_path):
    settings = Settings(home=tmp_path / "home")
    settings.landed_file.parent.mkdir(parents=True)
    shutil.copyfile(first[0].landed_file, settings.landed_file)
    files = dbt_environment(settings, SAMPLE_AS_OF, settings.warehouse_file)
    del files["DUEBOOK_DBT_VARS"]
    command = [sys.executable, "-m", "dbt.cli.main", "--quiet", "build", "--exclude", "test_type:unit"]
    done = subprocess.run(
        [*command, "--vars", variables(settings, SAMPLE_AS_OF), "--target-path", str(tmp_path / "target")],
        cwd=with_one_more_bucket(tmp_path / "checkout"),
        env={**os.environ, **files, "DBT_LOG_PATH": str(tmp_path / "logs")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout

    connection = duckdb.connect()
    connection.execute(f"attach '{marts_file_of(settings.warehouse_file)}' as split (read_only)")
    connection.execute(f"attach '{first[0].published_file}' as whole (read_only)")
    for mart in (*MARTS_WITH_BUCKETS, "scorecard_monthly", "collections_worklist", "kpi_changes_monthly"):
        if mart in MARTS_WITH_BUCKETS:
            amounts = f"* exclude (aging_{FIRST}, aging_{SECOND}), aging_{FIRST} + aging_{SECOND} as aging_{BEFORE}"
        else:
            amounts = "*"
        names = [
            name
            for (name,) in connection.execute(
                f"select column_name from (describe whole.marts.{mart}) where column_name <> 'refreshed_at'"
            ).fetchall()
        ]
        # In reporting currency each bucket is rounded by itself: two don't add up to the digit.
        if mart == "delinquency_monthly":
            names.remove(f"aging_{BEFORE}")
        columns = ", ".join(names)
        split = f"select {columns} from (select {amounts} from split.marts.{mart})"
        whole = f"select {columns} from whole.marts.{mart}"
        different = f"(({split} except all {whole}) union all ({whole} except all {split}))"
        assert connection.execute(f"select count(*) from {different}").fetchone() == (0,), mart
    (both,) = connection.execute(
        f"select count(*) filter (where aging_{FIRST} > 0) > 0 and count(*) filter (where aging_{SECOND} > 0) > 0 "
        "from split.marts.aging_monthly"
    ).fetchone()
    assert both
