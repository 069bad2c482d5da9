"""What is shown of a source's address: never its password."""

import pytest

from duebook.adapters.engine.sources import without_password

ADDRESS = "postgresql://reader:s3cret%3Aword@host/erp"


@pytest.mark.parametrize(
    "text",
    [
        ADDRESS,
        f'IO Error: Unable to connect to Postgres at "{ADDRESS}": no route to host',
        "no login reader with the password s3cret:word",
    ],
)
def test_a_password_is_hidden_wherever_it_stands(text) -> None:
    shown = without_password(text, ADDRESS)
    assert "s3cret" not in shown
    assert "***" in shown and "reader" in shown


def test_a_password_among_the_parameters_is_hidden() -> None:
    address = "postgres://host/erp?user=reader&password=s3cret"
    assert without_password(address, address) == "postgres://host/erp?user=reader&password=***"


@pytest.mark.parametrize("address", ["postgres://reader@host/erp", "/exports/a:b@c", "sqlite:///exports/erp.db"])
def test_an_address_without_a_password_is_shown_as_it_is(address) -> None:
    assert without_password(f"{address} can't be opened", address) == f"{address} can't be opened"
