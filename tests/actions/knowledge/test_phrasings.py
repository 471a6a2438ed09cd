"""What becomes of it when a customer says that a bot's answer has helped, or that it has not?"""

import threading

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.bots import turns
from contactcenter_chat.actions.knowledge import articles, finding, looking, phrasings, vectors
from contactcenter_chat.actions.upkeep.erasure import erase_customer
from contactcenter_chat.bots.base import Judged, Say
from contactcenter_chat.knowledge.base import EmbedderAway, embedder
from contactcenter_chat.models import ArticleVersion, ConfirmedPhrasing, Conversation, Message
from tests import factories
from tests.actions.bots.conftest import said, says, take_turns

ASKED = "Can I pay my tuition in instalments?"
ANSWER = "Yes, in three payments."
NO = "No, none of these"


@pytest.fixture
def college(center, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "LIVE_HINTS": False}
    return factories.make_article(center.tenant, ASKED, answer=ANSWER)


@pytest.fixture
def here(monkeypatch):
    """What would be done in the thread of the embedder is done at once."""

    class Done:
        def __init__(self, work):
            self.work = work

        def result(self, seconds):
            return self.work()

    monkeypatch.setattr(looking, "done_there", Done)


def chat(center, **data):
    return conversations.start_conversation(channel=center.channel, data=data, script="faq")


def ask(center, question=ASKED, *more, **data):
    """A new customer asks the bot; return the conversation."""
    talk = chat(center, **data)
    for text in (question, *more):
        says(talk, text)
        take_turns()
    return talk


def asks_back(center, question=ASKED, **data):
    """Whether the bot asks the customer if that was it."""
    return "Did that help?" in said(ask(center, question, **data))[1]


def confirm(center, question=ASKED, **data):
    return ask(center, question, "Yes, thanks", **data)


def test_it_asks_until_a_customer_has_said_yes(center, college):
    assert asks_back(center)
    talk = confirm(center)
    assert said(talk)[-1] == "I am glad. If there is anything else, just ask."
    told = said(ask(center, "can i pay my tuition in instalments"))
    assert told[1] == f"{ASKED}\n\n{ANSWER}"
    row = ConfirmedPhrasing.objects.get()
    assert (row.tenant, row.version.article, row.spell) == (center.tenant, college, talk.bot_spells.get())
    assert (row.times, row.model, bytes(row.vector)) == (1, "", b"")


def test_a_customer_can_say_no_still_and_then_it_asks_again(center, college):
    confirm(center)
    talk = ask(center)
    options = Message.objects.filter(conversation=talk).latest("number").cards.get().content["options"]
    assert [each["title"] for each in options] == [NO, "Talk to a person"]
    says(talk, NO)
    take_turns()
    assert talk.bot_spells.get().misses == ["said_no"]
    assert not ConfirmedPhrasing.objects.exists()
    assert asks_back(center)


def test_a_no_to_the_question_takes_it_away_as_well(center, college):
    confirm(center)
    talk = ask(center, "Do instalments of my tuition cost more?", NO)
    assert talk.bot_spells.get().misses == ["said_no"]
    assert ConfirmedPhrasing.objects.count() == 1  # of other words
    ConfirmedPhrasing.objects.update(edition="x")
    ask(center, ASKED, NO)
    assert not ConfirmedPhrasing.objects.exists()


def test_other_words_are_another_question_without_an_embedder(center, college):
    confirm(center)
    assert asks_back(center, "May I pay my tuition in instalments?")


@pytest.mark.parametrize(
    "change",
    [{"answer": "No."}, {"link": "https://college.test/"}, {"questions": ["Paying tuition in instalments"]}],
)
def test_what_an_article_has_said_before_it_was_changed_is_not_confirmed(center, college, change):
    confirm(center)
    version = ArticleVersion.objects.get()
    words = {"questions": version.questions, "answer": version.answer, "link": "", **change}
    articles.save_article(college, versions={"en": articles.Said(**words)})
    assert asks_back(center)
    confirm(center)
    assert not asks_back(center)
    assert [row.times for row in ConfirmedPhrasing.objects.all()] == [1]


def test_another_wording_of_the_question_changes_nothing(center, college):
    confirm(center)
    said_now = articles.Said([ASKED, "In parts?"], ANSWER)
    articles.save_article(college, versions={"en": said_now})
    assert not asks_back(center)


def test_a_yes_to_what_was_changed_meanwhile_counts_for_nothing(center, college):
    talk = ask(center)
    articles.save_article(college, versions={"en": articles.Said([ASKED], "No.")})
    says(talk, "Yes, thanks")
    take_turns()
    assert said(talk)[-1] == "I am glad. If there is anything else, just ask."
    assert not ConfirmedPhrasing.objects.exists()


def test_a_retired_article_is_not_found_at_all(center, college):
    talk = ask(center)
    confirm(center)
    articles.retire(college)
    assert said(ask(center))[1].startswith("I have found nothing about that.")
    says(talk, "Yes, thanks")
    take_turns()
    assert ConfirmedPhrasing.objects.get().times == 1


def test_another_language_is_another_matter(center, college):
    confirm(center, language="en")
    assert not asks_back(center, language="en-GB")
    talk = ask(center, language="es")
    assert said(talk)[1].startswith("Puede que sea esto: ")


def test_who_may_not_read_it_does_not_hear_of_it(center, college):
    confirm(center)
    college.level = "code"
    college.save()
    assert said(ask(center))[1].startswith("I have found nothing about that.")


