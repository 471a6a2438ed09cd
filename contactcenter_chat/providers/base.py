"""What is a provider?"""

from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string

from ..conf import settings
from ..models import Channel, Conversation, Queue


@dataclass(frozen=True)
class ToQueue:
    """Agents of this queue are to answer."""

    queue: Queue


@dataclass(frozen=True)
class ToRemote:
    """The contact centre elsewhere is to answer; only a provider with ``is_remote`` says so."""


@dataclass(frozen=True)
class ToBot:
    """A bot of the project is to answer: one of the names in ``BOTS``."""

    name: str


@dataclass(frozen=True)
class Nobody:
    """Nobody is asked now. What the customer writes is kept."""


Answerer = ToQueue | ToRemote | ToBot | Nobody


class Provider:
    """Says who answers the customers of its channels. ``options`` are the ``OPTIONS`` of the setting."""

    is_remote = False  # whether a contact centre elsewhere answers: see ``remote``

    def answered_by(self, conversation: Conversation) -> Answerer:
        """Write: who is to answer this conversation, which nobody answers yet.

        It is asked when the customer starts a conversation or says something, under the conversation's lock, in the
        transaction of what the customer did. It may read; it writes nothing and calls nobody.
        """
        raise NotImplementedError

    @classmethod
    def wrong_options(cls, options: dict[str, Any]) -> list[str]:
        """Write, where there are options: what is wrong with these, in sentences."""
        return []

    # What a subclass need not touch

    name = ""  # in the settings

    def __init__(self, **options: Any) -> None:
        self.options = options


def provider_for(channel: Channel) -> Provider:
    """Return the provider of a channel. Raises KeyError when the settings do not name it."""
    return load_provider(channel.provider)


def load_provider(name: str) -> Provider:
    """Return the provider that the settings name so. Raises KeyError when they do not."""
    configured = settings.PROVIDERS[name]
    provider: Provider = import_string(configured["BACKEND"])(**configured.get("OPTIONS", {}))
    provider.name = name
    return provider
