"""Simulated agents: whom they serve, what they answer, how they wrap up."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.utils import timezone

from contactcenter_chat import events
from contactcenter_chat.actions.center.routing import route_queue
from contactcenter_chat.actions.conversations import leave_as_customer
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.actions.setup.centre_file.applying import Options, Users, apply_file
from contactcenter_chat.actions.setup.tenants import create_empty_tenant
from contactcenter_chat.exceptions import NotFound
from contactcenter_chat.models import Agent, Interaction, Message, Queue
from contactcenter_chat.models.conversations import InteractionState
from contactcenter_chat.models.queues import Presence
from contactcenter_chat.simulation import talks
from contactcenter_chat.simulation.agents import LONGEST_ANSWER, SHORTEST_ANSWER, Crew
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def center():
    return factories.make_center()


class Stop:
    """An event that is set after some rounds of work."""

    def __init__(self, rounds, meanwhile=lambda: None):
        self.rounds, self.meanwhile = rounds, meanwhile

    def wait(self, _seconds):
        if not self.rounds:
            return True
        self.rounds -= 1
        self.meanwhile()
        return False


def make_crew(center, **options):
    return Crew(**{"tenant": center.tenant, "queue": center.queue, "size": 1, "capacity": 3, **options})


def available(crew):
    Agent.objects.filter(pk__in=crew.agents).update(presence=Presence.AVAILABLE)
    return crew


def say(conversation, text):
    return add_message(conversation_id=conversation.pk, author_type=events.CUSTOMER, text=text)


def answers(conversation):
    return list(
        Message.objects.filter(conversation=conversation, author_type=events.AGENT)
        .order_by("number")
        .values_list("text", flat=True)
    )


def test_agents_are_made_once_and_are_members_of_the_queue(center):
    crew = make_crew(center, size=2, capacity=7)
    again = make_crew(center, size=3)

    assert set(crew.agents) < set(again.agents)
    assert Agent.objects.count() == 3
    assert {a.capacity for a in crew.agents.values()} == {7}
    assert center.queue.members.count() == 3
    assert not any(user.has_usable_password() for user in get_user_model().objects.all())


def test_agents_of_another_tenant_are_left_alone(center):
    other = factories.make_center()
    mine, theirs = make_crew(center), make_crew(other)

    assert not set(mine.agents) & set(theirs.agents)
    assert {a.tenant for a in theirs.agents.values()} == {other.tenant}


def test_a_chat_is_accepted_echoed_and_wrapped_up(center):
    codes = factories.make_codes(center.tenant, "Fees", "Library", required=True)
    crew = available(make_crew(center, echo=True))
    conversation = factories.start_conversation(center.channel, history=["What can I do for you?"])
    say(conversation, "one")
    say(conversation, "two")
    route_queue(center.queue.pk)

    crew.step()
    say(conversation, "three")
    crew.step()
    crew.step()
    assert answers(conversation) == ["echo: one", "echo: two", "echo: three"]

    leave_as_customer(conversation_id=conversation.pk)
    crew.step()
    interaction = Interaction.objects.get()
    assert interaction.state == InteractionState.FINISHED
    assert interaction.outcome == "handled"
    assert interaction.codes.get().code in codes


def test_another_crew_answers_what_the_first_one_left_and_nothing_twice(center):
    crew = available(make_crew(center, echo=True))
    conversation = factories.start_conversation(center.channel)
    say(conversation, "one")
    route_queue(center.queue.pk)
    crew.step()
    say(conversation, "two")

    make_crew(center, echo=True).step()
    assert answers(conversation) == ["echo: one", "echo: two"]


def test_without_echo_an_answer_takes_its_time_and_fits(center):
    crew = available(make_crew(center))
    said, answer = talks.TALKS[0].turns[0]
    conversation = factories.start_conversation(center.channel)
    message = say(conversation, said)
    route_queue(center.queue.pk)
    crew.step()

    written = timezone.now() - timedelta(seconds=SHORTEST_ANSWER - 1)
    Message.objects.filter(pk=message.pk).update(created_at=written)
    crew.step()
    assert answers(conversation) == []
    Message.objects.filter(pk=message.pk).update(created_at=written - timedelta(seconds=LONGEST_ANSWER))
    crew.step()
    assert answers(conversation) == [answer]


def test_an_echo_is_not_longer_than_a_message_may_be(center, settings):
    settings.CONTACTCENTER_CHAT = {"MESSAGE_MAX_LENGTH": 10}
    crew = available(make_crew(center, echo=True))
    conversation = factories.start_conversation(center.channel)
    say(conversation, "0123456789")
    route_queue(center.queue.pk)
    crew.step()

    assert answers(conversation) == ["echo: 0123"]


def test_a_customer_who_left_before_the_answer_stops_nobody(center):
    crew = available(make_crew(center, echo=True))
    left, stays = factories.start_conversation(center.channel), factories.start_conversation(center.channel)
    for conversation in (left, stays):
        say(conversation, "hello")
    route_queue(center.queue.pk)
    leave_as_customer(conversation_id=left.pk)
    crew.step()

    assert answers(left) == []
    assert answers(stays) == ["echo: hello"]


def test_they_are_available_while_they_work_and_take_nothing_new_afterwards(center):
    crew = make_crew(center)
    (agent_id,) = crew.agents
    seen = []
    crew.work(Stop(2, lambda: seen.append(Agent.objects.get(pk=agent_id).presence)))

    assert seen == [Presence.AVAILABLE, Presence.AVAILABLE]
    assert Agent.objects.get(pk=agent_id).presence == Presence.WORK_OFFLINE


def test_the_command_ends_after_its_time(center, capsys):
    call_command("simulate_agents", "--tenant", center.tenant.label, "--agents", "2", "--seconds", "0.2")

    assert Agent.objects.filter(tenant=center.tenant, presence=Presence.WORK_OFFLINE).count() == 2
    assert capsys.readouterr().out == f"2 simulated agents answer {center.queue.name}.\n"


def test_agents_who_are_there_answer_their_own_queues(center, capsys):
    queues = "{Refunds: {members: {maria: 3}}, General: {members: {tom: 3}}}"
    content = f"agents: {{maria: {{capacity: 2}}, tom: }}\nqueues: {queues}"
    apply_file(content.encode(), tenant=center.tenant, options=Options(users=Users.MADE))
    refunds = Queue.objects.get(name="Refunds")
    conversation = factories.start_conversation(factories.make_channel(center.tenant, refunds))
    crew = available(Crew(tenant=center.tenant, logins=["maria", "tom"], echo=True))
    offer = factories.offer_of(conversation)
    assert offer.agent.user.get_username() == "maria"
    crew.step()
    assert Interaction.objects.get(conversation=conversation).agent == offer.agent

    call_command("simulate_agents", "--tenant", center.tenant.label, "--as", "maria, tom,", "--seconds", "0.2")
    assert capsys.readouterr().out == "maria, tom answer their queues.\n"
    assert Agent.objects.filter(tenant=center.tenant).count() == 2


@pytest.mark.parametrize(
    ("names", "message"), [("maria,nobody", "College has no agent nobody."), (" , ", "Name somebody: --as maria,tom")]
)
def test_who_is_no_agent_cannot_be_simulated(center, names, message):
    factories.make_agent(center.tenant, center.queue, username="maria")
    with pytest.raises(CommandError, match=message):
        call_command("simulate_agents", "--tenant", center.tenant.label, "--as", names)


def test_somebody_has_to_answer_some_queue(db):
    tenant = create_empty_tenant(label="empty", name="Empty")
    with pytest.raises(CommandError, match="Empty has no queue"):
        call_command("simulate_agents", "--tenant", "empty", "--agents", "1")
    with pytest.raises(CommandError, match="one of the arguments"):
        call_command("simulate_agents", "--tenant", "empty")
    with pytest.raises(NotFound):
        Crew(tenant=tenant, logins=["nobody"])


def test_an_unknown_tenant_is_refused():
    with pytest.raises(CommandError, match="nowhere"):
        call_command("simulate_agents", "--tenant", "nowhere", "--agents", "2")