def test_another_contact_centre_knows_nothing_of_it(center, college):
    other = factories.make_center()
    own = factories.make_article(other.tenant, ASKED, answer=ANSWER)
    confirm(center)
    assert asks_back(other)
    judged = Judged(college.pk, finding.edition_of(college.versions.get()), ASKED, helped=True)
    talk = chat(other)
    for helped in (True, False):
        note(talk, Judged(judged.article_id, judged.edition, ASKED, helped))
    assert [row.version.article for row in ConfirmedPhrasing.objects.all()] == [college]
    assert own.versions.get().phrasings.count() == 0


def note(talk, judged):
    phrasings.note(
        Conversation.objects.get(pk=talk.pk), talk.bot_spells.get(), judged, phrasings.meant(talk.tenant_id, judged)
    )


def test_times_are_counted_by_chats(center, college):
    talk = confirm(center)
    says(talk, ASKED)
    take_turns()
    judged = Judged(college.pk, finding.edition_of(college.versions.get()), ASKED, helped=True)
    note(talk, judged)
    assert ConfirmedPhrasing.objects.get().times == 1
    again = chat(center)
    note(again, judged)
    row = ConfirmedPhrasing.objects.get()
    assert (row.times, row.spell) == (2, again.bot_spells.get())


def test_it_goes_with_the_customer_who_said_so(center, college):
    talk = confirm(center)
    erase_customer(customer_id=talk.customer_id)
    assert not ConfirmedPhrasing.objects.exists()
    confirm(center).bot_spells.all().delete()
    assert not ConfirmedPhrasing.objects.exists()


def test_no_words_are_kept(center, college):
    confirm(center, f"{ASKED} Tell ann@college.test")
    row = ConfirmedPhrasing.objects.values().get()
    assert [
        name for name, value in row.items() if isinstance(value, str) and ("tuition" in value or "ann" in value)
    ] == []
    assert not asks_back(center, f"{ASKED} Tell bob@college.test")


def test_the_newest_stay(center, college, monkeypatch):
    monkeypatch.setattr(phrasings, "VERSION_MOST", 2)
    talk = chat(center)
    edition = finding.edition_of(college.versions.get())
    for number in range(4):
        note(talk, Judged(college.pk, edition, f"question {number}", helped=True))
    digests = {phrasings.meant(center.tenant.pk, Judged("", "", f"question {n}", helped=True)).digest for n in (2, 3)}
    assert set(ConfirmedPhrasing.objects.values_list("digest", flat=True)) == digests
    monkeypatch.setattr(phrasings, "TENANT_MOST", 1)
    note(talk, Judged(college.pk, edition, "question 4", helped=True))
    assert ConfirmedPhrasing.objects.count() == 1


def test_a_meaning_like_it_counts_with_an_embedder(center, college, embedder, here):
    vectors.make_due()
    confirm(center)
    assert not asks_back(center, "Can I pay my tuition in instalment?")
    assert asks_back(center, "How can I pay for my course?")
    row = ConfirmedPhrasing.objects.get()
    assert (row.model, len(row.vector) > 0) == (embedder_model(), True)


def embedder_model():
    return embedder().model


def test_a_no_takes_away_what_means_the_same(center, college, embedder, here):
    vectors.make_due()
    confirm(center)
    ask(center, "Can I pay my tuition in instalment?", NO)
    assert not ConfirmedPhrasing.objects.exists()


def test_while_the_embedder_is_away_the_words_are_kept(center, college, embedder, here, monkeypatch):
    vectors.make_due()
    talk = ask(center)

    def away(*arguments):
        raise EmbedderAway("It sleeps.")

    monkeypatch.setattr(phrasings, "_with_meaning", away)
    says(talk, "Yes, thanks")
    take_turns()
    row = ConfirmedPhrasing.objects.get()
    assert (row.model, bytes(row.vector)) == ("", b"")
    assert not asks_back(center)


def test_it_is_written_with_what_the_bot_says_or_not_at_all(center, college, monkeypatch):
    talk = ask(center)
    says(talk, "Yes, thanks")
    monkeypatch.setattr("contactcenter_chat.actions.bots.writing.say", lambda *a: 1 / 0)
    monkeypatch.setattr(turns.failing, "give_up", lambda *a: None)
    take_turns_once()
    assert not ConfirmedPhrasing.objects.exists()


def take_turns_once():
    turns._work(turns._at_work.take())


def test_looking_costs_the_same_for_many(center, college):
    def queries():
        talk = Conversation.objects.select_related("channel__webhook", "customer", "tenant").get(pk=chat(center).pk)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert finding.found_for_bot(talk, ASKED)
        return len(captured)

    few = queries()
    talk, edition = chat(center), finding.edition_of(college.versions.get())
    for number in range(phrasings.VERSION_MOST + 5):
        note(talk, Judged(college.pk, edition, f"question {number}", helped=True))
        factories.make_article(center.tenant, f"{ASKED} {number}")
    assert ConfirmedPhrasing.objects.count() == phrasings.VERSION_MOST
    assert queries() == few


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_many_may_say_so_at_once(center, college):
    edition = finding.edition_of(college.versions.get())
    talks = [chat(center) for _ in range(6)]
    start, failed = threading.Barrier(len(talks)), []

    def say_so(talk, number):
        try:
            start.wait()
            for turn in range(8):
                helped = (turn + number) % 3 != 0
                held = talk.bot_spells.get()
                turns.write(held, turn, Say("Well", judged=Judged(college.pk, edition, f"{turn % 2}", helped)), None)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=say_so, args=(talk, number)) for number, talk in enumerate(talks)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failed == []
    assert ConfirmedPhrasing.objects.count() <= 2
    assert all(said(talk).count("Well") == 8 for talk in talks)
