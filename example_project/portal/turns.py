"""Is a bot of the contact centre at an answer to what the visitor has said or pressed last?

It is a sign and no more: what is known of it is kept in the cache, and a slow centre is not awaited.
"""

import logging
from datetime import timedelta

import requests
from django.core.cache import cache
from django.utils import timezone

from contactcenter_chat.client import ApiError

from . import center
from .gateway import SOON
from .models import Line

logger = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=60)  # that long a bot is likely still at it


def is_bots(chat):
    """Whether a bot of the contact centre is to answer, and is likely still at it."""
    act = _unanswered(chat)
    if not act:
        return False
    # Asked once for an act: who has the conversation later says or is told something, which is a line.
    # And asked by one look for new lines: those that come meanwhile do not wait for it.
    key, seconds = f"portal-bots-turn-{chat.pk}-{act}", PATIENCE.total_seconds()
    if cache.add(key, False, seconds):
        cache.set(key, _has_bot(chat), seconds)
    return cache.get(key, False)


def press(chat, line, card):
    """Note that the visitor has pressed something on a card when that line was the chat's last one."""
    cache.set(_pressed(chat), (line.pk, card["id"]), PATIENCE.total_seconds())


def _unanswered(chat):
    """What the visitor has done lately, and nothing was said since; a name for it, or nothing."""
    last = Line.objects.filter(conversation_id=chat.conversation_id).last()
    if last is None:
        return ""
    # A press is kept with its card's line and is none itself.
    line, card = cache.get(_pressed(chat), (None, ""))
    if line == last.pk:
        return f"{line}-{card}"
    is_new = last.author == Line.Author.VISITOR and last.at >= timezone.now() - PATIENCE
    return str(last.pk) if is_new else ""


def _pressed(chat):
    return f"portal-pressed-{chat.pk}"


def _has_bot(chat):
    try:
        return not center.gateway().waits(chat.conversation_id, timeout=SOON)
    except (ApiError, requests.RequestException) as error:  # a sign is not worth more
        logger.info("The contact centre could not be asked who has the conversation: %s", error)
        return False
