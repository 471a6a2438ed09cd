import pytest

from contactcenter_chat.outbound import requests
from contactcenter_chat.workers import process
from tests.api.caller import Caller
from tests.factories import make_center


@pytest.fixture(autouse=True)
def _no_purses():
    """Nothing drawn from a key's bucket in one test is spent in another."""
    process.forget_all()


@pytest.fixture
def center(db):
    return make_center("college")


@pytest.fixture
def other(db):
    return make_center("museum")


@pytest.fixture
def api(center):
    return Caller(center)


class Receiver:
    """Stands for the internet: notes what is posted, and answers with ``status``."""

    def __init__(self):
        self.status = 200
        self.posts = []

    def post(self, url, body, headers):
        self.posts.append((url, body.decode(), headers))
        return requests.Response(duration_ms=1, status=self.status)


@pytest.fixture
def receiver(monkeypatch):
    receiver = Receiver()
    monkeypatch.setattr("contactcenter_chat.outbound.requests.post", receiver.post)
    return receiver
