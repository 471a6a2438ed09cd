"""How long does a simulation run? Until its time is over or somebody asks it to stop."""

import signal
from contextlib import contextmanager
from threading import Event, Timer


@contextmanager
def until_stopped(seconds=None):
    """An event that is set after ``seconds``, or when the process gets SIGINT or SIGTERM."""
    stop = Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    timer = Timer(seconds, stop.set) if seconds is not None else None
    try:
        if timer:
            timer.start()
        yield stop
    finally:
        if timer:
            timer.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)
