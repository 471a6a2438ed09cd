"""Where is looked for articles? In a thread of a worker, beside its tasks: an embedder may be somebody's server.

One thread a process, so that the model is there once and a server that hangs holds up nothing else.
"""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from ...workers.process import kept
from ...workers.threads import Threads
from . import drafts, questions, vectors

Done = TypeVar("Done")

_threads = kept(Threads, "knowledge", lambda: 1)


def look_in_thread() -> None:
    """Do all that is owed. What takes long goes on by itself; while it does, nothing is done: the sweep asks again."""
    _threads.do(look)


def done_there(work: Callable[[], Done]) -> Future[Done]:
    """Have something done in that thread, after what it is at; return the future."""
    return _threads.submit(work)


def look() -> None:
    """Find answers to what customers asked, then make the vectors of articles that are owed, then drafts."""
    questions.answer_due()
    vectors.make_due()
    drafts.make_due()
