"""What a person lets pass at a gate: for one run, on record, and nothing that no gate asks."""

from datetime import date
from pathlib import Path

import pytest

from duebook.contract import read_contract
from duebook.settings import Settings
from expectations.accepting import LISTED, NOTHING, NothingToAcceptError, blocking_expectations, read_accepted
from expectations.gates import MARTS
from expectations.results import failures, how_to_accept
from expectations.run_gates import OneRun, run_arrivals
from expectations.validation import CheckResult
from tests.support.gates.landed import LOADED_AT, Landed

AS_OF = date(2024, 5, 1)


def failed(expectation: str, table: str, severity: str = "critical") -> CheckResult:
    return CheckResult(LOADED_AT, AS_OF, "any", table, expectation, None, False, "seen", None, None, severity)


def test_every_table_and_mart_has_checks_that_can_be_accepted() -> None:
    tables = {table.name for table in read_contract().tables}
    assert set(blocking_expectations()) == tables | set(MARTS)
    assert blocking_expectations()["applications"] == {
        "expect_table_to_exist",
        "expect_columns_and_types_of_the_contract",
        "expect_keys_and_required_values",
        "expect_volume_of_recent_loads",
        "expect_column_values_to_be_between",
        "expect_references_to_exist",
    }
    assert "expect_most_rows_published_before" in blocking_expectations()["fct_invoices"]
    assert "expect_one_currency_or_a_reporting_currency" in blocking_expectations()["invoices"]


def test_whatever_closes_a_gate_can_be_accepted_by_itself() -> None:
    every = [failed(one, table) for table, names in blocking_expectations().items() for one in sorted(names)]
    for result in every:
        accepted = read_accepted(f"{result.expectation}:{result.table_name}")
        left = failures([accepted.marked(one) for one in every])
        assert left == [one for one in every if one != result]
    assert failures([NOTHING.marked(one) for one in every]) == every


def test_a_warning_is_not_accepted_and_what_is_met_neither() -> None:
    accepted = read_accepted("expect_volume_of_recent_loads:cases")
    warning = failed("expect_volume_of_recent_loads", "cases", "warning")
    assert accepted.marked(warning) == warning


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "expect_volume_of_recent_load:applications",
            "'expect_volume_of_recent_load' is no expectation of a gate: did you mean expect_volume_of_recent_loads?",
        ),
        (
            "expect_volume_of_recent_loads:application",
            "'application' is no table of a gate: did you mean applications?",
        ),
        ("anything", f"'anything' is no expectation of a gate: {LISTED}."),
        ("expect_fresh_facts:zzz", f"'zzz' is no table of a gate: {LISTED}."),
        (
            "expect_volume_of_recent_loads",
            f"it names no table: add one, such as expect_volume_of_recent_loads:activities; {LISTED}.",
        ),
        (
            "expect_fresh_facts:invoices, expect_fresh_facts:cases",
            f"cases has no check expect_fresh_facts: {LISTED}.",
        ),
    ],
)
def test_what_no_gate_asks_is_refused_with_what_was_meant(text: str, message: str) -> None:
    with pytest.raises(NothingToAcceptError) as error:
        read_accepted(text)
    assert str(error.value) == message


def test_the_way_out_is_the_whole_command_with_all_that_was_given() -> None:
    one, other = failed("expect_fresh_facts", "invoices"), failed("expect_volume_of_recent_loads", "cases")
    said = "If the data are right, accept this for one run (it is logged): make refresh "
    home = Path("/a home")
    alone = Settings(home=home)
    assert how_to_accept([one], alone) == f"{said}HOME_DIR='/a home' ACCEPT=expect_fresh_facts:invoices AS_OF={AS_OF}"
    given = Settings(
        landing=Path("/my exports"),
        home=home,
        as_of=AS_OF,
        full=True,
        accept="expect_fresh_facts:cases, expect_fresh_facts:invoices",
        postgres_url="postgresql://me:s3cret@host/database",
    )
    assert how_to_accept([one, other], given) == (
        f"{said}LANDING='/my exports' HOME_DIR='/a home' AS_OF={AS_OF} "
        "ACCEPT=expect_fresh_facts:cases,expect_fresh_facts:invoices,expect_volume_of_recent_loads:cases "
        "FULL=True POSTGRES_URL=..."
    )


def test_an_accepted_check_passes_in_its_run_and_in_no_other_and_is_on_record(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", as_of=AS_OF, landing=tmp_path)
    landed = Landed(settings.landed_file)
    landed.row("invoices", invoice_date=date(2023, 1, 1))
    first = failures(run_arrivals(settings, AS_OF))
    assert "ACCEPT=expect_fresh_facts:invoices" in how_to_accept(first, settings)
    assert failures(run_arrivals(settings, AS_OF, OneRun("run2", read_accepted("expect_fresh_facts:invoices")))) == []
    assert len(failures(run_arrivals(settings, AS_OF, OneRun("run3")))) == 1
    kept = "select refresh_id, accepted from raw.check_results where not success order by checked_at"
    assert landed.run(kept) == [(None, False), ("run2:2024-05-01", True), ("run3:2024-05-01", False)]
