"""How is a person forgotten?"""

from django.db import transaction

from ...models import Conversation, Customer
from ..conversations import erase_conversation


def erase_customer(*, customer_id: str) -> None:
    """Delete who a customer is and all that was said; that there were conversations, their times and codes stay.

    Each conversation is erased in a transaction of its own; a call that broke off can be repeated.
    """
    with transaction.atomic():
        # First, so that whoever writes from now on is a new person.
        customer = Customer.objects.select_for_update().get(pk=customer_id)
        customer.identities.all().delete()
        Customer.objects.filter(pk=customer_id).update(name="", email="", company="", language="")
    for conversation_id in Conversation.objects.filter(customer=customer_id).values_list("pk", flat=True):
        erase_conversation(conversation_id=conversation_id)
