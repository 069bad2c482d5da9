"""The charting library: plotly's own bundle, as its Python package hands it out.

Here: its name in the site, and the one thing that is done to it on its way there. Not here: what is drawn with it.
"""

from pathlib import Path

LIBRARY = "plotly.min.js"
# The wrapper around it is for other module systems than a page's; the last line of the licence stands before it.
LICENCE_ENDS = "*/"
BEFORE, AFTER = '() => {\n"use strict";', "return Plotly;\n}));"


def write_library(file: Path) -> None:
    """Write the bundle for a page, its licence first.

    The package is imported here: a refresh that is not yet at its dashboard needs none of it.

    A browser reads a function that is handed over before it is called twice, and here that is all of five megabytes. So
    the wrapper goes, which saves a third of the time until charts can be drawn. A bundle that is wrapped otherwise is
    copied as it is.
    """
    from plotly.offline import get_plotlyjs

    file.write_text(unwrapped(get_plotlyjs()), encoding="utf-8")


def unwrapped(bundle: str) -> str:
    """Take the wrapper off; a bundle without it, or with another one, comes back as it is."""
    head, found, body = bundle.partition(BEFORE)
    if not found or not body.endswith(AFTER):
        return bundle
    licence, ended, _ = head.partition(LICENCE_ENDS)
    return f'{licence}{ended}\n"use strict";{body.removesuffix(AFTER)}\n'
