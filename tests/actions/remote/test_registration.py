"""Registering at a remote centre: once, again, and without doing it."""

import pytest
from django.core.management import CommandError, call_command

from contactcenter_chat import checks
from contactcenter_chat.actions.receivers import ensure_receiver
from contactcenter_chat.exceptions import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    RateLimited,
    Unauthorized,
    Unreachable,
)
from contactcenter_chat.models import Channel, Receiver, Webhook
from contactcenter_chat.outbound.requests import Response
from contactcenter_chat.providers.base import load_provider
from contactcenter_chat.providers.remote import RemoteCenter, check
from tests.facts import fresh, nothing_written, refused
from tests.remote_center import THERE

pytestmark = pytest.mark.django_db
CALLBACK_URL = "http://here.test/callbacks/vendor/"


@pytest.fixture
def options(here, there):
    here.options.update(channel="", queue=there.queue.pk, callback_url=CALLBACK_URL)
    return here.options


def run(capsys, *arguments):
    call_command("contactcenter_setup_provider", "vendor", *arguments)
    return capsys.readouterr().out.splitlines()


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Webhook, Receiver, Channel)]


def test_twice_changes_nothing(options, here, there, capsys):
    said = run(capsys, "--tenant=here")
    webhook = Webhook.objects.get(tenant=there.tenant, name="here (vendor)")
    channel = Channel.objects.get(tenant=there.tenant, name="here (vendor)")
    assert said == [
        "vendor now belongs to here.",
        f"Made the webhook here (vendor) ({webhook.pk}).",
        "The centre posted its verification to us, and we answered it.",
        f"Made the channel here (vendor) ({channel.pk}).",
    ]
    assert (webhook.uri, channel.webhook, channel.queue) == (CALLBACK_URL, webhook, there.queue)
    receiver = Receiver.objects.get(provider="vendor")
    assert (receiver.tenant, receiver.remote_channel) == (here.tenant, channel.pk)
    before = everything()
    assert run(capsys) == [
        f"The webhook here (vendor) ({webhook.pk}) is as it should be.",
        "The centre posted its verification to us, and we answered it.",
        f"The channel here (vendor) ({channel.pk}) is as it should be.",
    ]
    assert everything() == before


def test_a_dry_run(options, here, network, capsys):
    assert run(capsys, "--tenant=here", "--dry-run") == [
        "vendor would belong to here.",
        "Would make the webhook here (vendor).",
        "Would make the channel here (vendor).",
    ]
    assert {method for method, path in network.asked if path != "/oauth/v2/token"} == {"GET"}
    assert not Receiver.objects.filter(provider="vendor").exists()


def test_what_was_changed_there_is_set_right(options, here, there, capsys):
    run(capsys, "--tenant=here")
    Channel.objects.filter(tenant=there.tenant, name="here (vendor)").update(webhook=there.webhook)
    assert any(line.startswith("Changed the channel") for line in run(capsys))
    channel = Channel.objects.get(tenant=there.tenant, name="here (vendor)")
    assert channel.webhook.name == "here (vendor)"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"queue": "nowhere"}, "Queue ID nowhere is invalid."),
        ({"queue": ""}, "The option 'queue' of 'vendor' is needed for this."),
        ({"api_secret": "wrong"}, ""),
        (
            {"callback_url": "http://here.test/nothing/"},
            "The URL did not pass the verification. It answered 404.",
        ),
    ],
)
def test_what_is_refused_is_told_in_the_centres_words(change, complaint, options, capsys):
    options.update(change)
    with pytest.raises(CommandError) as refused:
        call_command("contactcenter_setup_provider", "vendor", "--tenant=here")
    assert complaint in str(refused.value)
    assert str(refused.value)


def test_a_centre_that_does_not_answer_is_told_with_its_address(options, monkeypatch):
    def nobody(*args, **kwargs):
        return Response(duration_ms=1, error="ConnectionRefusedError: refused")

    monkeypatch.setattr(RemoteCenter, "ask", nobody)
    with pytest.raises(CommandError) as refused:
        call_command("contactcenter_setup_provider", "vendor", "--tenant=here")
    assert str(refused.value) == (
        f"Nobody answers at {options['base_url']} as it should: its server must run. ConnectionRefusedError: refused"
    )


def test_a_tenant_that_is_not_there_is_told(options):
    with pytest.raises(CommandError, match=r"^There is no tenant nosuch\.$"):
        call_command("contactcenter_setup_provider", "vendor", "--tenant=nosuch")


def test_whose_it_is_must_be_said(options):
    with pytest.raises(CommandError, match="--tenant"):
        call_command("contactcenter_setup_provider", "vendor")
    with pytest.raises(CommandError):
        call_command("contactcenter_setup_provider", "default", "--tenant=here")
    call_command("contactcenter_setup_provider", "vendor", "--tenant=here")
    with pytest.raises(CommandError, match="belongs to another"):
        call_command("contactcenter_setup_provider", "vendor", "--tenant=there")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"api_key": ""}, "The option 'api_key' is missing."),
        ({"apikey": "x"}, "There is no option 'apikey'."),
        ({"idempotency_keys": "no"}, "The option 'idempotency_keys' must be of the type bool."),
        ({"base_url": "there"}, "The option 'base_url' must be an http or https URL."),
        ({"base_url": "http://["}, "The option 'base_url' must be an http or https URL."),
    ],
)
def test_wrong_options_are_a_check(change, complaint, options):
    assert checks.check_settings(None) == []
    options.update(change)
    (message,) = checks.check_settings(None)
    assert message.id == "contactcenter_chat.E014"
    assert message.msg == f'CONTACTCENTER_CHAT["PROVIDERS"]["vendor"]["OPTIONS"]: {complaint}'
    assert "api_secret" in message.hint


@pytest.mark.parametrize(
    ("status", "content", "error", "words"),
    [
        (400, b'{"message": "No.", "errors": ["name: May not be empty."]}', Invalid, "No. name: May not be empty."),
        (400, b'{"message": "No.", "errors": [{"code": "x", "message": "Bad queue."}]}', Invalid, "No. Bad queue."),
        (400, b'{"message": "No.", "errors": {"code": "x", "message": "Bad."}}', Invalid, "No. Bad."),
        (401, b'{"fault": {"faultstring": "Invalid Access Token"}}', Unauthorized, "Invalid Access Token"),
        (403, b'{"message": "Not yours."}', Forbidden, "Not yours."),
        (404, b'{"title": "Resource not found.", "detail": "Gone."}', NotFound, "Resource not found. Gone."),
        (429, b"", RateLimited, "It answered 429."),
        (500, b'"Internal server error."', Unreachable, "Internal server error."),
        (502, b"<html>Bad gateway</html>", Unreachable, "<html>Bad gateway</html>"),
    ],
)
def test_refusals_keep_the_centres_words(status, content, error, words):
    with pytest.raises(error) as refused:
        check(Response(1, status, content=content))
    assert (type(refused.value), refused.value.message, str(refused.value)) == (error, words, words)


def test_its_receiver_is_made_once(here):
    provider = load_provider("vendor")
    row = ensure_receiver(here.tenant, provider)
    told = ("remote_center", "vendor", THERE, "to v2.0")
    assert fresh(row, "tenant_id", "kind", "provider", "uri", "format") == (here.tenant.pk, *told)
    with nothing_written():
        assert ensure_receiver(here.tenant, provider) == row


def test_its_receiver_belongs_to_one_contact_centre(here, there):
    provider = load_provider("vendor")
    ensure_receiver(here.tenant, provider)
    with refused(Conflict, code="conflict"):
        ensure_receiver(there.tenant, provider)
