"""Is a remote centre asked for one access token, however many threads want it at once?"""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from contactcenter_chat.outbound import requests
from contactcenter_chat.outbound.tokens import AccessTokens
from contactcenter_chat.providers import chat_api_v2
from contactcenter_chat.providers.remote import Deadline

THREADS = 8
PATIENCE = 20  # seconds after which a barrier that nobody else reaches breaks, and the test with it


class Center:
    """Accepts its newest token only. The first ``refused`` requests with an old one are answered all at once."""

    def __init__(self, refused=1):
        self.tokens = []
        self.accepted = 0
        self._lock = threading.Lock()
        self._refused = threading.Barrier(refused)

    def request(self, method, url, body=b"", headers=None, **options):
        if urlsplit(url).path == "/oauth/v2/token":
            with self._lock:
                self.tokens.append(f"token {len(self.tokens) + 1}")
                return _answer(200, {"access_token": self.tokens[-1], "expires_in": "3600"})
        with self._lock:
            is_right = headers["Authorization"] == f"Bearer {self.tokens[-1]}"
            self.accepted += is_right
        if not is_right:
            self._refused.wait(PATIENCE)
        return _answer(200 if is_right else 401, {})

    def withdraw(self):
        """Accept none of the tokens given so far."""
        self.tokens.append("nobody's")


def _answer(status, body):
    content = json.dumps(body).encode()
    return requests.Response(1, status, text=content.decode(), content=content)


@pytest.fixture
def ask_at_once(monkeypatch):
    """Ask a centre from many threads at once, each with a provider of its own; return the statuses."""

    def ask(center):
        monkeypatch.setattr(requests, "request", center.request)
        start = threading.Barrier(THREADS)

        def one(number):
            provider = chat_api_v2.ChatApi(base_url="http://there.test", tenant="t", api_key="k", api_secret="s")
            start.wait(PATIENCE)
            return provider.ask("GET", f"conversations/{number}").status

        with ThreadPoolExecutor(THREADS) as threads:
            return list(threads.map(one, range(THREADS)))

    return ask


def test_threads_at_once_ask_for_one_token(ask_at_once):
    center = Center()
    assert ask_at_once(center) == [200] * THREADS
    assert (center.tokens, center.accepted) == (["token 1"], THREADS)


def test_a_token_that_is_refused_to_all_of_them_is_renewed_once(ask_at_once):
    center = Center(refused=THREADS)
    ask_at_once(center)
    center.withdraw()
    assert ask_at_once(center) == [200] * THREADS
    assert center.tokens == ["token 1", "nobody's", "token 3"]
    assert center.accepted == 2 * THREADS


@pytest.mark.parametrize("life", ["9" * 5000, 10**4000, "1e9", -5, None, [], "٣٦٠٠"])
def test_however_long_it_says_to_live_a_token_is_used(life, monkeypatch):
    def request(method, url, body=b"", headers=None, **options):
        return _answer(200, {"access_token": "token", "expires_in": life})

    monkeypatch.setattr(requests, "request", request)
    monkeypatch.setattr(chat_api_v2, "_tokens", AccessTokens())
    provider = chat_api_v2.ChatApi(base_url="http://there.test", tenant="t", api_key="k", api_secret="s")
    assert provider.headers(Deadline()) == {"Authorization": "Bearer token"}
