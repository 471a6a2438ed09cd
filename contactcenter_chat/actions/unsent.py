"""How much may somebody upload and not send? What belongs to no message yet fills the storage for a day."""

from datetime import datetime, timedelta
from math import ceil

from django.db.models import Count, Min, Sum
from django.utils.translation import gettext_noop as _

from ..conf import settings
from ..exceptions import RateLimited
from ..models import Agent, ApiKey, Attachment
from ..models.attachments import AttachmentState
from ..models.clock import database_now


def check_room(uploader: ApiKey | Agent, size: int) -> None:
    """Lock whoever uploads; raises RateLimited when one more file, of so many bytes, is more than the settings allow.

    Expects a transaction in which the file is written down next. The conversation's lock comes before this one.
    """
    type(uploader)._default_manager.select_for_update(of=("self",), no_key=True).filter(pk=uploader.pk).get()
    unsent = Attachment.objects.filter(uploader=uploader.pk, message=None).exclude(state=AttachmentState.REMOVED)
    there = unsent.aggregate(files=Count("pk"), size=Sum("size", default=0), since=Min("created_at"))
    most_files, most_bytes = _most(uploader)
    if most_files and there["files"] >= most_files:
        raise RateLimited(
            _("No more than %(most)s files may be uploaded and not sent. Send some, or come again later."),
            most=most_files,
            retry_after=_seconds_left(there["since"]),
        )
    if most_bytes and there["size"] + size > most_bytes:
        raise RateLimited(
            _("No more than %(most)s bytes may be uploaded and not sent. Send some, or come again later."),
            most=most_bytes,
            retry_after=_seconds_left(there["since"]),
        )


def _most(uploader: ApiKey | Agent) -> tuple[int, int]:
    """How many files, and how many bytes; 0 for as many as there are."""
    if isinstance(uploader, Agent):
        return settings.ATTACHMENT_AGENT_UNSENT_FILES, settings.ATTACHMENT_AGENT_UNSENT_BYTES
    return settings.ATTACHMENT_UNSENT_FILES, settings.ATTACHMENT_UNSENT_BYTES


def _seconds_left(since: datetime | None) -> int:
    """How long until the oldest of them is deleted; a file that is too large by itself has no older ones."""
    kept = timedelta(hours=settings.ATTACHMENT_UNSENT_HOURS)
    left = since + kept - database_now() if since else kept
    return max(1, ceil(left.total_seconds()))
