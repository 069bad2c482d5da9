"""Doing something without the rights of the superuser, whom no folder keeps out.

Not here: any expectation.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_rights() -> Iterator[None]:
    """As somebody whom folders without rights keep out; the superuser is let in everywhere."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)
