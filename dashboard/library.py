"""The charting library: plotly's own bundle, as its Python package hands it out.

Here: its name in the site, and the one thing that is done to it on its way there. Not here: what is drawn with it.
"""

from pathlib import Path

LIBRARY = "plotly.min.js"
# The wrapper around it is for module systems that a page doesn't use; the last line of the licence is before it.
LICENCE_ENDS = "*/"
BEFORE, AFTER = '() => {\n"use strict";', "return Plotly;\n}));"


def write_library(file: Path) -> None:
    """Write the bundle for a page, its licence first.

    The package is imported here: a refresh that is not yet at its dashboard doesn't need it.

    A browser parses a function twice if it is passed as an argument before it is called; here this function has five
    megabytes. So the wrapper is removed, which saves a third of the time until charts can be drawn. A bundle with
    another wrapper is copied unchanged.
    """
    from plotly.offline import get_plotlyjs

    file.write_text(unwrapped(get_plotlyjs()), encoding="utf-8")


def unwrapped(bundle: str) -> str:
    """Remove the wrapper; a bundle without it, or with another one, is returned unchanged."""
    head, found, body = bundle.partition(BEFORE)
    if not found or not body.endswith(AFTER):
        return bundle
    licence, ended, _ = head.partition(LICENCE_ENDS)
    return f'{licence}{ended}\n"use strict";{body.removesuffix(AFTER)}\n'
