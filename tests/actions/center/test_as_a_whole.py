"""Whatever happens, and in whatever order: what must hold of a contact centre holds after each step.

Time passes by moving all times of all rows into the past.
"""

import contextlib
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from django.apps import apps
from django.db import models, transaction
from django.db.models import Count, F, Max, Min, Q
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.actions.center import (
    customer_presence,
    interactions,
    offers,
    opening,
    picking,
    presence,
    routing,
    timers,
    transfers,
    wrapup,
)
from contactcenter_chat.events import CUSTOMER
from contactcenter_chat.exceptions import ContactCenterError
from contactcenter_chat.models import (
    Agent,
    Channel,
    Conversation,
    Interaction,
    LogEntry,
    Offer,
    OpeningHours,
    PresenceSpan,
    Segment,
)
from contactcenter_chat.models.clock import database_now
from contactcenter_chat.queries.assignment import control_of
from contactcenter_chat.queries.routing import skills_of
from contactcenter_chat.routing.pace import SLOT
from contactcenter_chat.routing.plan import Requirement
from tests import factories

EXAMPLES, STEPS = 12, 30
NEVER, ALWAYS = {}, {str(day): [["00:00", "24:00"]] for day in range(7)}
HELD, QUEUED = ("handling", "wrap_up"), ("waiting", "offering")
PRESENCES = ["available", "available", "available", "on_break", "draining", "offline", "work_offline"]
some = st.integers(min_value=0, max_value=10**6)


def pass_time(seconds):
    """Let all that is written down have happened, and be due, so many seconds earlier."""
    for model in apps.get_app_config("contactcenter_chat").get_models():
        times = [each.name for each in model._meta.concrete_fields if isinstance(each, models.DateTimeField)]
        if times:
            model._base_manager.update(**{name: F(name) - timedelta(seconds=seconds) for name in times})


