"""Addresses of servers, with login and password in them: which kind one is, and of which database.

Not here: which setting has one (settings.py), connecting.
"""

import re
from urllib.parse import urlsplit

from pydantic import SecretStr

OF_POSTGRES = "postgresql://user:password@host:port/database"


def is_address(value: SecretStr, schemes: tuple[str, ...]) -> bool:
    """Return whether a secret address has one of the schemes, a host and, if any, a port that is one."""
    text = value.get_secret_value()
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in schemes
            and bool(parts.hostname)
            and (parts.port or 1) > 0
            and text.isascii()
            and not re.search(r"\s", text)
        )
    except ValueError:
        return False


def is_of_postgres(value: SecretStr) -> bool:
    """Return whether a secret address is one of Postgres; its driver says what else is wrong with it."""
    return value.get_secret_value().startswith(("postgresql://", "postgres://"))


def database_of(value: SecretStr | None) -> tuple[object, ...] | None:
    """Return what tells databases of Postgres apart, whoever logs in: host, port and name."""
    try:
        parts = urlsplit(value.get_secret_value()) if value else None
        return parts and (parts.hostname, parts.port or 5432, parts.path)
    except ValueError:
        # The driver says what is wrong with it.
        return None


def is_of_spark(value: SecretStr) -> bool:
    """Return whether a secret address is one of a Thrift server, and of nothing in it."""
    if not is_address(value, ("thrift",)):
        return False
    parts = urlsplit(value.get_secret_value())
    return parts.password is None and not (parts.path.strip("/") or parts.query or parts.fragment)
