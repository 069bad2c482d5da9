"""The explanation of a figure, on a publication worked out by hand (support/publications/explained.py)."""

import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from cli.exit_codes import ExitCode
from cli.main import app
from duebook.settings import Settings
from explain.countback import CountedMonth, countback_in_numbers
from explain.formula import as_double, formula_in_names, formula_in_numbers, sums_in_numbers
from explain.question import Kpi
from tests.support.publications.explained import LATER_DSO, publish

A_DAY = LATER_DSO / 400  # what a unit of receivables adds to February's DSO


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose publication no test changes."""
    home = tmp_path_factory.mktemp("published")
    publish(home)
    return home


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `--home` puts into the environment goes again with the test."""
    monkeypatch.setenv("DUEBOOK_HOME", "")


@pytest.fixture
def home(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "home"))


def asked(home: Path, *options: str) -> int:
    return app(["explain", "--home", str(home), *options], standalone_mode=False)


def answered(home: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict:
    assert asked(home, "--json", *options) == ExitCode.DONE
    return json.loads(capsys.readouterr().out)


def change(home: Path, statement: str) -> None:
    with duckdb.connect(home / "published" / "duebook.duckdb") as published:
        published.execute(statement)


def test_the_formula_has_its_numbers_put_in(home, capsys):
    answer = answered(home, capsys, "--kpi", "dso")
    assert answer["formula_in_names"] == "receivables x days / net_credit_sales"
    assert answer["formula_in_numbers"] == "400.00 x 31 / 380.00"
    assert answer["value"] == pytest.approx(LATER_DSO)


def test_customers_add_their_part_of_the_numerator_over_the_whole_denominator(home, capsys):
    [c1, c2] = answered(home, capsys, "--kpi", "dso")["customers"]
    assert c1 == {
        "customer_id": "C1",
        "customer_name": "First Customer",
        "numerator": 320 * 31,
        "contribution": pytest.approx(320 * A_DAY),
        "previous_contribution": pytest.approx(20),
    }
    assert (c2["contribution"], c2["previous_contribution"]) == (pytest.approx(80 * A_DAY), pytest.approx(10))


def test_open_items_are_those_of_the_month_s_end_and_not_applied_receipts_count_negative(home, capsys):
    items = answered(home, capsys, "--kpi", "dso", "--month", "2026-02")["open_items"]
    assert [(item["item_id"], item["balance"]) for item in items] == [
        ("I3", "400.0000"),
        ("I2", "80.0000"),
        ("R1", "-80.0000"),
    ]
    assert [item["contribution"] for item in items] == [pytest.approx(part * A_DAY) for part in (400, 80, -80)]
    earlier = answered(home, capsys, "--kpi", "dso", "--month", "2026-01")["open_items"]
    assert [(item["item_id"], item["contribution"]) for item in earlier] == [("I1", 20), ("I2", 10)]


def test_what_was_paid_beyond_an_invoice_is_an_open_item_of_its_own(home, capsys):
    """The 80 of R1 that were left are applied to I1, which they pay too much: they count as they did on R1."""
    applied = "'paid', date '2026-02-10', 'A', 'C1'"
    change(
        home,
        f"""insert into marts.fct_receivables_ledger values
        ({applied}, 'receipt', 'R1', null, 'EUR', 80, false, false),
        ({applied}, 'overpayment', 'I1', null, 'EUR', -80, false, false)""",
    )
    items = answered(home, capsys, "--kpi", "dso", "--month", "2026-02")["open_items"]
    assert [(item["item_type"], item["item_id"], item["balance"]) for item in items] == [
        ("invoice", "I3", "400.0000"),
        ("invoice", "I2", "80.0000"),
        ("overpayment", "I1", "-80.0000"),
    ]
    assert items[-1]["contribution"] == pytest.approx(-80 * A_DAY)


def test_only_what_is_past_due_is_part_of_a_figure_of_what_is_past_due(home, capsys):
    answer = answered(home, capsys, "--kpi", "average_days_delinquent")
    assert [(item["item_id"], item["due_date"]) for item in answer["open_items"]] == [("I2", "2026-02-06")]
    assert answer["open_items"][0]["contribution"] == pytest.approx(answer["value"])


def test_a_customer_s_open_items_add_up_to_the_customer(home, capsys):
    answer = answered(home, capsys, "--kpi", "dso", "--customer", "C1")
    assert [item["item_id"] for item in answer["open_items"]] == ["I3", "R1"]
    assert sum(item["contribution"] for item in answer["open_items"]) == pytest.approx(320 * A_DAY)


def test_what_is_not_named_is_summed_up(home, capsys):
    answer = answered(home, capsys, "--kpi", "dso", "--top", "1")
    assert [one["customer_id"] for one in answer["customers"]] == ["C1"]
    assert answer["other_customers"] == {"count": 1, "numerator": 2480, "contribution": pytest.approx(80 * A_DAY)}
    assert answer["other_open_items"] == {"count": 2, "numerator": 0, "contribution": pytest.approx(0)}


def test_causes_add_up_to_the_change(home, capsys):
    moved = answered(home, capsys, "--kpi", "dso")["change"]
    assert moved["value_change"] == pytest.approx(LATER_DSO - 30)
    assert sum(moved["causes"].values()) == pytest.approx(LATER_DSO - 30)


def test_a_restated_figure_says_what_was_reported_and_what_made_the_difference(home, capsys):
    restated = answered(home, capsys, "--kpi", "dso")["restatement"]
    assert restated["reported_value"] + restated["difference"] == pytest.approx(LATER_DSO)
    assert [(one["kind"], one["numerator_difference"]) for one in restated["causes"]] == [
        ("amended", 310),
        ("deleted", -155),
    ]
    assert answered(home, capsys, "--kpi", "dso", "--month", "2026-01")["restatement"] is None
    assert asked(home, "--kpi", "dso") == ExitCode.DONE
    printed = capsys.readouterr().out
    assert "frozen on 2026-03-06" in printed
    assert "Restated by amended: invoice I3 (+10.00 EUR); deleted: invoice I9 (-5.00 EUR)." in printed


def test_what_a_cause_did_not_move_is_left_blank(home, capsys):
    assert asked(home, "--kpi", "dso") == ExitCode.DONE
    [deleted] = [line for line in capsys.readouterr().out.splitlines() if line.split()[:1] == ["deleted"]]
    assert deleted.split() == ["deleted", "-155.00"]


def test_a_level_that_is_gone_is_told_with_what_was_reported_of_it(home, capsys):
    gone = ["--kpi", "dso", "--level", "company_segment:K/trade", "--month", "2026-02"]
    assert asked(home, *gone) == ExitCode.USAGE
    assert capsys.readouterr().err == (
        "company_segment:K/trade has no dso of 2026-02 any more: 31.5 (days) was reported, frozen on 2026-03-06."
        " Restated by amended: invoice I2 customer from C9 to C1 (-10.00 EUR).\n"
    )


def test_a_customer_has_a_figure_of_its_own_and_its_open_items_add_up_to_it(home, capsys):
    """By hand: C1 owes 400 less 80 not applied, of sales of 400 in 31 days; in January 200 of 200 in 30."""
    answer = answered(home, capsys, "--kpi", "dso", "--level", "customer:C1")
    assert answer["formula_in_numbers"] == "320.00 x 31 / 400.00"
    assert answer["value"] == pytest.approx(24.8)
    [itself] = answer["customers"]
    assert (itself["customer_id"], itself["previous_contribution"]) == ("C1", pytest.approx(30.0))
    items = [(one["item_id"], one["contribution"]) for one in answer["open_items"]]
    assert items == [("I3", pytest.approx(31.0)), ("R1", pytest.approx(-6.2))]
    assert (answer["change"], answer["restatement"]) == (None, None)
    assert asked(home, "--kpi", "dso", "--level", "customer:C1") == ExitCode.DONE
    assert "The causes of changes are stored for levels, not for one customer " in capsys.readouterr().out


def test_a_customer_that_bought_nothing_has_no_figure_and_a_reason(home, capsys):
    answer = answered(home, capsys, "--kpi", "average_days_delinquent", "--level", "customer:C2")
    assert (answer["value"], answer["reason"], answer["numerator"]) == (None, "no_sales", 80 * 31)
    assert [one["contribution"] for one in answer["customers"]] == [None]


def test_a_value_of_a_declared_dimension_has_a_figure_and_its_documents_add_up_to_it(home, capsys):
    """By hand: Anna's I3 is open, of sales of 400 in 31 days; what C1 paid and isn't applied is nobody's."""
    answer = answered(home, capsys, "--kpi", "dso", "--level", "salesperson:Anna")
    assert (answer["formula_in_numbers"], answer["level"]) == ("400.00 x 31 / 400.00", "salesperson:Anna")
    [customer] = answer["customers"]
    assert (customer["customer_id"], customer["contribution"], customer["previous_contribution"]) == ("C1", 31.0, 30.0)
    assert [(one["item_id"], one["contribution"]) for one in answer["open_items"]] == [("I3", 31.0)]
    assert (answer["value"], answer["change"], answer["restatement"]) == (31.0, None, None)
    assert asked(home, "--kpi", "dso", "--level", "salesperson:Anna") == ExitCode.DONE
    assert "or one value of a dimension." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("level", "value", "reason", "items"),
    [("salesperson:Ben", None, "no_sales", ["I2"]), ("salesperson:(none)", None, "no_sales", ["R1"])],
)
def test_a_value_without_sales_has_no_figure_and_a_reason(home, capsys, level, value, reason, items):
    answer = answered(home, capsys, "--kpi", "dso", "--level", level)
    assert (answer["value"], answer["reason"]) == (value, reason)
    assert [one["item_id"] for one in answer["open_items"]] == items


