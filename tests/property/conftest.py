"""What the property tests share: the compiled models of a session, and how much hypothesis tries."""

from collections.abc import Callable
from datetime import date
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.property.harness import CompiledModels, compile_models

# One example is a landing of many ledgers and takes a second or two: what hypothesis calls slow and large is meant.
settings.register_profile(
    "ledgers",
    deadline=None,
    database=None,
    report_multiple_bugs=False,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
settings.load_profile("ledgers")


@pytest.fixture(scope="session")
def compiled_for(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., CompiledModels]:
    """The models compiled for an as-of day (and a day they were known by), once a session each."""

    @cache
    def compiled(as_of: date, known_as_of: date | None = None) -> CompiledModels:
        return compile_models(tmp_path_factory.mktemp("models"), as_of, known_as_of)

    return compiled
