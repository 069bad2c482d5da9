"""Reasons in words, for where a figure is missing or special.

Here: a sentence for each reason code the marts give. Not here: when a code is given (the marts' models).
"""

from duebook.publication.forecast_words import REASONS as OF_FORECASTS

REASONS = {
    **OF_FORECASTS,
    "credit_balance": "Customers are in credit: nothing is owed.",
    "no_accounts": "Nobody has an account assigned.",
    "no_calls": "No outbound calls in the month.",
    "no_cash_applied": "No cash was applied in the month.",
    "no_cases_closed": "No cases were closed in the month.",
    "no_data": "Nothing was landed that it could be made from.",
    "no_disputes_closed": "No disputes were closed in the month.",
    "no_disputes_opened": "No disputes were opened in the month.",
    "no_expected_cash": "No cash was expected within 30 days.",
    "no_first_calls": "No late customer was called for the first time.",
    "no_forecast": "Nothing was forecast for the month.",
    "no_open_invoices": "No invoice is open.",
    "no_outcomes": "Nothing that was forecast was paid, so nothing can be scored.",
    "no_promises_due": "No promise was due in the month.",
    "no_receivables": "Nothing was owed at the start of the month.",
    "no_responses": "No survey was answered.",
    "no_sales": "No net credit sales in the period.",
    "no_staff": "Nobody worked on credit and collections.",
    "no_such_level": "It is gone since then, or wasn't there yet.",
    "no_surveys_sent": "No surveys were sent.",
    "no_write_offs": "Nothing was written off in 12 months.",
    "not_by_dimension": "It isn't made by values of declared dimensions.",
    "nothing_collectible": "There was nothing to collect.",
    "nothing_paid_in_full": "No invoice was paid in full in the month.",
    "nothing_past_due": "Nothing was past due at the start of the month.",
    "one_person": "A spread needs more than one person.",
    "short_billing_history": "Fewer than 13 weeks have been landed: nothing is said of invoices to come.",
    "too_early": "Too early: not enough of it is known yet.",
    "truncated": "History ended before the sales added up: days so far.",
}
