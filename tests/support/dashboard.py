"""A dashboard that is open in a browser, and reading figures off it."""

import re

from playwright.sync_api import ConsoleMessage, Locator, Page, Request

PAGES = ("overview", "receivables", "customers", "account", "forecast", "team", "compliance", "quality")
NO_VALUE = "n/a"
# A minus as the pages write it, and what they mark a difference with that is too small to show.
SIGNS = str.maketrans({",": "", "\N{MINUS SIGN}": "-", "\N{PLUS-MINUS SIGN}": "+"})
SPACES = re.compile(r"\s+")


class Dashboard:
    """An open dashboard. `problems`: what went wrong so far, and every request for anything outside its own folder."""

    def __init__(self, page: Page, index: str) -> None:
        self.page = page
        self.index = index
        self.problems: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("request", self._asked)
        page.on("requestfailed", lambda request: self.problems.append(f"failed: {request.url}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        own = self.index.rpartition("/")[0]
        if not request.url.startswith((f"{own}/", "data:", "blob:")):
            self.problems.append(f"request: {request.url}")

    def open(self, address: str = "") -> None:
        """Open it at an address (what follows the #), as somebody who was sent a link; wait until all is drawn."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.index}#{address}" if address else self.index)
        self.wait()

    def go(self, address: str) -> None:
        """Go on to an address without loading anew."""
        self.page.evaluate("address => { location.hash = address }", address)
        self.wait()

    def wait(self) -> None:
        """Wait until all charts are drawn."""
        self.page.wait_for_selector(f"html[data-ready='{self.address}']")

    @property
    def address(self) -> str:
        """What follows the page in the address, the # included."""
        return self.page.evaluate("location.hash")

    def choose(self, name: str, label: str) -> None:
        """Choose in a filter by what it shows."""
        self.page.get_by_label(name, exact=True).select_option(label=label)
        self.wait()

    def tile(self, kpi_id: str) -> str:
        """Read a tile's text, one line a part."""
        return plain(self.page.locator(f".tile[data-kpi={kpi_id}]").inner_text())

    def value(self, kpi_id: str) -> str:
        """Read a KPI's value off its tile, or off the tile it stands beside."""
        shown = self.page.locator(f".tile[data-kpi={kpi_id}] .value, dd[data-kpi={kpi_id}]").first
        return plain(shown.inner_text())

    def titles(self) -> list[str]:
        """Read the titles of charts and cards."""
        return [plain(title) for title in self.page.locator("main h2").all_inner_texts()]

    def table(self, chart: str) -> list[list[str]]:
        """Open the table of a chart and read its rows."""
        figure = self.page.locator(f"#{chart}")
        if figure.locator("details[open]").count() == 0:
            figure.locator("summary").click()
            figure.locator("tbody").wait_for(state="attached")
        return self._rows(figure.locator("tbody tr"))

    def rows_of(self, caption: str) -> list[list[str]]:
        """Read the rows of a table that stands open."""
        return self._rows(self.page.get_by_role("region", name=caption, exact=True).locator("tbody tr"))

    def _rows(self, rows: Locator) -> list[list[str]]:
        # All at once: to ask for each row takes a second where there are a hundred.
        texts = rows.evaluate_all("rows => rows.map((row) => [...row.children].map((cell) => cell.innerText))")
        return [[plain(cell) for cell in row] for row in texts]


def plain(text: str) -> str:
    """Collapse spaces of any kind."""
    return SPACES.sub(" ", text).strip()


def number(text: str) -> float | None:
    """Read a figure as it is shown; None for one that is missing."""
    if text == NO_VALUE:
        return None
    return float(re.search(r"[+-]?[\d.]+", text.translate(SIGNS))[0])