@pytest.mark.parametrize(
    "change_made", ["delete from marts.dim_declared_dimensions", "drop view marts.kpis_by_dimension_monthly"]
)
def test_a_dimension_that_is_not_declared_is_no_level(home, capsys, change_made):
    change(home, change_made)
    assert asked(home, "--kpi", "dso", "--level", "salesperson:Anna") == ExitCode.USAGE
    assert "There is no level of dso 'salesperson:Anna'." in capsys.readouterr().err


def test_customers_of_a_publication_from_before_are_told_to_be_made_anew(home, capsys):
    change(home, "drop view marts.customer_kpis_monthly")
    assert asked(home, "--kpi", "dso", "--level", "customer:C1") == ExitCode.USAGE
    assert "run `make refresh` once" in capsys.readouterr().err
    assert asked(home, "--kpi", "dso") == ExitCode.DONE


def test_a_figure_that_is_null_says_why_and_has_no_contributions(home, capsys):
    answer = answered(home, capsys, "--kpi", "dso", "--level", "segment:retail")
    assert (answer["value"], answer["reason"]) == (None, "no_sales")
    assert (answer["customers"], answer["open_items"], answer["change"]["reason"]) == ([], [], "no_value")


def test_a_kpi_without_stored_parts_still_shows_its_formula(home, capsys):
    answer = answered(home, capsys, "--kpi", "promise_kept_rate")
    assert answer["formula_in_numbers"] == "1 / 2"
    assert (answer["customers"], answer["open_items"], answer["change"]) == (None, None, None)


