"""How a queue passes on what it does not serve."""

import pytest

from contactcenter_chat.actions.center import passing
from contactcenter_chat.models import Interaction, Queue, Segment
from tests import factories
from tests.facts import facts, fresh, locked, owed


@pytest.fixture
def others(center):
    """Three queues, to which the centre's passes on, each to the next, and the last to the first."""
    queues = [center.queue, *(factories.make_queue(center.tenant, name) for name in ("A", "B", "C", "D"))]
    for queue, other in zip(queues, [*queues[1:], queues[0]], strict=True):
        factories.overflows(queue, other)
    return queues[1:]


def pass_on(conversation, reason="max_wait"):
    interaction = Interaction.objects.get(conversation=conversation)
    return locked(passing.pass_on, conversation, interaction, reason)


def test_it_waits_there_with_its_age(center, conversation, others):
    before = Interaction.objects.get()
    assert pass_on(conversation)
    after, there = Interaction.objects.get(), others[0]
    assert (after.pk, after.queue, after.entered_at, after.due_at) == (
        before.pk,
        there,
        before.entered_at,
        before.due_at,
    )
    told = {
        "from_queue_id": center.queue.pk,
        "from_queue_name": "Default",
        "queue_id": there.pk,
        "queue_name": "A",
        "reason": "max_wait",
    }
    assert facts(conversation, after=3) == [
        (4, "interaction.overflowed", after.pk, told),
        (5, "interaction.queued", after.pk, {"queue_id": there.pk, "queue_name": "A"}),
    ]
    assert owed(conversation, center.webhook, after=3) == [(5, "QUEUED")]
    assert fresh(conversation, "last_queue_id") == (there.pk,)
    assert list(Segment.objects.order_by("pk").values_list("queue", "outcome")) == [
        (center.queue.pk, "overflowed"),
        (there.pk, ""),
    ]


def test_the_customer_is_told(center, conversation, others):
    factories.plan(center.queue, texts={"overflow": {"en": "A colleague of another team will answer you."}})
    pass_on(conversation)
    [message] = conversation.messages.filter(author_type="system")
    assert message.text == "A colleague of another team will answer you."


def test_in_no_queue_twice_and_three_times_at_most(center, conversation, others):
    assert [pass_on(conversation) for _ in range(4)] == [True, True, True, False]
    assert Interaction.objects.get().queue == others[2]


def test_not_back_to_where_it_was(center, conversation, others):
    pass_on(conversation)
    factories.overflows(others[0], center.queue)
    assert not pass_on(conversation)
    assert Interaction.objects.get().queue == others[0]


def test_past_a_closed_one(center, conversation, others):
    factories.overflows(center.queue, others[0], others[1])
    Queue.objects.filter(pk=others[0].pk).update(is_closed=True)
    assert pass_on(conversation)
    assert Interaction.objects.get().queue == others[1]


def test_to_nowhere(center, conversation):
    assert not pass_on(conversation)
    assert facts(conversation, after=3) == []
