"""Which contact centre does this site use, and is a callback really from there?"""

from functools import cache

from django.conf import settings

from contactcenter_chat import signature
from contactcenter_chat.client import ApiError, ChatApiClient
from contactcenter_chat.exceptions import BadSignature

from .gateway import Gateway

WEBHOOK = "Website"


@cache
def api():
    """The contact centre's API, with this site's own key."""
    center = settings.PORTAL
    return ChatApiClient(center["API_URL"], center["TENANT"], center["API_KEY"], center["API_SECRET"])


@cache
def gateway():
    """The contact centre's Chat Gateway, for files and cards, for who types and reads."""
    center = settings.PORTAL
    return Gateway(center["API_URL"], center["TENANT"], center["API_KEY"])


def is_connected():
    """Whether this site was told which contact centre it uses."""
    return bool(settings.PORTAL["API_KEY"])


def topics():
    """What a visitor can ask about: the names of this site's channels by their ids."""
    (webhook_id,) = (webhook["id"] for webhook in api().webhooks() if webhook["name"] == WEBHOOK)
    return {channel["id"]: channel["name"] for channel in api().channels() if channel["webHookId"] == webhook_id}


def event_id(headers, body):
    """Return the id of the event that this callback brings. Raises BadSignature."""
    transmission = signature.verify(headers, body, public_key)
    if transmission.tenant != settings.PORTAL["TENANT"]:
        raise BadSignature("The callback is another tenant's.")
    return transmission.event_id


_public_keys = {}  # the keys of a contact centre are few, and a key never changes


def public_key(key_id):
    """The contact centre's public key with this id; None when it has no such key."""
    if key_id not in _public_keys:
        try:
            _public_keys[key_id] = api().jwk(key_id)
        except ApiError:
            return None
    return _public_keys[key_id]
