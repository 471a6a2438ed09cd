"""How an access token is kept until it expires."""

import pytest

from contactcenter_chat.outbound import tokens
from contactcenter_chat.outbound.tokens import AccessToken


def test_who_learns_late_of_a_refusal_does_not_forget_the_newer_token():
    token = AccessToken()
    assert token.get(lambda: ("old", 3600)) == "old"
    token.forget("old")
    assert token.get(lambda: ("new", 3600)) == "new"
    token.forget("old")
    assert token.get(lambda: pytest.fail("It was there.")) == "new"


def test_who_cannot_get_a_token_leaves_the_others_to_try():
    token = AccessToken()

    def fail():
        raise ConnectionError

    with pytest.raises(ConnectionError):
        token.get(fail)
    assert token.get(lambda: ("new", 3600)) == "new"


def test_a_token_is_renewed_a_minute_before_it_ends(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(tokens.time, "monotonic", lambda: now[0])
    token, asked = AccessToken(), iter(["1", "2", "3"])
    assert token.get(lambda: (next(asked), 3600)) == "1"
    now[0] += 3539
    assert token.get(lambda: (next(asked), 3600)) == "1"
    now[0] += 1
    assert token.get(lambda: (next(asked), 10)) == "2"
    now[0] += 4
    assert token.get(lambda: (next(asked), 10)) == "2"
    now[0] += 1  # a short one after half of its life
    assert token.get(lambda: (next(asked), 10)) == "3"
