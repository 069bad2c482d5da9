"""The command `duebook dashboard`: build the dashboard of the current publication again and serve it on this machine.

Here: options, messages, the web server. Not here: what the dashboard is (dashboard/site.py).
"""

import shutil
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated

import typer

from cli.arguments import takes_settings
from cli.audited import log
from cli.exit_codes import CommandError
from dashboard.site import write_site
from duebook.audit import Event
from duebook.home import HomeIsBusyError, only_writer
from duebook.publication.record import read_publication
from duebook.publication.run_facts import run_of
from duebook.publication.site_swap import INDEX, swap_site_in
from duebook.settings import Settings

HOST = "127.0.0.1"
PORT = 8050
DRAFT_FOLDER = ".dashboard"


class Site(SimpleHTTPRequestHandler):
    """Serves the files; a browser asks for the page again each time, and so sees the next publication."""

    def end_headers(self) -> None:
        """Say that nothing may be shown without asking."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Keep quiet: the terminal is for the address."""


@takes_settings("home")
def run(
    settings: Settings,
    build_only: Annotated[bool, typer.Option("--build-only", help="Build it, but don't serve it.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to serve it on; a free one if it is taken.")] = PORT,
) -> None:
    """It is served to this machine only, until Ctrl-C ends it."""
    if not read_publication(settings.published_dir):
        raise CommandError(f"Nothing is published in {settings.home} yet: run `make refresh` first.")
    page = build(settings)
    if build_only:
        print(f"Dashboard: {page}")
        return
    with server(page.parent, port) as running:
        print(f"Dashboard: http://{HOST}:{running.server_port}/ (Ctrl-C ends it)", flush=True)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            print()


def build(settings: Settings) -> Path:
    """Build the dashboard of the current publication again, where it is published; returns its page.

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
            run = run_of(settings, settings.published_dir)
            write_site(settings.published_file, publication, draft, run)
            swap_site_in(draft, page.parent)
            draft.rmdir()
            log(settings, Event.PUBLISHED, "dashboard", f"{publication.refresh_id}, its dashboard")
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
