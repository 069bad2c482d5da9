"""A week of mornings: refreshes to which things happen, readers all the while, and figures as if nothing had been.

Here: the whole of it at once. Not here: each fault by itself and what is said of it (docs/guide/reliability.md).
"""

import os
import random
from datetime import timedelta

import duckdb
import pytest

from cli.exit_codes import ExitCode
from duebook.doctor.examination import examine
from duebook.doctor.findings import State
from duebook.settings import SAMPLE_AS_OF, SAMPLE_REPORTING_CURRENCY
from tests.support.landing.files import raw
from tests.support.refreshes.mornings import FAULTS, MorningHome, is_ended
from tests.support.refreshes.running import marts, reading_in_a_loop

DAYS, FAULTY = 7, 13
SEED = int(os.environ.get("MORNINGS_SEED", "1"))
CUSTOMER = "select company_id, customer_id from marts.fct_invoices where currency_code = ? order by all limit 1"


@pytest.mark.slow
def test_a_week_of_mornings_with_faults_ends_with_the_marts_of_a_home_never_disturbed(first, tmp_path) -> None:
    """Twenty refreshes: seven that go well, one a day, and before them thirteen to which something happens."""
    print(f"MORNINGS_SEED={SEED}")
    luck = random.Random(SEED)
    with duckdb.connect(first[0].published_file, read_only=True) as published:
        [customer] = published.execute(CUSTOMER, [SAMPLE_REPORTING_CURRENCY]).fetchall()
    home = MorningHome.copy_of(first[0].home, tmp_path / "disturbed", customer)
    undisturbed = MorningHome.copy_of(first[0].home, tmp_path / "undisturbed", customer)
    # Each fault once; kills, which may come at any moment, for the rest.
    faults = [*FAULTS, *[is_ended] * (FAULTY - len(FAULTS))]
    luck.shuffle(faults)
    days_of_faults = sorted(luck.randrange(DAYS) for _ in faults)
    landed = 0
    with reading_in_a_loop(home.settings.published_file) as saw:
        for number in range(DAYS):
            day = SAMPLE_AS_OF + timedelta(days=number + 1)
            refreshes = [fault for fault, of_day in zip(faults, days_of_faults, strict=True) if of_day == number]
            for fault in [*refreshes, None]:
                landed += 1
                for one in (home, undisturbed):
                    one.land(landed, day)
                if fault is not None:
                    print(day, fault.__doc__)
                    fault(home, day, luck)
            for one in (home, undisturbed):
                done = one.refresh(day)
                assert done.returncode == ExitCode.DONE, done.stdout + done.stderr
    assert len(saw["seen"]) > DAYS
    assert marts(home.settings.published_file) == marts(undisturbed.settings.published_file)
    of_files = "select count(*), count(distinct source_file), sum(rows_loaded) from loaded_files"
    assert raw(tmp_path / "disturbed", of_files) == raw(tmp_path / "undisturbed", of_files)
    assert [part.findings for part in examine(home.settings) if part.state == State.WRONG] == []