def test_the_text_has_the_formula_the_parts_and_the_causes(home, capsys):
    assert asked(home, "--kpi", "dso", "--top", "1") == ExitCode.DONE
    printed = capsys.readouterr().out
    assert "Days sales outstanding, portfolio, February 2026: 32.63 days" in printed
    assert "= 400.00 x 31 / 380.00 = 32.63 days" in printed
    lines = [" ".join(line.split()) for line in printed.splitlines()]
    assert "C1 First Customer 9,920.00 26.11 20.00 +6.11" in lines
    assert "1 others 2,480.00 6.53 10.00 -3.47" in lines
    assert "I3 invoice C1 2026-03-05 EUR 400.00 12,400.00 32.63" in lines
    assert "collections -25.47" in lines
    assert "lateness" not in printed
    assert "this month 32.63" in lines


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--kpi", "dos"], "There is no KPI 'dos'. Did you mean dso?\nThere are: average_days_delinquent, dso, "),
        ([], "Which KPI? There are: average_days_delinquent, dso, promise_kept_rate."),
        (["--kpi", "dso", "--level", "segment:retial"], "Did you mean segment:retail?\nThere are: portfolio, segment:"),
        (
            ["--kpi", "dso", "--month", "2025-12"],
            "There is no month 2025-12 for this KPI and level: there is 2026-01 to",
        ),
        (["--kpi", "dso", "--month", "2026-13"], "MONTH is '2026-13': expected a month as YYYY-MM."),
        (["--kpi", "dso", "--level", "customer:C9"], "Customer 'C9' has no figures in any month."),
        (
            ["--kpi", "promise_kept_rate", "--level", "customer:C1"],
            "There is no KPI of one customer 'promise_kept_rate'.\nThere are: average_days_delinquent, ",
        ),
        (
            ["--kpi", "dso", "--level", "salesperson:anna"],
            "There is no value of salesperson 'anna'. Did you mean Anna?",
        ),
        (
            ["--kpi", "promise_kept_rate", "--level", "salesperson:Anna"],
            "There is no KPI of a declared dimension 'promise_kept_rate'.\nThere are: average_days_delinquent, dso.",
        ),
        (["--kpi", "dso", "--customer", "C9"], "Customer 'C9' has no part in dso of portfolio in 2026-02."),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(home, capsys, options, said):
    assert asked(home, *options) == ExitCode.USAGE
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        (
            "update marts.kpi_contributions_monthly set receivables = receivables + 0.001",
            "The customers' contributions add up to 32.63",
        ),
        (
            "update marts.fct_receivables_ledger set amount = amount + 0.001 where item_id = 'I3'",
            "The open items' contributions add up to 32.63",
        ),
        ("update marts.kpi_changes_monthly set currency = 0.0001", "The causes add up to 2.63"),
    ],
)
def test_parts_that_do_not_add_up_are_an_error_and_no_answer(home, capsys, spoilt, said):
    change(home, spoilt)
    assert asked(home, "--kpi", "dso") == ExitCode.FAILED
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""


