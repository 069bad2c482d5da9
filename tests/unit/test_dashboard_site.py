"""The site's own files on their way to readers: all of them, with rights of their own."""

import os
from pathlib import Path

import pytest

from dashboard.site import INDEX, STATIC, copy_static


@pytest.fixture
def umask():
    """That of a refresh, for the test."""
    before = os.umask(0o027)
    yield
    os.umask(before)


def test_who_may_read_the_code_may_not_read_what_is_published(tmp_path: Path, umask) -> None:
    copy_static(tmp_path / "files")
    sources = {path.relative_to(STATIC) for path in STATIC.rglob("*") if path.name != INDEX}
    copies = {path.relative_to(tmp_path / "files"): path for path in (tmp_path / "files").rglob("*")}
    assert copies.keys() == sources
    for name, copy in copies.items():
        assert copy.stat().st_mode & 0o777 == (0o750 if copy.is_dir() else 0o640)
        assert copy.is_dir() or copy.read_bytes() == (STATIC / name).read_bytes()
