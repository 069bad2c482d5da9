"""The charting library on its way into the site: whole, with its licence, without its wrapper."""

from pathlib import Path

from plotly.offline import get_plotlyjs

from dashboard.library import AFTER, BEFORE, LIBRARY, unwrapped, write_library


def test_the_installed_bundle_is_unwrapped_and_keeps_its_licence(tmp_path: Path) -> None:
    bundle = get_plotlyjs()
    assert bundle.count(BEFORE) == 1
    write_library(tmp_path / LIBRARY)
    written = (tmp_path / LIBRARY).read_text(encoding="utf-8")
    licence = bundle[: bundle.index("*/") + 2]
    assert "Licensed under the MIT license" in licence
    assert written == f'{licence}\n"use strict";{bundle.partition(BEFORE)[2].removesuffix(AFTER)}\n'


def test_a_bundle_wrapped_otherwise_is_copied_as_it_is() -> None:
    for other in (
        "/** licence */ var Plotly = 1;",
        f"/** licence */ {BEFORE} var Plotly = 1;",
        f"var Plotly = 1;{AFTER}",
    ):
        assert unwrapped(other) == other
