"""Which passages are nearest to a question? Vectors are compared in this process, all of a tenant's at once.

A process keeps those of the tenants that asked last. What it keeps is told apart by the digests of the versions, so
that nothing has to say that a text has changed.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..workers.process import kept
from .base import EmbedderAway, Vector

NEAR_ENOUGH = 0.80  # cosine: below that it is another matter
BYTES_MOST = 2**28  # of the vectors that a process keeps; what was asked last stays in any case
NUMBER = "<f4"
TWO = 2  # dimensions of a matrix

Key = tuple[str, str]  # a version by its id, and the digest of its words
Load = Callable[[Collection[str]], Iterable[tuple[str, str, int, bytes]]]


class OtherLength(EmbedderAway):
    """A question cannot be compared: its vector has more or fewer numbers than those of the passages."""


class Near(NamedTuple):
    """A version, which of its passages is nearest to a question, and how near: 1 is the same, 0 another matter."""

    version: str
    passage: int
    score: float


def packed(vectors: Sequence[Vector]) -> tuple[int, bytes]:
    """Return (width, bytes) of some vectors, each made one long: then their product is the cosine between them.

    Raises EmbedderAway for what are no vectors of one length.
    """
    try:
        matrix = _numpy().asarray(vectors, dtype=NUMBER)
    except (TypeError, ValueError) as error:
        raise EmbedderAway(str(error)) from error
    if matrix.ndim != TWO or not matrix.shape[1] or not _numpy().isfinite(matrix).all():
        raise EmbedderAway("These are no vectors of one length.")
    return matrix.shape[1], _unit(matrix).astype(NUMBER).tobytes()


def alike(question: bytes, others: Sequence[bytes]) -> list[float]:
    """Return how near each of some packed vectors is to another one; 0 of one of another length."""
    numpy = _numpy()
    asked = numpy.frombuffer(question, dtype=NUMBER)
    return [
        float(numpy.frombuffer(other, dtype=NUMBER) @ asked) if len(other) == len(question) else 0.0
        for other in others
    ]


def _unit(matrix: Any) -> Any:
    lengths = _numpy().linalg.norm(matrix, axis=-1, keepdims=True)
    lengths[lengths == 0] = 1
    return matrix / lengths


class Shelf:
    """The vectors of a tenant, of one model, by the versions they are of."""

    def __init__(self) -> None:
        self._blocks: dict[Key, Any] = {}
        self._keys: list[Key] = []
        self._starts: Any = None
        self._matrix: Any = None
        self.size = 0

    def nearest(self, question: Vector, wanted: Mapping[str, str], load: Load, most: int) -> list[Near]:
        """Return the best passage of each of the nearest of the ``wanted`` versions, the nearest first.

        ``wanted`` has the digests of the versions that may be found. ``load(ids)`` yields (id, digest, width,
        vectors) of versions; one without vectors, or with those of other words, is not found.
        """
        self._fetch(wanted, load)
        if self._matrix is None:
            return []
        numpy = _numpy()
        asked = numpy.frombuffer(packed([question])[1], dtype=NUMBER)
        if len(asked) != self._matrix.shape[1]:
            raise OtherLength("The question's vector is of another length than those of the passages.")
        scores = self._matrix @ asked
        best = numpy.maximum.reduceat(scores, self._starts)
        allowed = numpy.fromiter((wanted.get(key[0]) == key[1] for key in self._keys), bool, len(self._keys))
        best[~allowed] = -numpy.inf
        order = numpy.argsort(-best, kind="stable")[:most]
        return [self._near(int(at), scores) for at in order if allowed[at]]

    def _near(self, at: int, scores: Any) -> Near:
        start = int(self._starts[at])
        own = scores[start : start + len(self._blocks[self._keys[at]])]
        passage = int(own.argmax())
        return Near(self._keys[at][0], passage, round(float(own[passage]), 4))

    def _fetch(self, wanted: Mapping[str, str], load: Load) -> None:
        missing = [pk for pk, digest in wanted.items() if (pk, digest) not in self._blocks]
        if not missing:
            return
        numpy, changed = _numpy(), False
        for pk, digest, width, vectors in load(missing):
            if digest == wanted.get(pk) and width:
                self._blocks[pk, digest] = numpy.frombuffer(vectors, dtype=NUMBER).reshape(-1, width)
                changed = True
        if changed:
            self._put_together(wanted)

    def _put_together(self, wanted: Mapping[str, str]) -> None:
        """One matrix of all; what a version said before it is changed goes."""
        numpy = _numpy()
        self._blocks = {key: block for key, block in self._blocks.items() if wanted.get(key[0], key[1]) == key[1]}
        others = [key for key in self._blocks if key[0] not in wanted]
        if len(others) > len(wanted):  # of other queues, but for those that are gone: who asks for them has them read
            for key in others:
                del self._blocks[key]
        widths = {block.shape[1] for block in self._blocks.values()}
        if len(widths) > 1:  # somebody's server has changed its model without a word
            width = next(reversed(self._blocks.values())).shape[1]
            self._blocks = {key: block for key, block in self._blocks.items() if block.shape[1] == width}
        self._keys = list(self._blocks)
        lengths = [len(block) for block in self._blocks.values()]
        self._starts = numpy.cumsum([0, *lengths[:-1]])
        self._matrix = numpy.concatenate(list(self._blocks.values()))
        self._blocks = {
            key: self._matrix[start : start + length]
            for key, start, length in zip(self._keys, self._starts, lengths, strict=True)
        }
        self.size = self._matrix.nbytes


class Shelves:
    """The shelves of this process, by tenant and model; the ones that were asked last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shelves: OrderedDict[tuple[str, str], Shelf] = OrderedDict()

    def nearest(
        self, tenant_id: str, model: str, question: Vector, wanted: Mapping[str, str], load: Load, most: int
    ) -> list[Near]:
        """See ``Shelf.nearest``."""
        with self._lock:  # a worker compares one question at a time: that is milliseconds
            shelf = self._shelves.setdefault((tenant_id, model), Shelf())
            self._shelves.move_to_end((tenant_id, model))
            found = shelf.nearest(question, wanted, load, most)
            self._make_room()
        return found

    def forget(self, tenant_id: str, model: str) -> None:
        """Read them anew when they are asked for."""
        with self._lock:
            self._shelves.pop((tenant_id, model), None)

    def _make_room(self) -> None:
        while len(self._shelves) > 1 and sum(shelf.size for shelf in self._shelves.values()) > BYTES_MOST:
            self._shelves.popitem(last=False)


shelves = kept(Shelves)


def _numpy() -> Any:
    """It comes with an extra: whoever compares vectors has it."""
    import numpy

    return numpy
