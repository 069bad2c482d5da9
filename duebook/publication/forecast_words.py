"""A payment forecast in words: why there is none, and the steps that explain one.

Here: what readers of a publication write for the codes and columns of the mart payment_forecast. Not here: when a code
is given (the mart's model), what is drawn or printed with it.
"""

# By reason code. The last two have a forecast.
REASONS = {
    "no_due_date": "It has no due date.",
    "landing_too_young": "Too few payments have been landed to forecast by.",
    "beyond_horizon": "It is more than a year late, or expected to be: no day is given.",
    "no_history": "The customer has paid no invoice yet: the forecast is of customers like it.",
    "short_history": "The customer has paid fewer than three invoices: the forecast is mostly of customers like it.",
}

# What the customer's habit (`habit_days_late`) is.
HABIT = (
    "the mean of its paid and its late open invoices (each at most 30 days early or 90 late) and of a few typical ones"
    " of everyone's"
)

# The columns that explain a forecast, in order: each is days late, and its difference from the one before is what the
# step adds. The differences add up to the last, the forecast.
STEPS = {
    "days_late_of_everyone": "by when half of everyone's invoices are paid",
    "days_late_of_group": "of customers that pay about as early or late",
    "days_late_of_customer": "of this customer, by its own invoices",
    "days_late_given_how_late": "given that it is unpaid until the as-of day",
    "expected_days_late": "with the weekdays on which payments come in",
}
