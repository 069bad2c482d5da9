"""How long a dashboard takes until all of a page is drawn: `python -m benchmarks.dashboard <published>/dashboard`.

Here: opening each page from disk in a fresh browser profile and timing it. Not here: what is right on a page
(tests/browser). For 60 months x 5 companies x 10 segments, publish a landing made by
`python -m sample.generate --companies 5 --segments 10 --first-day 2021-07-01 --customers 800 --out DIR`.
"""

import argparse
import os
import shutil
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

PAGES = ("overview", "receivables", "customers", "team", "quality")
TIMES = 5
# Notes, inside the page, when it says for the first time that all is drawn.
WATCH = """new MutationObserver(() => {
    if (document.documentElement.dataset.ready !== undefined) window.readyAfter ??= performance.now();
}).observe(document, { attributes: true, subtree: true, childList: true })"""


def time_page(browser: Browser, address: str) -> tuple[float, float]:
    """Open a page once; returns milliseconds until it was ready, and of the page's own processor time."""
    context = browser.new_context(viewport={"width": 1360, "height": 900})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    metrics = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
    ready = page.evaluate("window.readyAfter")
    context.close()
    return ready, metrics["TaskDuration"] * 1000


def main() -> None:
    """Time every page and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dashboard", description=__doc__.partition(":")[0])
    parser.add_argument("site", type=Path, help="folder of a dashboard")
    index = (parser.parse_args().site.resolve() / "index.html").as_uri()
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    print(f"Milliseconds, median (least) of {TIMES}; load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        for name in PAGES:
            ready, busy = zip(*(time_page(browser, f"{index}#{name}") for _ in range(TIMES)), strict=True)
            figures = ", ".join(
                f"{what} {median(values):.0f} ({min(values):.0f})"
                for what, values in (("ready", ready), ("processor", busy))
            )
            print(f"{name:<12} {figures}")
        browser.close()


if __name__ == "__main__":
    main()
