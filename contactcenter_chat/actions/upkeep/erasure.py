"""How is a person forgotten, even when a storage or the process fails on the way?"""

from ...database import atomic
from ...models import Customer, Erasure
from ...models.clock import NOW
from ...queries.erasure import conversations_left, files_left, left_of, under_way
from ..attachments import remove
from ..conversations import erase_conversation
from ..one_by_one import Step

AT_ONCE = 20  # customers of one sweep
CONVERSATIONS, CUSTOMERS = Step("conversations_erased"), Step("customers_erased", key="customer")


def erase_customer(*, customer_id: str) -> int:
    """Delete who a customer is and all that was said; that there were conversations, their times and codes stay.

    Each conversation is erased in a transaction of its own, its files after that. Returns how many conversations and
    files are left since something failed with them; the sweep goes on with these until none is.
    """
    with atomic():
        # First, so that whoever writes from now on is a new person.
        customer = Customer.objects.select_for_update().get(pk=customer_id)
        customer.identities.all().delete()
        Customer.objects.filter(pk=customer_id).update(name="", email="", company="", language="")
        Erasure.objects.get_or_create(customer=customer, defaults={"tenant_id": customer.tenant_id, "began_at": NOW})
    return _erase(customer_id)


def go_on() -> int:
    """Go on with what is left of customers who are to be forgotten; return of how many nothing is left now."""
    begun = under_way().order_by("began_at", "pk")
    return CUSTOMERS.run(begun, lambda customer_id: not _erase(customer_id), at_once=AT_ONCE)


def _erase(customer_id: str) -> int:
    """Erase what does not rest after a failure; return how much is left."""
    left = conversations_left(customer_id).order_by("pk")
    CONVERSATIONS.run(left, lambda conversation_id: erase_conversation(conversation_id=conversation_id))
    remove(list(files_left(customer_id).values_list("pk", flat=True)))
    if still := left_of(customer_id):
        return still
    Erasure.objects.filter(customer=customer_id, done_at=None).update(done_at=NOW)
    return 0
