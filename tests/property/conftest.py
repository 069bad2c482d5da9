"""How much hypothesis tries in the property tests, and how."""

from hypothesis import HealthCheck, Phase, settings

# One example is a landing of many ledgers and takes a second or two: what hypothesis calls slow and large is meant.
# A failing test looks for a small landing itself (support/agreement/shrinking.py), which is faster than drawing anew.
settings.register_profile(
    "ledgers",
    deadline=None,
    database=None,
    report_multiple_bugs=False,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("ledgers")
