"""Is a person forgotten, and nobody else?"""

import pytest

from contactcenter_chat.actions.upkeep.erasure import erase_customer
from contactcenter_chat.models import Conversation, Customer, CustomerIdentity, Message
from tests.factories import make_center, start_conversation

pytestmark = pytest.mark.django_db


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
