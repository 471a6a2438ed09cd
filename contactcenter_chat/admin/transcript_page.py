"""How is a transcript laid out on its page?"""

from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _

from ..attachments.links import path_to
from ..events import CUSTOMER
from ..models import Delivery
from ..queries.snippets import highlight
from .times import clock

LINK_SECONDS = 3_600  # as long as somebody reads a page


def by_day(lines, *, query=""):
    """Return [(day, rows)]; a row is what the template needs of a line."""
    marked = highlight([line.entry.message for line in lines if line.entry.message], query) if query else {}
    return [
        (day, [_row(line, marked) for line in group])
        for day, group in groupby(lines, key=lambda line: timezone.localtime(line.entry.at).date())
    ]


def episodes(transcript):
    """Return a row per interaction, with its times as text."""
    return [
        {
            "interaction": episode.interaction,
            "waiting": clock(episode.waiting),
            "handling": clock(episode.handling),
            "wrap_up": clock(episode.wrap_up),
            "codes": episode.codes,
        }
        for episode in transcript.episodes
    ]


def _row(line, marked):
    return {
        "line": line,
        "side": "in" if line.speaker == CUSTOMER else "out" if line.speaker else "event",
        "text": marked.get(line.message_id, line.text),
        "files": [_file(attachment) for attachment in line.attachments],
        "deliveries": [_delivery(delivery) for delivery in line.deliveries],
    }


def _file(attachment):
    address = path_to(attachment.pk, LINK_SECONDS) if attachment.is_clean else ""
    return {"attachment": attachment, "address": address}


def _delivery(delivery):
    if delivery.state == Delivery.State.PENDING and delivery.attempts_made:
        told = _("being tried again")
    else:
        told = delivery.get_state_display()
    return {"delivery": delivery, "told": told}
