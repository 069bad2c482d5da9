"""Publishing what a build made: the same steps for a refresh and for `duebook publish`.

Here: that only a complete build is published, what the refresh log and the record of the build say afterwards, and
whether readers have the new publication if something failed. Not here: the files readers open (duebook/publication),
what the caller prints.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

import duckdb

from duebook.audit import Event, copy_events, record
from duebook.database_files import is_damage
from duebook.publication.publish import SiteWriter, publish
from duebook.publication.record import Publication, read_publication
from duebook.publication.targets import Target
from duebook.refresh_log import Refresh, begin_refresh, end_refresh
from duebook.settings import Settings
from duebook.warehouse.build_plan import NotPublishableError, is_whole, note_publication, start_over_next_time


class PublishedThenFailedError(RuntimeError):
    """Readers have the new publication, but something after that failed; the message is that of the failure.

    Attributes:
        publication: the new publication.
    """

    def __init__(self, error: Exception, publication: Publication) -> None:
        super().__init__(str(error))
        self.publication = publication


def publish_build(
    settings: Settings,
    target: Target,
    refresh_id: str,
    started_at: datetime,
    write_site: SiteWriter,
    months: Mapping[str, str],
    command: str,
) -> Publication:
    """Publish a target's build, and log how that went.

    In the audit log it stands twice: as `publishing` before, so that the publication has it, and as `published`. Where
    the first can't be written, nothing is published.

    Args:
        settings: the refresh's settings; the home's lock is held.
        target: the business day, what to read, where to publish.
        refresh_id: the refresh, as the log knows it.
        started_at: when it started, UTC without zone.
        write_site: makes the dashboard.
        months: the marts with a Parquet file for each month, with the date column that says which month.
        command: the command, schedule or sensor that publishes.

    Returns:
        The record of the publication.

    Raises:
        NotPublishableError: the marts are not those of a complete build; the last publication stays.
        PublishedThenFailedError: the marts are published, and the dashboard or the log could not be written.
        Exception: any other failure, for example a full disk; the last publication stays.
    """
    refresh = begin_refresh(settings, target.day, refresh_id, started_at)
    try:
        refuse_half_built(target)
        record(settings, Event.PUBLISHING, command, refresh_id)
        copy_events(settings)
        publication = publish(settings, target, refresh, write_site, months)
        _note(settings, target, refresh)
        _log_as_published(settings, command, publication)
    except Exception as error:
        current = read_publication(target.published_dir)
        is_published = current is not None and current.refresh_id == refresh_id
        # A full disk may have no room for the logs either: the error says why, and they stay at `publishing`.
        if is_published:
            with suppress(OSError):
                _log_as_published(settings, command, current)
        with suppress(duckdb.Error, OSError):
            if is_published:
                _note(settings, target, refresh, detail=f"after publishing: {error}")
            else:
                if is_damage(error):
                    start_over_next_time(target)
                end_refresh(settings, refresh, "failed", detail=f"publishing: {error}")
        if is_published:
            raise PublishedThenFailedError(error, current) from error
        raise
    return publication


def refuse_half_built(target: Target) -> None:
    """Check that the marts are those of a complete build that succeeded.

    Raises:
        NotPublishableError: they are not.
    """
    if not is_whole(target):
        said = f"{target.marts_file} holds no complete build of {target.day}: some models failed or weren't built"
        raise NotPublishableError(said)


def _log_as_published(settings: Settings, command: str, publication: Publication) -> None:
    counts = {"marts": len(publication.row_counts), "rows": sum(publication.row_counts.values())}
    record(settings, Event.PUBLISHED, command, publication.refresh_id, counts)


def _note(settings: Settings, target: Target, refresh: Refresh, detail: str | None = None) -> None:
    """Log that a refresh has published, and note it in the record of the build."""
    path = target.published_file.relative_to(settings.home).as_posix()
    end_refresh(settings, refresh, "published", detail, path)
    note_publication(target, refresh.refresh_id)
