import threading

import pytest
from django.db import connection

from contactcenter_chat import signals
from contactcenter_chat.actions import cards, conversations, messages
from contactcenter_chat.actions.center import interactions
from contactcenter_chat.events import ADAPTIVE, QUICK_REPLIES
from contactcenter_chat.exceptions import Conflict, Invalid, NotFound
from contactcenter_chat.models import Card, Delivery, Message
from tests import factories

CHOICE = {"options": [{"title": "Yes", "data": "y"}, {"title": "No", "data": "n"}]}
FORM = {
    "type": "AdaptiveCard",
    "body": [{"type": "TextBlock", "text": "Rate us"}, {"type": "Input.Number", "id": "rating", "label": "Rating"}],
    "actions": [{"type": "Action.Submit", "title": "Send"}, {"type": "Action.Execute", "title": "Refund"}],
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def chat():
    center = factories.make_center()
    factories.make_agent(center.tenant, center.queue)
    return factories.accepted(factories.start_conversation(center.channel))


@pytest.fixture
def card(chat):
    return send(chat, (QUICK_REPLIES, CHOICE)).cards.get()


def send(chat, *contents, **options):
    return messages.add_message(
        conversation_id=chat.conversation_id, author_type="agent", agent=chat.agent, cards=contents, **options
    )


def submit(card, given, **options):
    return cards.submit_card(conversation_id=card.message.conversation_id, card_id=card.pk, given=given, **options)


def test_cards_are_kept_in_order_with_their_text(chat):
    message = send(chat, (ADAPTIVE, FORM), (QUICK_REPLIES, CHOICE))
    assert [(row.position, row.content_type, row.content) for row in message.cards.all()] == [
        (0, ADAPTIVE, FORM),
        (1, QUICK_REPLIES, CHOICE),
    ]
    assert message.plain_text == "Rate us\nRating\n[Send]\n[Refund]\n\n1. Yes\n2. No"


def test_who_cannot_show_cards_is_told_their_text(chat):
    send(chat, (QUICK_REPLIES, CHOICE), text="Are you sure?")
    assert '"message":"Are you sure?\\n\\n1. Yes\\n2. No"' in Delivery.objects.latest("number").body


@pytest.mark.parametrize(
    ("contents", "field"),
    [
        ([("Carousel", {})], "cards[0].content_type"),
        ([(QUICK_REPLIES, CHOICE), (ADAPTIVE, {})], "cards[1].content.type"),
        ([(QUICK_REPLIES, CHOICE)] * 11, "cards"),
    ],
)
def test_what_is_no_card_makes_no_message(contents, field, chat):
    with pytest.raises(Invalid) as refused:
        send(chat, *contents)
    assert refused.value.field == field
    assert not Message.objects.exists()


def test_an_answer_is_a_fact_that_keeps_no_words(chat, card, django_capture_on_commit_callbacks):
    heard = []
    signals.card_submitted.connect(receiver := lambda **about: heard.append(about))
    with django_capture_on_commit_callbacks(execute=True):
        answered = submit(card, {"title": "Yes"})
    signals.card_submitted.disconnect(receiver)
    assert (answered.submitted_data, answered.submitted_at is None) == ({"title": "Yes", "data": "y"}, False)
    entry = chat.conversation.log.latest("number")
    assert (entry.kind, entry.interaction_id) == ("card.submitted", chat.pk)
    assert entry.data == {"card_id": card.pk, "message_id": card.message_id, "content_type": QUICK_REPLIES}
    (about,) = heard
    assert (about["entry"], about["card"], about["conversation"].pk) == (entry, answered, chat.conversation_id)
    chat.conversation.refresh_from_db()
    assert chat.conversation.last_word_by == "user"


def test_the_same_answer_again_changes_nothing(chat, card):
    first = submit(card, {"title": "Yes"})
    again = submit(card, {"data": "y"})
    assert again.submitted_at == first.submitted_at
    assert factories.log_of(chat.conversation).count("card.submitted") == 1


def test_another_answer_is_refused_politely(chat, card):
    submit(card, {"title": "Yes"})
    with pytest.raises(Conflict, match="answered already"):
        submit(card, {"title": "No"})
    assert Card.objects.get().submitted_data["title"] == "Yes"


def test_a_card_of_an_interaction_that_is_over_is_stale(chat, card):
    interactions.end_interaction(interaction_id=chat.pk, agent=chat.agent)
    with pytest.raises(Conflict, match="any more"):
        submit(card, {"title": "Yes"})
    assert "card.submitted" not in factories.log_of(chat.conversation)


def test_a_card_is_submitted_and_executed_apart(chat):
    card = send(chat, (ADAPTIVE, FORM)).cards.get()
    submit(card, {"rating": 5})
    done = cards.execute_card(conversation_id=chat.conversation_id, card_id=card.pk, given={"refund": True})
    assert (done.submitted_data, done.executed_data) == ({"rating": 5}, {"refund": True})
    assert factories.log_of(chat.conversation)[-2:] == ["card.submitted", "card.executed"]


@pytest.mark.parametrize("given", [{"x": "y" * 30_000}, {"x": "\x00"}, "text", None])
def test_an_answer_that_cannot_be_kept_is_refused(given, chat):
    card = send(chat, (ADAPTIVE, FORM)).cards.get()
    with pytest.raises(Invalid):
        submit(card, given)


def test_another_tenants_card_is_not_there(card):
    stranger = factories.make_center()
    with pytest.raises(NotFound):
        submit(card, {"title": "Yes"}, tenant_id=stranger.tenant.pk)
    other = factories.start_conversation(stranger.channel)
    with pytest.raises(NotFound):
        cards.submit_card(conversation_id=other.pk, card_id=card.pk, given={"title": "Yes"})


def test_erasing_takes_cards_and_answers(chat, card):
    submit(card, {"title": "Yes"})
    conversations.erase_conversation(conversation_id=chat.conversation_id)
    assert not Card.objects.exists()
    with pytest.raises(NotFound):
        submit(card, {"title": "Yes"})


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_counts(chat, card):
    barrier, refused = threading.Barrier(2), []

    def answer(title):
        try:
            barrier.wait()
            submit(card, {"title": title})
        except Conflict as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=[title]) for title in ("Yes", "No")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["This card was answered already."]
    assert factories.log_of(chat.conversation).count("card.submitted") == 1
