"""Policies that contradict themselves are found by the data tests of their seeds, and those just inside are not.

Here: interest_policies, interest_rates, dunning_steps and debt_tolerances, changed by one value. Not here: what is
computed by them (unit tests of the marts), values that are no number or day (reference files of a home).
"""

from tests.support.compiled_models import MID_MONTH, compiled_models

MARTS = ("dim_interest_policies", "dim_dunning_steps", "dim_debt_tolerances", "currencies")
POLICIES = "key_and_rules_of_interest_policies"
STEPS = "key_and_rules_of_dunning_steps"
TOLERANCES = "key_and_rules_of_debt_tolerances"
IN_A_CURRENCY = "relationships_debt_tolerances_currency_code__currency_code__ref_currencies_"
OTHER_NL = """
    insert into reference.interest_policies
    select * replace ('another' as policy_id, {} as currency_code) from reference.interest_policies
    where country_code = 'NL'
"""
DATED = "update reference.interest_rates set valid_to = {} where valid_from = date '2022-07-01'"
ALL_POLICIES = "update reference.interest_policies set "
ALL_STEPS = "update reference.dunning_steps set "
TOLERATE = "insert into reference.debt_tolerances values "
# A data test, a change it lets pass, and one it doesn't.
CHANGES = [
    ("interest_rates_do_not_overlap", DATED.format("date '2022-12-31'"), DATED.format("date '2023-01-01'")),
    ("interest_rates_do_not_overlap", DATED.format("date '2022-07-01'"), DATED.format("null")),
    ("key_and_rules_of_interest_rates", DATED.format("valid_from"), DATED.format("valid_from - 1")),
    ("one_interest_policy_is_of_a_scope", OTHER_NL.format("'EUR'"), OTHER_NL.format("null")),
    (POLICIES, f"{ALL_POLICIES} day_count = 'actual/360'", f"{ALL_POLICIES} day_count = '30/360'"),
    (POLICIES, f"{ALL_POLICIES} rate_set_on = 'due_date'", f"{ALL_POLICIES} rate_set_on = 'invoice_date'"),
    (POLICIES, f"{ALL_POLICIES} points = -1", f"{ALL_POLICIES} points = -1, rate_id = null"),
    (
        POLICIES,
        f"{ALL_POLICIES} minimum_interest = 5, currency_code = 'EUR'",
        f"{ALL_POLICIES} minimum_interest = 5",
    ),
    (
        "key_and_rules_of_dim_interest_policies",
        "update marts.dim_interest_policies set annual_percent = 0",
        "update marts.dim_interest_policies set annual_percent = -0.000001",
    ),
    (
        "dunning_steps_follow_each_other",
        "delete from reference.dunning_steps where level = 5",
        "delete from reference.dunning_steps where level = 4",
    ),
    (
        "dunning_steps_follow_each_other",
        f"{ALL_STEPS} days_past_due = 15 where level = 3",
        f"{ALL_STEPS} days_past_due = 14 where level = 3",
    ),
    (
        "a_notice_is_of_one_dunning_step",
        f"{ALL_STEPS} notice_type = 'lawyer' where level = 5",
        f"{ALL_STEPS} notice_type = 'reminder' where level = 5",
    ),
    (STEPS, f"{ALL_STEPS} days_past_due = 1 where level = 1", f"{ALL_STEPS} days_past_due = 0 where level = 1"),
    (STEPS, f"{ALL_STEPS} minimum_amount = 0", f"{ALL_STEPS} minimum_amount = -0.01"),
    (TOLERANCES, f"{TOLERATE} ('EUR', 0)", f"{TOLERATE} ('EUR', -0.0001)"),
    (TOLERANCES, f"{TOLERATE} ('EUR', 5), ('USD', 5)", f"{TOLERATE} ('EUR', 5), ('EUR', 6)"),
    (IN_A_CURRENCY, f"{TOLERATE} ('EUR', 5)", f"{TOLERATE} ('EURO', 5)"),
]


def test_policies_that_contradict_themselves_are_found() -> None:
    models = compiled_models(MID_MONTH).of(MARTS)
    with models.build({}) as connection:
        for data_test, passes, fails in CHANGES:
            assert models.failures(connection, data_test) == [], data_test
            for change, is_found in ((passes, False), (fails, True)):
                connection.execute("begin")
                connection.execute(change)
                assert bool(models.failures(connection, data_test)) is is_found, (data_test, change)
                connection.execute("rollback")