def test_a_home_without_a_publication_is_told_what_to_run(tmp_path, capsys):
    assert asked(tmp_path, "--kpi", "dso") == ExitCode.FAILED
    assert f"Nothing is published in {tmp_path} yet: run `make refresh` first." in capsys.readouterr().err


@pytest.mark.parametrize(
    "without",
    [
        "drop table marts.kpi_changes_monthly",
        "alter table marts.kpi_changes_monthly drop taken_over",
        "drop view marts.open_item_measures_monthly",
    ],
)
def test_a_publication_from_before_is_told_to_be_made_anew(home, capsys, without):
    change(home, without)
    assert asked(home, "--kpi", "dso") == ExitCode.FAILED
    assert "was published by an earlier version of Duebook: run `make refresh` once." in capsys.readouterr().err


def test_the_publication_of_a_past_day_is_asked_when_it_is_named(home, capsys):
    past = Settings(home=home).past_published_dir(date(2026, 1, 31))
    shutil.copytree(home / "published", past)
    with duckdb.connect(past / "duebook.duckdb") as published:
        published.execute("update marts.dim_kpis set kpi_name = 'DSO of a past day' where kpi_id = 'dso'")
    assert answered(home, capsys, "--kpi", "dso", "--as-of", "2026-01-31")["kpi_name"] == "DSO of a past day"
    assert answered(home, capsys, "--kpi", "dso", "--as-of", "2026-03-01")["kpi_name"] == "Days sales outstanding"
    assert asked(home, "--kpi", "dso", "--as-of", "2025-01-31") == ExitCode.FAILED
    assert "There is no publication of 2025-01-31; the current one is of 2026-03-01." in capsys.readouterr().err


def test_sums_in_a_formula_are_bracketed():
    kpi = Kpi("k", "K", "", 100, "percent", "m", "opening + sales - closing", "opening + sales", *[None] * 6)
    assert formula_in_names(kpi) == "100 x (opening + sales - closing) / (opening + sales)"
    numbers = {"opening": Decimal("1200.50"), "sales": 7, "closing": 0.25}
    assert formula_in_numbers(kpi, numbers) == "100 x (1,200.50 + 7 - 0.25) / (1,200.50 + 7)"


def test_a_sum_in_a_formula_is_written_out():
    inflow = "opening_receivables + net_credit_sales + taken_over"
    sums = [f"{inflow} - closing_receivables", f"{inflow} - closing_current_receivables"]
    kpi = Kpi("cei", "CEI", "", 100, "percent", "cei_monthly", "collected", "collectible", *sums, *[None] * 4)
    numbers = {
        "opening_receivables": Decimal(100),
        "net_credit_sales": Decimal(100),
        "taken_over": Decimal(205),
        "closing_receivables": Decimal(305),
        "closing_current_receivables": Decimal(100),
    }
    assert sums_in_numbers(kpi, numbers) == [
        f"collected = {inflow} - closing_receivables = 100.00 + 100.00 + 205.00 - 305.00",
        f"collectible = {inflow} - closing_current_receivables = 100.00 + 100.00 + 205.00 - 100.00",
    ]


def test_countback_is_written_down_month_by_month():
    """Which months are counted is a unit test of the mart dso_countback_months."""
    whole = CountedMonth(date(2026, 5, 31), 31, Decimal(100), Decimal(130), True)
    last = CountedMonth(date(2026, 3, 31), 31, Decimal(60), Decimal(30), False)
    assert countback_in_numbers([whole, last]) == "31 (May 2026) + 30.00 / 60.00 x 31 (Mar 2026)"
    assert countback_in_numbers([last]) == "30.00 / 60.00 x 31 (Mar 2026)"
    assert countback_in_numbers([]) == "0"


@pytest.mark.parametrize("side", ["amount * days", "(amount + amount) * 0.5 * days"])
def test_money_times_days_may_have_more_digits_than_money(side):
    with duckdb.connect() as con:
        con.execute("create table mart as select 40000000000000::decimal(18, 4) as amount, 365 as days")
        assert con.execute(f"select {as_double(side)} from mart").fetchone() == (40000000000000 * 365,)
