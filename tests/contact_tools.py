"""Functions that may be called in conversations of the tests; found as those of any app are."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Literal

from django.db import IntegrityError, models

from contactcenter_chat.actions.conversations import update_customer_data
from contactcenter_chat.models import Queue
from contactcenter_chat.tools.registry import contact_tool

CALLED = []


class Size(models.TextChoices):
    SMALL = "s", "Small"
    LARGE = "l", "Large"


@contact_tool(bots=["helper", "model"])
def add_up(calling, first: int, second: int = 2) -> str:
    """Add two numbers.

    Nothing is written.
    """
    CALLED.append((calling, first, second))
    return f"It is {first + second}."


@contact_tool(needs="code", confirm=True, permission="contactcenter_chat.change_queue", bots=["helper", "model"])
def open_queue(calling, name: str, size: Size, day: date | None = None, price: Decimal = Decimal(1)) -> dict:
    """Open a queue for the customer."""
    queue = Queue.objects.create(tenant_id=calling.conversation.tenant_id, name=name)
    return {"queue": queue.name, "size": size, "day": day, "price": price}


@contact_tool(bots=["helper", "model"], title="Break it")
def break_it(calling, how: Literal["raise", "database", "return", "caught", "later"], is_hard: bool = False):
    """Fail, after something was written."""
    Queue.objects.create(tenant_id=calling.conversation.tenant_id, name="Broken")
    if how == "raise":
        raise RuntimeError("ada@example.org broke it")
    if how == "caught":
        with suppress(IntegrityError):
            Queue.objects.create(tenant_id=calling.conversation.tenant_id, name="Broken")
        return "done"
    if how == "later":
        Queue.objects.create(tenant_id="nobody", name="Broken too")
        return "done"
    if how == "database":
        Queue.objects.create(tenant_id=calling.conversation.tenant_id, name="Broken")
    return object()


@contact_tool()
def rename(calling, name: str):
    """Write something here, as any verb does."""
    update_customer_data(conversation_id=calling.conversation.pk, data={"customerName": name})
