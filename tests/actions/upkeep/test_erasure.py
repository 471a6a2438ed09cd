"""Is a person forgotten, and nobody else?"""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from contactcenter_chat.actions import customers
from contactcenter_chat.actions.conversations import erase_conversation
from contactcenter_chat.actions.upkeep import erasure
from contactcenter_chat.actions.upkeep.erasure import erase_customer
from contactcenter_chat.actions.upkeep.sweep import sweep
from contactcenter_chat.models import (
    Attachment,
    Conversation,
    Customer,
    CustomerIdentity,
    Erasure,
    Failure,
    Message,
)
from tests.factories import make_attachment, make_center, start_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def center(settings):
    settings.CONTACTCENTER_CHAT = {"LIVE_HINTS": False}
    return make_center()


def test_all_that_names_the_customer_is_gone():
    center = make_center()
    who = {"name": "Grace", "email": "grace@example.org", "company": "Navy", "language": "en", "customerId": "7"}
    conversations = [start_conversation(center.channel, history=["Hello"], **who) for _ in range(2)]
    other = start_conversation(center.channel, history=["Hello"], customerId="8")
    erase_customer(customer_id=conversations[0].customer_id)
    customer = Customer.objects.get(pk=conversations[0].customer_id)
    assert (customer.name, customer.email, customer.company, customer.language) == ("", "", "", "")
    assert list(CustomerIdentity.objects.values_list("value", flat=True)) == ["8"]
    for conversation in conversations:
        conversation.refresh_from_db()
        assert conversation.erased_at is not None
        assert conversation.data == {}
        assert set(Message.objects.filter(conversation=conversation).values_list("text", flat=True)) == {""}
    assert Conversation.objects.get(pk=other.pk).erased_at is None
    assert Message.objects.get(conversation=other).text == "Hello"


def test_who_writes_afterwards_is_somebody_new():
    center = make_center()
    first = start_conversation(center.channel, customerId="7")
    erase_customer(customer_id=first.customer_id)
    again = start_conversation(center.channel, customerId="7")
    assert again.customer_id != first.customer_id


def test_erasing_again_changes_nothing():
    center = make_center()
    conversation = start_conversation(center.channel, customerId="7")
    erase_customer(customer_id=conversation.customer_id)
    erased_at = Conversation.objects.get().erased_at
    erase_customer(customer_id=conversation.customer_id)
    assert Conversation.objects.get().erased_at == erased_at


# When something fails on the way


@pytest.fixture
def talks(center):
    """Three conversations of one person, each with a file."""
    found = [start_conversation(center.channel, history=["Hello"], customerId="7", name="Grace") for _ in range(3)]
    for conversation in found:
        make_attachment(conversation)
    return found


@pytest.fixture
def storage(monkeypatch):
    """Its files cannot be deleted while ``is_away``."""
    delete = default_storage.delete
    state = SimpleNamespace(is_away=True)

    def fail(path):
        if state.is_away:
            raise OSError("The storage is away.")
        delete(path)

    monkeypatch.setattr(default_storage, "delete", fail)
    return state


def rested():
    Failure.objects.update(again_at=timezone.now() - timedelta(seconds=1))


def erased():
    return Conversation.objects.exclude(erased_at=None).count()


@pytest.mark.django_db(transaction=True)
def test_a_storage_that_is_away_breaks_nothing_off(talks, storage):
    assert erase_customer(customer_id=talks[0].customer_id) == 3
    assert erased() == 3
    assert Erasure.objects.get().done_at is None
    assert sorted(Failure.objects.values_list("row", flat=True)) == sorted(
        Attachment.objects.values_list("pk", flat=True)
    )


@pytest.mark.django_db(transaction=True)
def test_the_sweep_goes_on_until_nothing_is_left(talks, storage):
    erase_customer(customer_id=talks[0].customer_id)
    rested()
    sweep()
    assert Erasure.objects.get().done_at is None
    assert set(Failure.objects.values_list("times", flat=True)) == {2}
    storage.is_away = False
    rested()
    sweep()
    assert Erasure.objects.get().done_at is not None
    assert not Attachment.objects.exists()
    assert not Failure.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_conversation_that_cannot_be_erased_keeps_no_other(talks, monkeypatch):
    def fail(*, conversation_id):
        if conversation_id == talks[0].pk:
            raise RuntimeError("a bad row")
        erase_conversation(conversation_id=conversation_id)

    with monkeypatch.context() as patched:
        patched.setattr(erasure, "erase_conversation", fail)
        assert erase_customer(customer_id=talks[0].customer_id) == 1
    assert erased() == 2
    rested()
    assert sweep_is_done()


def sweep_is_done():
    sweep()
    return Erasure.objects.get().done_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_process_that_died_on_the_way_is_made_up_for(talks, monkeypatch):
    class Killed(BaseException):
        """As a process that is killed: nothing handles it."""

    def die(customer_id):
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(erasure, "_erase", die)
        erase_customer(customer_id=talks[0].customer_id)
    assert (erased(), Customer.objects.get().name) == (0, "")
    assert sweep_is_done()
    assert erased() == 3


def test_what_was_begun_for_the_person_meanwhile_is_erased_as_well(talks):
    erase_customer(customer_id=talks[0].customer_id)
    late = start_conversation(talks[0].channel)
    Conversation.objects.filter(pk=late.pk).update(customer=talks[0].customer_id)
    sweep()
    late.refresh_from_db()
    assert late.erased_at is not None


def test_a_name_does_not_come_back(talks):
    customer = talks[0].customer
    erase_customer(customer_id=customer.pk)
    customers._update(customer, {"name": "Grace Hopper"})  # looked up before that
    assert Customer.objects.get(pk=customer.pk).name == ""


def test_nothing_is_left_of_who_is_erased(talks, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_customer(customer_id=talks[0].customer_id) == 0
    assert not Attachment.objects.exists()