class Centre(RuleBasedStateMachine):
    """A centre of three queues, one of which is picked from, five agents, and customers who come and go."""

    @initialize()
    def open(self):
        self.transaction = contextlib.ExitStack()
        self.transaction.enter_context(transaction.atomic())
        self.center = center = factories.make_center(wrap_up_mode="optional")
        self.fees = factories.make_skill(center.tenant, "Fees")
        self.second, self.third = (factories.make_queue(center.tenant) for _ in range(2))
        self.queues = [center.queue, self.second, self.third]
        self.channels = [
            center.channel,
            *(factories.make_channel(center.tenant, each, center.webhook, name=each.name) for each in self.queues[1:]),
        ]
        Channel.objects.filter(pk=self.channels[0].pk).update(has_presence=True)
        Channel.objects.filter(pk=self.channels[1].pk).update(pace="messaging")
        Channel.objects.filter(pk=self.channels[2].pk).update(pace="mail")
        self.channels = [Channel.objects.select_related("webhook").get(pk=each.pk) for each in self.channels]
        self.hours = OpeningHours(tenant=center.tenant, name="Office", time_zone="UTC", weekly=ALWAYS)
        opening.save_hours(self.hours)
        for capacity in (1, 2, 3, 1, 2):
            factories.make_agent(center.tenant, *self.queues, capacity=capacity)
        able = Agent.objects.order_by("pk").last()
        factories.give(able, skills={self.fees: 3}, languages={"es": 4})
        steps = [{"after": 20, "requires": {self.fees.pk: 1}}, {"after": 60, "requires": {}, "language": "any"}]
        self._plan(center.queue, requires={self.fees.pk: 3}, steps=steps, max_wait_seconds=120)
        self._plan(self.second, hours=self.hours, max_wait_seconds=90)
        factories.overflows(center.queue, self.second, self.third)
        factories.overflows(self.second, self.third, center.queue)
        self._plan(self.third, distribution="pick")
        self.reached, self.requires = {}, dict(center.queue.requires)

    def _plan(self, queue, **changes):
        queue.refresh_from_db()
        factories.plan(queue, **changes)

    def teardown(self):
        if hasattr(self, "transaction"):
            transaction.set_rollback(True)
            self.transaction.close()

    def _one(self, rows, which):
        rows = list(rows.order_by("pk"))
        return rows[which % len(rows)] if rows else None

    def _try(self, verb, **arguments):
        """Call a verb; a refusal is an answer, too."""
        with contextlib.suppress(ContactCenterError), transaction.atomic():
            verb(**arguments)

    # Customers

    @rule(channel=st.integers(0, 2), language=st.sampled_from(["", "", "es", "cy"]))
    def a_customer_comes(self, channel, language):
        conversations.start_conversation(channel=self.channels[channel], data={"name": "Grace", "language": language})

    @rule(which=some)
    def a_customer_writes(self, which):
        if conversation := self._one(Conversation.objects, which):
            self._try(messages.add_message, conversation_id=conversation.pk, author_type=CUSTOMER, text="Hello?")

    @rule(which=some)
    def a_customer_leaves(self, which):
        if conversation := self._one(Conversation.objects.filter(state="active"), which):
            self._try(conversations.leave_as_customer, conversation_id=conversation.pk)

    @rule(which=some)
    def a_customer_shows_a_sign_of_life(self, which):
        if conversation := self._one(Conversation.objects, which):
            customer_presence.seen(conversation.pk)

    # Agents

    @rule(which=some, chosen=st.sampled_from(PRESENCES))
    def an_agent_chooses(self, which, chosen):
        self._try(presence.set_presence, agent_id=self._one(Agent.objects, which).pk, presence=chosen)

    @rule(which=some)
    def an_agent_is_heard_of(self, which):
        presence.heartbeat(agent_id=self._one(Agent.objects, which).pk, idle_seconds=0)

    @rule(which=some)
    def an_agent_accepts(self, which):
        if offer := self._one(Offer.objects.filter(state="pending"), which):
            self._try(offers.accept_offer, offer_id=offer.pk, agent=offer.agent)

    @rule(which=some)
    def an_agent_declines(self, which):
        if offer := self._one(Offer.objects.filter(state="pending"), which):
            self._try(offers.decline_offer, offer_id=offer.pk, agent=offer.agent)

    @rule(which=some, who=some)
    def an_agent_picks(self, which, who):
        if interaction := self._one(Interaction.objects.filter(state="waiting"), which):
            self._try(picking.pick, interaction_id=interaction.pk, agent=self._one(Agent.objects, who))

    @rule(which=some)
    def an_agent_answers(self, which):
        if chat := self._one(Interaction.objects.filter(state="handling"), which):
            said = {"conversation_id": chat.conversation_id, "text": "Yes.", "agent": chat.agent}
            self._try(messages.add_message, author_type="agent", **said)

    @rule(which=some, to=st.integers(0, 2))
    def an_agent_hands_on(self, which, to):
        if chat := self._one(Interaction.objects.filter(state="handling"), which):
            to = {"interaction_id": chat.pk, "agent": chat.agent, "queue": self.queues[to]}
            self._try(transfers.transfer_to_queue, **to)

    @rule(which=some, who=some)
    def an_agent_hands_on_to_a_colleague(self, which, who):
        if chat := self._one(Interaction.objects.filter(state="handling"), which):
            to = {"interaction_id": chat.pk, "agent": chat.agent, "to_agent": self._one(Agent.objects, who)}
            self._try(transfers.transfer_to_agent, **to)

    @rule(which=some)
    def an_agent_ends(self, which):
        if chat := self._one(Interaction.objects.filter(state="handling"), which):
            self._try(interactions.end_interaction, interaction_id=chat.pk, agent=chat.agent)

    @rule(which=some)
    def an_agent_finishes(self, which):
        if chat := self._one(Interaction.objects.filter(state="wrap_up"), which):
            self._try(wrapup.finish, interaction_id=chat.pk, agent=chat.agent, code_ids=[])

    # The centre

    @rule(is_open=st.booleans())
    def the_hours_change(self, is_open):
        self.hours.refresh_from_db()
        self.hours.weekly = ALWAYS if is_open else NEVER
        opening.save_hours(self.hours)

    @rule(which=st.integers(0, 1), how=st.sampled_from(["wait", "overflow"]))
    def a_queue_says_what_it_does_when_closed(self, which, how):
        self._plan(self.queues[which], when_closed=how)

    @rule(how=st.sampled_from(["pace", "offer", "auto", "pick"]))
    def a_queue_goes_another_way(self, how):
        self._plan(self.second, distribution=how)

    @rule(level=st.integers(0, 3))
    def a_queue_requires_another_level(self, level):
        self._plan(self.center.queue, requires={self.fees.pk: level} if level else {})

    # Time and the workers

    @rule(seconds=st.sampled_from([1, 5, 15, 21, 30, 61, 130, 700]))
    def time_passes(self, seconds):
        pass_time(seconds)
        presences = Agent.objects.exclude(presence="offline").filter(lost_at=None)
        for agent_id in presences.values_list("pk", flat=True) if seconds < 60 else ():
            presence.heartbeat(agent_id=agent_id)
        timers.run_timers()

    @rule()
    def workers_route(self):
        before = set(Offer.objects.values_list("pk", flat=True))
        states = dict(Interaction.objects.values_list("pk", "required"))
        for queue in self.queues:
            routing.route_queue(queue.pk)
        self._check_made(Offer.objects.exclude(pk__in=before), states)
        self._check_nothing_left()

    def _check_made(self, made, required):
        """Who was offered something had what was required, or it was kept for them, and was there."""
        for offer in made.select_related("interaction", "agent"):
            skills, languages = skills_of([offer.agent_id])
            has = skills.get(offer.agent_id, {}), languages.get(offer.agent_id, {})
            kept = offer.interaction.decisions.order_by("-pk").first().request
            asked = Requirement(**offer.interaction.required)
            assert kept.get("only_agent") or asked.is_met(*has), (offer, required[offer.interaction_id])
            assert offer.agent.presence == "available"
            assert offer.agent.load <= offer.agent.capacity * SLOT

    def _check_nothing_left(self):
        """Nobody waits whom somebody who is free could be offered."""
        now = database_now()
        waits = Interaction.objects.filter(
            state="waiting", ask_again_at=None, is_put_off=False, target_agent=None, is_remote=False
        )
        picked = Q(queue__distribution="pick") | Q(queue__distribution="pace", pace="mail")
        left = waits.exclude(picked).exclude(queue__is_closed=True)
        free = list(Agent.objects.free(now))
        skills, languages = skills_of(each.pk for each in free)
        for interaction in left:
            asked = Requirement(**interaction.required)
            for agent in free:
                has = skills.get(agent.pk, {}), languages.get(agent.pk, {})
                rests = agent.load and agent.rested_at and agent.rested_at > now and interaction.due_at > now
                has_room = agent.load + interaction.share <= agent.capacity * SLOT
                could = asked.is_met(*has) and agent.pk not in interaction.asked and not rests and has_room
                assert not could, f"{agent.pk} could take {interaction.pk}"

    # What must hold

    @invariant()
    def loads_are_what_agents_have(self):
        takes = Counter()
        for offer in Offer.objects.filter(state="pending").select_related("interaction"):
            takes[offer.agent_id] += offer.interaction.share
        for interaction in Interaction.objects.filter(state__in=HELD):
            takes[interaction.agent_id] += interaction.takes
        for agent in Agent.objects.all():
            assert agent.load == takes[agent.pk]
            assert agent.load <= (agent.capacity + 1) * SLOT

    @invariant()
    def what_rings_rings_once(self):
        rings = list(Offer.objects.filter(state="pending").values_list("interaction", flat=True))
        assert sorted(rings) == sorted(Interaction.objects.filter(state="offering").values_list("pk", flat=True))

    @invariant()
    def a_conversation_has_one_open_episode_and_knows_it(self):
        for conversation in Conversation.objects.all():
            open_ones = conversation.interactions.filter(state__in=(*QUEUED, "handling")).values_list("pk", flat=True)
            assert list(open_ones) == [pk for pk in [conversation.open_interaction_id] if pk]
            assert (conversation.state == "active") == bool(open_ones)

    @invariant()
    def who_has_control_is_known(self):
        for conversation in Conversation.objects.select_related("open_interaction"):
            assert (conversation.control, conversation.control_holder) == control_of(conversation)
            held = list(conversation.control_spans.values_list("epoch", "control", "holder"))
            assert [epoch for epoch, *_who in held] == list(range(1, conversation.control_epoch + 1))
            assert held[-1][1:] == (conversation.control, conversation.control_holder)
            assert all(one[1:] != next_one[1:] for one, next_one in pairwise(held))

    @invariant()
    def every_episode_is_in_one_queue_and_was_in_each_once(self):
        for interaction in Interaction.objects.all():
            segments = list(Segment.objects.filter(interaction=interaction).order_by("entered_at", "pk"))
            still = [each for each in segments if each.left_at is None]
            is_open = interaction.state in (*QUEUED, "handling")
            assert [each.queue_id for each in still] == [interaction.queue_id] * is_open
            counted = [each.queue_id for each in segments if each.outcome != "silent_abandoned"]
            assert len(set(counted)) == len(counted)

    @invariant()
    def a_step_that_was_left_does_not_come_back(self):
        now = dict(Segment.objects.filter(left_at=None).values_list("pk", "interaction__step"))
        requires = dict(self.center.queue.requires)
        if requires == self.requires:  # what a queue requires anew, it does from the beginning
            assert all(step >= self.reached.get(segment_id, 0) for segment_id, step in now.items())
        self.reached, self.requires = now, requires

    @invariant()
    def the_log_has_no_gaps(self):
        numbers = LogEntry.objects.values("conversation").annotate(Count("pk"), Min("number"), Max("number"))
        for each in numbers:
            assert (each["number__min"], each["number__max"]) == (1, each["pk__count"])

    @invariant()
    def every_agent_does_one_thing(self):
        spans = PresenceSpan.objects.filter(ended_at=None).values_list("agent").annotate(Count("pk"))
        assert dict(spans) == dict.fromkeys(Agent.objects.values_list("pk", flat=True), 1)


@pytest.mark.django_db
def test_whatever_happens():
    run_state_machine_as_test(
        Centre,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
