"""Whose key it is; what the command says of one that is not good."""

import sys

import pytest
from django.core.management import CommandError, call_command

from contactcenter_chat.actions.setup.tenants import revoke_api_key
from contactcenter_chat.exceptions import RateLimited, Unauthorized
from contactcenter_chat.management.assistants import server
from contactcenter_chat.management.assistants.callers import KEY, SECRET, Caller
from tests.factories import make_center

pytestmark = pytest.mark.django_db


@pytest.fixture
def environment(center, monkeypatch):
    monkeypatch.setenv(KEY, center.key)
    monkeypatch.setenv(SECRET, center.secret)


def test_the_environment_names_the_key(center, environment, monkeypatch):
    served = []
    monkeypatch.setattr(server, "serve", served.append)
    call_command("contactcenter_mcp", "--tenant", "college")
    assert served == [Caller("college", center.key, center.secret)]
    assert served[0].api_key() == center.api_key
    assert center.key not in repr(served[0])
    assert center.secret not in repr(served[0])


@pytest.mark.parametrize("missing", [KEY, SECRET])
def test_without_a_key_nothing_is_served(environment, monkeypatch, missing):
    monkeypatch.delenv(missing)
    with pytest.raises(CommandError, match=f"^{KEY} and {SECRET} must be in the environment.$"):
        call_command("contactcenter_mcp", "--tenant", "college")


def test_one_sentence_whatever_is_wrong(center, environment):
    other = make_center("school")
    for caller in (
        Caller("college", "x", center.secret),
        Caller("college", center.key, other.secret),
        Caller("college", other.key, other.secret),
        Caller("nobody", center.key, center.secret),
    ):
        with pytest.raises(Unauthorized, match=f"is not, or no longer, good for {caller.tenant}"):
            caller.api_key()
    revoke_api_key(center.api_key)
    with pytest.raises(CommandError, match="is not, or no longer, good for college"):
        call_command("contactcenter_mcp", "--tenant", "college")


def test_a_call_counts_as_one_of_the_key(center, environment, settings):
    settings.CONTACTCENTER_CHAT = {"API_RATE_LIMIT": 2}
    caller = Caller("college", center.key, center.secret)
    for _call in range(2):
        caller.api_key()
    with pytest.raises(RateLimited, match="Too many requests"):
        caller.api_key()
    with pytest.raises(CommandError, match="Too many requests"):
        call_command("contactcenter_mcp", "--tenant", "college")
    center.api_key.refresh_from_db()
    assert center.api_key.last_used_at is not None


def test_without_the_library_it_says_what_to_install(environment, monkeypatch):
    monkeypatch.setitem(sys.modules, "contactcenter_chat.management.assistants.server", None)
    monkeypatch.setitem(sys.modules, "mcp", None)
    with pytest.raises(CommandError, match=r"is missing: pip install \"django-contactcenter-chat\[mcp\]\""):
        call_command("contactcenter_mcp", "--tenant", "college")
