"""What a process keeps for itself: the same object, made anew after a fork and when all is to be forgotten."""

import multiprocessing
import subprocess
import sys

import pytest

from contactcenter_chat.workers import process


class Notes:
    def __init__(self, *first):
        self.notes = list(first)


@pytest.fixture
def notes(monkeypatch):
    monkeypatch.setattr(process, "_kept", [])
    return process.kept(Notes, "first")


def test_it_is_forgotten_and_made_anew_with_what_it_was_made_with(notes):
    notes.notes.append("second")
    process.forget_all()
    assert notes.notes == ["first"]


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_begins_anew(notes):
    notes.notes.append("second")
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    child = context.Process(target=lambda: theirs.send(notes.notes))
    child.start()
    assert ours.recv() == ["first"]
    child.join()
    assert notes.notes == ["first", "second"]


KEEPS = """
from contactcenter_chat.workers.process import kept
class Kept:
    def close(self): print("closed")
kept(Kept)
"""


def test_what_it_keeps_is_closed_at_its_end():
    """Connections are not left to the garbage collection, which warns of each that is still open."""
    assert subprocess.check_output([sys.executable, "-c", KEEPS], text=True) == "closed\n"
