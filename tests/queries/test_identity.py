"""How sure is it who the customer of a conversation is?"""

from datetime import timedelta

import pytest

from contactcenter_chat.models import Conversation, Verification
from contactcenter_chat.models.clock import database_now
from contactcenter_chat.queries.identity import Standing, level_of, standing_of
from contactcenter_chat.wire.levels import Level
from tests import factories

pytestmark = pytest.mark.django_db
GRACE = "grace@example.org"


@pytest.fixture
def center():
    return factories.make_center()


@pytest.fixture
def now():
    return database_now()


def talk(channel, **data):
    """A conversation in which nothing but these data is known."""
    conversation = factories.start_conversation(channel, **data)
    Conversation.objects.filter(pk=conversation.pk).update(data=data)
    return Conversation.objects.get(pk=conversation.pk)


def verified(conversation, at, address=GRACE):
    about = {"tenant_id": conversation.tenant_id, "conversation": conversation, "address": address}
    return Verification.objects.create(**about, expires_at=at + timedelta(minutes=10), verified_at=at)


def test_nothing_is_known(center, now):
    assert level_of(talk(center.channel), now) is Level.NONE
    assert level_of(talk(center.channel, name="", email=""), now) is Level.NONE


@pytest.mark.parametrize("data", [{"name": "Grace"}, {"customerId": "s-1"}, {"email": GRACE, "emailVerified": "true"}])
def test_what_was_said_is_claimed(center, now, data):
    assert level_of(talk(center.channel, **data), now) is Level.CLAIMED


def test_a_code_that_came_back_counts_for_half_an_hour(center, now):
    conversation = talk(center.channel, email="Grace@Example.org ")
    verified(conversation, now)
    assert level_of(conversation, now) is Level.CODE
    assert level_of(conversation, now + timedelta(minutes=29, seconds=59)) is Level.CODE
    assert level_of(conversation, now + timedelta(minutes=30)) is Level.CLAIMED


def test_it_counts_for_the_address_that_the_customer_has(center, now):
    conversation = talk(center.channel, email=GRACE)
    verified(conversation, now, address="ada@example.org")
    assert level_of(conversation, now) is Level.CLAIMED
    conversation.data = {"email": "ada@example.org"}
    assert level_of(conversation, now) is Level.CODE


def test_it_counts_in_its_own_conversation(center, now):
    conversation = talk(center.channel, email=GRACE)
    verified(talk(center.channel, email=GRACE), now)
    assert level_of(conversation, now) is Level.CLAIMED


def test_an_address_that_is_known_of_the_customer_from_before(center, now):
    before = factories.start_conversation(center.channel, customerId="s-1", email=GRACE)
    conversation = factories.start_conversation(center.channel, customerId="s-1")
    assert conversation.customer_id == before.customer_id
    verified(conversation, now)
    assert level_of(conversation, now) is Level.CODE


def test_who_has_logged_in_there(center, now):
    signed = factories.make_channel(center.tenant, center.queue, center.webhook, name="Portal", identity="signed")
    assert level_of(talk(signed, customerId="s-1"), now) is Level.SIGNED
    assert level_of(talk(signed, userId="s-1"), now) is Level.SIGNED
    conversation = talk(signed, email=GRACE)
    assert level_of(conversation, now) is Level.CLAIMED
    verified(conversation, now)
    assert level_of(conversation, now) is Level.CODE
    assert level_of(talk(center.channel, customerId="s-1"), now) is Level.CLAIMED


def test_where_it_stands(center, now):
    conversation = talk(center.channel, email=GRACE)
    assert standing_of(conversation, now) == Standing(Level.CLAIMED, "g•••@example.org")
    row = verified(conversation, now)
    until = now + timedelta(minutes=30)
    assert standing_of(conversation, now) == Standing(Level.CODE, "g•••@example.org", until)
    Verification.objects.filter(pk=row.pk).update(verified_at=None, address="ada@example.org", tries=1)
    waits = Standing(Level.CLAIMED, "a•••@example.org", None, row.expires_at, 2)
    assert standing_of(conversation, now) == waits


def test_as_much_is_asked_whatever_there_is(center, now, django_assert_num_queries):
    conversation = talk(center.channel, email=GRACE)
    for count in range(2):
        fresh = Conversation.objects.select_related("channel__webhook", "customer").get(pk=conversation.pk)
        with django_assert_num_queries(1):
            level_of(fresh, now)
        with django_assert_num_queries(2):
            standing_of(fresh, now)
        for _ in range(3):
            verified(conversation, now - timedelta(minutes=count))
