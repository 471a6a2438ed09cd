"""Is the right source chosen, and does a transcript hold all that happened?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat.isolates import unturned
from contactcenter_chat.models import Conversation, Interaction, InteractionCode
from contactcenter_chat.queries import keyset_pages, transcripts
from contactcenter_chat.queries.transcripts import Criteria, Episode, transcripts_of
from tests.admin.conftest import chat
from tests.factories import make_agent, make_center, make_codes, make_queue, start_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def center():
    return make_center()


def found(criteria):
    return keyset_pages.page(transcripts.source(criteria), Conversation.objects.all(), size=100).pks


def test_all_conversations_of_the_tenant_newest_first(center):
    first, second = start_conversation(center.channel), start_conversation(center.channel)
    start_conversation(make_center().channel)
    assert found(Criteria(center.tenant)) == [second.pk, first.pk]


def test_by_channel_and_state(center):
    waiting, done = start_conversation(center.channel), chat(center)
    assert found(Criteria(center.tenant, state="active")) == [waiting.pk]
    assert found(Criteria(center.tenant, state="idle")) == [done.pk]
    assert found(Criteria(center.tenant, channel=center.channel.pk)) == [done.pk, waiting.pk]
    assert found(Criteria(center.tenant, channel=center.channel.pk, state="active")) == [waiting.pk]
    assert found(Criteria(center.tenant, channel="unknown")) == []


def test_by_queue_agent_code_customer_and_words(center):
    (code,) = make_codes(center.tenant, "Fees")
    agent = make_agent(center.tenant, center.queue)
    conversation = chat(center, agent=agent, codes=[code], said="a giraffe", customerId="7")
    start_conversation(center.channel)
    assert found(Criteria(center.tenant, agent=agent.pk)) == [conversation.pk]
    assert found(Criteria(center.tenant, code=code.pk)) == [conversation.pk]
    assert found(Criteria(center.tenant, customer=conversation.customer_id)) == [conversation.pk]
    assert found(Criteria(center.tenant, text="giraffe")) == [conversation.pk]
    assert conversation.pk in found(Criteria(center.tenant, queue=center.queue.pk))
    other = make_center().tenant
    for asked in ({"agent": agent.pk}, {"code": code.pk}, {"customer": conversation.customer_id}, {"text": "giraffe"}):
        assert found(Criteria(other, **asked)) == []


def test_words_are_searched_for_among_what_a_filter_leaves_when_that_is_little(center, monkeypatch):
    monkeypatch.setattr(transcripts, "FEW", 2)
    queue = make_queue(center.tenant, "Rare")
    rare = {chat(center, said="a giraffe", customerId=number, name="Giraffe").pk for number in "12"}
    Interaction.objects.update(queue=queue)
    everywhere = rare | {chat(center, said="a giraffe", customerId=number, name="Giraffe").pk for number in "345"}

    def looked_at(**asked):
        source = transcripts.source(Criteria(center.tenant, text="giraffe", **asked))
        return {row.pk for step in source.steps() for row in step}

    customer, *_others = Conversation.objects.filter(pk__in=rare).values_list("customer", flat=True)
    assert looked_at() == looked_at(queue=center.queue.pk) == everywhere
    assert looked_at(queue=queue.pk) == rare
    assert looked_at(queue=queue.pk, until=timezone.now() - timedelta(days=1)) == set()
    assert looked_at(queue="unknown") == set()
    assert len(looked_at(queue=center.queue.pk, customer=customer)) == 1


def test_a_conversation_stands_once_where_its_newest_interaction_stands(center):
    agent = make_agent(center.tenant, center.queue)
    reopened, later = chat(center, agent=agent), chat(center, agent=agent)
    Interaction.objects.create(
        tenant=center.tenant, conversation=reopened, queue=center.queue, state="finished", entered_at=timezone.now()
    )
    criteria = Criteria(center.tenant, queue=center.queue.pk)
    assert found(criteria) == [reopened.pk, later.pk]
    source, everything = transcripts.source(criteria), Conversation.objects.all()
    first = keyset_pages.page(source, everything, size=1)
    second = keyset_pages.page(source, everything, before=first.older, size=1)
    assert (first.pks, second.pks) == ([reopened.pk], [later.pk])
    assert second.older is None or keyset_pages.page(source, everything, before=second.older, size=1).pks == []


def test_the_period_is_that_of_what_is_asked(center):
    (code,) = make_codes(center.tenant, "Fees")
    agent = make_agent(center.tenant, center.queue)
    conversation = chat(center, agent=agent, codes=[code], customerId="7")
    now = timezone.now()
    Conversation.objects.update(created_at=now - timedelta(days=9))
    Interaction.objects.update(entered_at=now - timedelta(days=6))
    InteractionCode.objects.update(chosen_at=now - timedelta(days=3))
    for asked, days in (({}, 9), ({"agent": agent.pk}, 6), ({"queue": center.queue.pk}, 6), ({"code": code.pk}, 3)):
        for day in (9, 6, 3, 1):
            period = {"since": now - timedelta(days=day, hours=1), "until": now - timedelta(days=day, hours=-1)}
            expected = [conversation.pk] if day == days else []
            assert found(Criteria(center.tenant, **asked, **period)) == expected, (asked, day)


def test_a_transcript_tells_who_said_what_and_what_happened(center):
    (code,) = make_codes(center.tenant, "Fees")
    conversation = chat(center, codes=[code])
    (transcript,) = transcripts_of([Conversation.objects.select_related("customer").get(pk=conversation.pk)])
    assert [(line.speaker, line.who, unturned(line.text)) for line in transcript.lines] == [
        ("", "", "The conversation started."),
        ("bot", "Bot", "Hello, I am a bot."),
        ("", "", "The conversation became active."),
        ("", "", "Queued in Default."),
        ("", "", "Offered to Ada Lovelace."),
        ("", "", "Ada Lovelace joined."),
        ("user", "Grace", "Where is my invoice?"),
        ("agent", "Ada Lovelace", "It is on its way."),
        ("", "", "Ada Lovelace left."),
        ("", "", "The chat ended: handled, by the agent."),
        ("", "", "The conversation fell idle."),
        ("", "", "Wrapped up with Fees."),
    ]
    assert [line.entry.number for line in transcript.lines] == list(range(1, 13))
    assert [[chosen.label for chosen in episode.codes] for episode in transcript.episodes] == [["Fees"]]


def test_deliveries_stand_with_what_they_tell(center):
    conversation = chat(center)
    (transcript,) = transcripts_of([conversation], deliveries=True)
    told = {
        unturned(line.text): [owed.event_type for owed in line.deliveries]
        for line in transcript.lines
        if line.deliveries
    }
    assert told == {
        "Queued in Default.": ["QUEUED"],
        "Ada Lovelace joined.": ["AGENT_JOINED"],
        "It is on its way.": ["TEXT"],
        "Ada Lovelace left.": ["AGENT_LEFT"],
    }


def test_part_of_a_long_transcript(center):
    conversation = chat(center)
    (transcript,) = transcripts_of([conversation], after=6, limit=2, deliveries=True)
    assert [line.entry.number for line in transcript.lines] == [7, 8]


def test_many_transcripts_need_as_many_queries_as_one(center, django_assert_num_queries):
    agent = make_agent(center.tenant, center.queue)
    for _ in range(4):
        chat(center, agent=agent)
    conversations = list(Conversation.objects.select_related("customer"))
    for some in (conversations[:1], conversations):
        with django_assert_num_queries(7):
            transcripts_of(some, deliveries=True)


def test_times_of_an_episode():
    start = timezone.now() - timedelta(minutes=10)
    interaction = Interaction(entered_at=start)
    assert Episode(interaction, []).waiting >= timedelta(minutes=10)
    assert Episode(interaction, []).handling is None
    assert Episode(interaction, []).wrap_up is None
    interaction.ended_at = start + timedelta(seconds=5)
    assert Episode(interaction, []).waiting == timedelta(seconds=5)
    interaction.accepted_at = start + timedelta(seconds=3)
    assert Episode(interaction, []).waiting == timedelta(seconds=3)
    assert Episode(interaction, []).handling == timedelta(seconds=2)
    interaction.finished_at = start + timedelta(seconds=9)
    assert Episode(interaction, []).wrap_up == timedelta(seconds=4)
