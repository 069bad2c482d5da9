"""The command `duebook dashboard`: build the dashboard of the current publication anew and serve it on this machine.

Here: options, messages, the web server. Not here: what the dashboard is (dashboard/site.py).
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cli.arguments import WrongSettingError, read_settings
from dashboard.site import write_site
from duebook.home import HomeIsBusyError, only_writer
from duebook.publication.record import read_publication
from duebook.publication.site_swap import INDEX, swap_site_in
from duebook.settings import Settings

HOST = "127.0.0.1"
PORT = 8050
DRAFT_FOLDER = ".dashboard"
NOTHING_PUBLISHED, WRONG_SETTING, BUSY = 1, 2, 3


class Site(SimpleHTTPRequestHandler):
    """Serves the files; a browser asks for the page anew each time, and so sees the next publication."""

    def end_headers(self) -> None:
        """Say that nothing may be shown without asking."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Keep quiet: the terminal is for the address."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Build and serve until interrupted; returns the exit code."""
    parser = argparse.ArgumentParser(prog="duebook dashboard", description=__doc__.partition("\n")[0])
    parser.add_argument("--build-only", action="store_true", help="build it, but don't serve it")
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"port to serve it on; a free one if it's taken ({PORT})"
    )
    options = parser.parse_args(arguments)
    try:
        settings = read_settings([])
    except WrongSettingError as wrong:
        print(wrong, file=sys.stderr)
        return WRONG_SETTING
    if not read_publication(settings.published_dir):
        print(f"Nothing is published in {settings.home} yet; run `make refresh` first.", file=sys.stderr)
        return NOTHING_PUBLISHED
    try:
        page = build(settings)
    except HomeIsBusyError as busy:
        print(f"{busy} Nothing was done.", file=sys.stderr)
        return BUSY
    if options.build_only:
        print(f"Dashboard: {page}")
        return 0
    with server(page.parent, options.port) as running:
        print(f"Dashboard: http://{HOST}:{running.server_port}/ (Ctrl-C ends it)", flush=True)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0


def build(settings: Settings) -> Path:
    """Build the dashboard of the current publication anew, where it is published; returns its page.

    While a refresh runs nothing is built: it brings a dashboard of its own, and what is published is shown until then.

    Raises:
        HomeIsBusyError: a refresh runs and no dashboard is published yet.
    """
    page = settings.dashboard_dir / INDEX
    draft = settings.published_dir / DRAFT_FOLDER
    try:
        with only_writer(settings):
            print(f"Building from {settings.published_file} ...", flush=True)
            shutil.rmtree(draft, ignore_errors=True)
            publication = read_publication(settings.published_dir)
            write_site(settings.published_file, publication, draft)
            swap_site_in(draft, page.parent)
            draft.rmdir()
    except HomeIsBusyError as busy:
        if not page.exists():
            raise
        print(f"{busy} Showing the dashboard that is published.", flush=True)
    return page


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """Open a web server for a folder, reachable from this machine only, on the port or, if it is taken, a free one."""
    handler = partial(Site, directory=str(folder))
    try:
        return ThreadingHTTPServer((HOST, port), handler)
    except OSError:
        return ThreadingHTTPServer((HOST, 0), handler)
