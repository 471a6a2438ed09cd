"""How is an attachment, or a file of an article, sent to whoever may read it?

In pieces, on WSGI and on ASGI, whole or a range of it. Only what is plainly an image is ever shown by a browser; all
else is saved, and nothing in it runs.
"""

import logging
import re
from contextlib import ExitStack, closing

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from ..database import without_transaction
from ..exceptions import Conflict, ContactCenterError, Forbidden, NotFound, Unavailable
from ..models import Attachment
from ..models.attachments import AttachmentState
from ..models.files import SHOWN
from . import links, storing
from .streaming import as_sent

logger = logging.getLogger(__name__)

RANGE = re.compile(r"bytes=(?P<first>[0-9]{0,18})-(?P<last>[0-9]{0,18})")
NOTHING_RUNS = "default-src 'none'; sandbox"


@login_not_required  # the link's signature is what counts
@without_transaction
@require_safe
def attachment(request, attachment_id):
    """An attachment, for whoever has a good link to it."""
    return by_link(request, attachment_id, links.ATTACHMENT, lambda: send(request, _sent(attachment_id)))


def by_link(request, file_id, kind, answer):
    """Return what ``answer()`` does, for whoever has a good link to this file; a refusal is for people to read."""
    expires, signature = request.GET.get("expires", ""), request.GET.get("signature", "")
    if not links.is_good(file_id, expires, signature, kind):
        return _refused(_("This link is wrong, or has expired."), 403)
    try:
        return answer()
    except ContactCenterError as error:
        return _refused(error.translated, error.status)


def send(request, row, headers=None):
    """Return the answer with an attachment's bytes, or with those of the range that is asked for.

    Raises NotFound, Conflict while it is being checked, Forbidden when it is not safe, Unavailable.
    """
    check_open(row)
    return send_file(request, row, headers)


def send_file(request, row, headers=None):
    """The same of any ``models.files.File`` that may be opened. Raises NotFound, Unavailable."""
    etag = f'"{row.sha256}"'
    if etag in request.headers.get("If-None-Match", ""):
        return _described(HttpResponse(status=304), row, etag, headers)
    first, size = _range(request, row.size, etag)
    if size == 0 and row.size:
        return _described(HttpResponse(status=416), row, etag, {"Content-Range": f"bytes */{row.size}"})
    response = _with_bytes(request, row, first, size)
    response["Content-Length"] = size
    if size < row.size:
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{first + size - 1}/{row.size}"
    return _described(response, row, etag, headers)


def check_open(row):
    """Refuse what may not be opened. Raises NotFound, Conflict, Forbidden."""
    if row is not None and row.state == AttachmentState.RECEIVING and row.message_id:
        raise Conflict(gettext_noop("This file is still being fetched. Please try again in a minute."))
    if row is None or row.state in (AttachmentState.RECEIVING, AttachmentState.REMOVED, AttachmentState.MISSING):
        raise NotFound("Attachment", row.pk if row else "")
    if row.state == AttachmentState.QUARANTINED:
        raise Conflict(gettext_noop("This file is still being checked. Please try again in a minute."))
    if row.state == AttachmentState.INFECTED:
        raise Forbidden(gettext_noop("This file is not safe and cannot be opened."))


def _sent(attachment_id):
    row = Attachment.objects.filter(pk=attachment_id).first()
    if row is None:
        raise NotFound("Attachment", attachment_id)
    return row


def _with_bytes(request, row, first, size):
    try:
        with ExitStack() as opened:
            file = opened.enter_context(closing(storing.storage().open(row.path)))
            if request.method == "HEAD":
                return HttpResponse()
            file.seek(first)
            pieces = storing.Pieces(file, size)
            opened.pop_all()  # whoever sends the pieces closes it
    except FileNotFoundError as error:
        raise NotFound(type(row).__name__, row.pk) from error
    except Exception as error:  # whatever a storage raises
        logger.exception("The file %s could not be read", row.pk)
        raise Unavailable(gettext_noop("The file could not be read. Please try again.")) from error
    return StreamingHttpResponse(as_sent(request, pieces))


def _described(response, row, etag, headers):
    shown = row.content_type in SHOWN
    response["Content-Type"] = row.content_type if shown else storing.BYTES
    response["Content-Disposition"] = content_disposition_header(not shown, row.name)
    response["Content-Security-Policy"] = NOTHING_RUNS
    response["X-Content-Type-Options"] = "nosniff"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=3600"
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def _range(request, size, etag):
    """Where the wanted bytes begin and how many they are; none of them for a range that is not there.

    What is no single range, or is meant for another version of the file, is answered with the whole.
    """
    asked = RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if not asked or request.headers.get("If-Range", etag) != etag or not (asked["first"] or asked["last"]):
        return 0, size
    if not asked["first"]:  # the last bytes
        wanted = min(int(asked["last"]), size)
        return size - wanted, wanted
    first = int(asked["first"])
    last = min(int(asked["last"] or size), size - 1)
    if asked["last"] and int(asked["last"]) < first:
        return 0, size
    return (first, last - first + 1) if first < size else (0, 0)


def _refused(text, status):
    response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
