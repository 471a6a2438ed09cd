"""Which kinds of cards are there, and how large may one be?"""

import json
from importlib import import_module
from types import ModuleType
from typing import Any

from django.utils.translation import gettext_noop as _

from ..conf import settings
from ..events import ADAPTIVE, QUICK_REPLIES
from ..exceptions import Invalid
from ..storable import check_json, is_deeper

KINDS = {
    ADAPTIVE: "contactcenter_chat.cards.adaptive",
    QUICK_REPLIES: "contactcenter_chat.cards.quick_replies",
}
MOST_LEVELS = 16


def kind_of(content_type: str) -> ModuleType:
    """Return the module that knows this kind of card. Raises Invalid."""
    if content_type not in KINDS:
        kinds = ", ".join(KINDS)
        raise Invalid(_("Has to be one of %(kinds)s."), kinds=kinds, field="content_type", value=content_type)
    return import_module(KINDS[content_type])


def check(content_type: str, content: Any) -> None:
    """Refuse what is no card that can be kept and shown. Raises Invalid."""
    kind = kind_of(content_type)
    check_size(content, "content")
    kind.check(content)


def check_size(content: Any, field: str) -> None:
    """Refuse what is no object, too large, too deep, or cannot be stored and told again as it is."""
    if not isinstance(content, dict):
        raise Invalid("Must be an object.", field=field)
    if is_deeper(content, MOST_LEVELS):
        raise Invalid(f"May not be nested deeper than {MOST_LEVELS} levels.", field=field)
    encoded = json.dumps(content, ensure_ascii=False)
    if len(encoded.encode(errors="replace")) > settings.CARD_MAX_BYTES:
        raise Invalid(f"May not be larger than {settings.CARD_MAX_BYTES} bytes.", field=field)
    check_json(content, field)
