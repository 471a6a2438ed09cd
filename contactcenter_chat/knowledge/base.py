"""What is an embedder?"""

import logging
from collections.abc import Sequence
from typing import Any

from django.utils.module_loading import import_string

from ..conf import settings
from ..workers.process import kept

logger = logging.getLogger(__name__)

Vector = Sequence[float]


class EmbedderAway(Exception):
    """An embedder has no answer now: what is owed is looked at again later."""


class Embedder:
    """Says what texts mean, in numbers: texts that mean much the same have vectors of much the same direction.

    It is made with the ``OPTIONS`` of the setting, and called by Celery workers alone: by one thread of a process,
    with no transaction open.
    """

    @property
    def model(self) -> str:
        """Name and release of what makes the vectors, at most 100 characters: those of two are never compared."""
        raise NotImplementedError

    def questions(self, texts: Sequence[str]) -> list[Vector]:
        """Return a vector for each of some questions. Raises EmbedderAway."""
        raise NotImplementedError

    def passages(self, texts: Sequence[str]) -> list[Vector]:
        """Return a vector for each of some passages that may hold the answer to a question. Raises EmbedderAway."""
        raise NotImplementedError


class Embedders:
    """The embedder of this process: made when it is first needed, and anew when the setting is another."""

    def __init__(self) -> None:
        self._setting: dict[str, Any] | None = None
        self._embedder: Embedder | None = None

    def get(self) -> Embedder | None:
        """Return it; None where the settings name none."""
        setting = settings.EMBEDDER
        if setting != self._setting:
            # First: another thread must not have the setting without what it names.
            self._embedder = import_string(setting["BACKEND"])(**setting.get("OPTIONS", {})) if setting else None
            self._setting = setting
        return self._embedder


embedders = kept(Embedders)


def is_set_up() -> bool:
    """Whether the settings name an embedder: who only asks for an answer need not load it."""
    return bool(settings.EMBEDDER)


def model_named() -> str:
    """Return the model of the settings' embedder for who only looks; empty without one, or where it cannot be had."""
    try:
        chosen = embedder()
        return chosen.model if chosen else ""
    except Exception:  # of whatever class the project names
        logger.exception("The embedder cannot be made.")
        return ""


def embedder() -> Embedder | None:
    """Return the embedder of the settings, or None."""
    return embedders.get()
