"""Who may see and do what: nothing of a colleague's chat, nothing of another contact centre's."""

import pytest
from django.test import Client
from django.urls import reverse

from contactcenter_chat.actions.center import interactions, releasing
from contactcenter_chat.models import Interaction
from tests import factories

from .conftest import Desk, customer_says, parse, told

OF_A_CHAT = (
    ("get", "chat", {}),
    ("get", "news", {"after": "0"}),
    ("get", "earlier", {"before": "9"}),
    ("get", "side", {}),
    ("get", "deliveries", {"number": "1"}),
    ("get", "responses", {}),
    ("post", "say", {"text": "Hello", "after": "0"}),
    ("post", "typing", {}),
    ("post", "read", {"number": "1"}),
)
OF_AN_INTERACTION = (("get", "transfer", {}), ("get", "ask_to_end", {}), ("post", "transfer", {"target": "queue:x"}))
VERBS = (("end", 409), ("codes", 409), ("finish", 409), ("extend", 409))


def ask(desk, method, name, argument, data):
    return getattr(desk, method)(name, argument, **data)


@pytest.mark.parametrize(("method", "name", "data"), OF_A_CHAT)
@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_anothers_chat_is_not_there(request, chat, who, method, name, data):
    answer = ask(request.getfixturevalue(who), method, name, chat.conversation_id, data)
    assert answer.status_code == 404
    assert answer.content.decode() == "This is not there, or it is not yours to see."
    assert chat.conversation.messages.count() == 1


@pytest.mark.parametrize(("method", "name", "data"), OF_A_CHAT)
def test_an_unknown_chat_is_not_there(desk, method, name, data):
    assert ask(desk, method, name, "x" * 22, data).status_code == 404


@pytest.mark.parametrize(("method", "name", "data"), OF_AN_INTERACTION)
@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_anothers_interaction_is_not_there(request, chat, who, method, name, data):
    assert ask(request.getfixturevalue(who), method, name, chat.pk, data).status_code == 404
    chat.refresh_from_db()
    assert chat.state == "handling"


@pytest.mark.parametrize(("name", "status"), VERBS)
def test_a_colleague_changes_nothing(chat, colleague, name, status):
    assert colleague.post(name, chat.pk).status_code == status
    chat.refresh_from_db()
    assert chat.state == "handling"


@pytest.mark.parametrize(("name", "_status"), VERBS)
def test_a_stranger_finds_nothing(chat, stranger, name, _status):
    assert stranger.post(name, chat.pk).status_code == 404
    chat.refresh_from_db()
    assert chat.state == "handling"


@pytest.mark.parametrize("name", ["accept", "decline"])
def test_a_stranger_finds_no_offer(center, agent, stranger, name):
    offer = factories.offer_of(factories.start_conversation(center.channel))
    assert stranger.post(name, offer.pk).status_code == 404
    offer.refresh_from_db()
    assert offer.state == "pending"


def test_a_colleague_cannot_answer_anothers_offer(center, agent, colleague):
    offer = factories.offer_of(factories.start_conversation(center.channel))
    answer = colleague.post("accept", offer.pk)
    assert answer.status_code == 409
    assert answer.content.decode() == "This chat is not offered to you any more."


def test_what_rings_may_be_read(center, agent, desk):
    conversation = factories.start_conversation(center.channel)
    assert desk.get("chat", conversation.pk).status_code == 404
    factories.offer_of(conversation)
    assert desk.get("chat", conversation.pk).status_code == 200


def test_what_the_agent_handled_stays_readable(chat, desk):
    interactions.end_interaction(interaction_id=chat.pk, agent=chat.agent)
    Interaction.objects.filter(pk=chat.pk).update(state="finished")
    customer_says(chat, "One more thing")
    assert "One more thing" in told(desk.page("chat", chat.conversation_id))


def test_other_conversations_of_the_customer_are_the_agents_own(center, chat, desk, colleague):
    own, mine = (
        factories.accepted(factories.start_conversation(center.channel, customerId="7", name="Zoe")) for _ in range(2)
    )
    factories.start_conversation(center.channel, customerId="7", name="Zoe")
    others = desk.page("side", own.conversation_id).select(".others [data-chat]")
    assert [each["data-chat"] for each in others] == [mine.conversation_id]


@pytest.mark.parametrize("name", ["home", "rail", "state"])
def test_a_desk_shows_nothing_of_others(chat, desk, colleague, stranger, name):
    assert chat.conversation_id in desk.get(name).content.decode()
    for other in (colleague, stranger):
        assert chat.conversation_id not in other.get(name).content.decode()


def test_transfer_offers_nothing_of_another_centre(chat, desk, stranger):
    factories.make_agent(chat.tenant, first_name="Aisha")
    form = desk.page("transfer", chat.pk)
    values = {each["value"].partition(":")[0] for each in form.select("[name=target]")}
    assert values == {"queue", "agent"}
    assert stranger.agent.pk not in str(form)
    answer = desk.post("transfer", chat.pk, target=f"agent:{stranger.agent.pk}")
    assert answer.status_code == 400
    assert answer.content.decode() == "Choose a queue, or a colleague who is available."


class TestWhoIsNoAgent:
    PARTS = (
        ("get", "rail", ()),
        ("get", "state", ()),
        ("post", "presence", ()),
        ("post", "heartbeat", ()),
        *((method, name, ("x",)) for method, name, _data in OF_A_CHAT + OF_AN_INTERACTION),
        *(("post", name, ("x",)) for name in ("accept", "decline", "end", "codes", "finish", "extend")),
    )

    def test_the_page_asks_to_log_in(self, db):
        answer = Client().get(reverse("contactcenter_chat:desk:home"))
        assert answer.status_code == 302
        assert answer["Location"] == "/accounts/login/?next=/desk/"

    @pytest.mark.parametrize(("method", "name", "arguments"), PARTS)
    def test_a_part_says_so(self, db, method, name, arguments):
        answer = getattr(Client(), method)(reverse(f"contactcenter_chat:desk:{name}", args=arguments))
        assert answer.status_code == 401
        assert answer.content.decode() == "You are not logged in any more."

    def test_another_user_is_told_politely(self, db):
        client = Client()
        client.force_login(factories.make_user("visitor"))
        answer = client.get(reverse("contactcenter_chat:desk:home"))
        assert answer.status_code == 403
        assert "visitor" in answer.content.decode()
        assert client.get(reverse("contactcenter_chat:desk:rail")).status_code == 401

    def test_a_dismissed_agent_is_out_at_once(self, agent, desk):
        agent.user.is_active = False
        agent.user.save()
        assert desk.get("rail").status_code == 401


def test_what_changes_something_needs_the_forms_token(agent, chat):
    client = Client(enforce_csrf_checks=True)
    client.force_login(agent.user)
    for name, argument in (("say", chat.conversation_id), ("end", chat.pk), ("presence", None)):
        url = reverse(f"contactcenter_chat:desk:{name}", args=[argument] if argument else [])
        assert client.post(url, {"text": "Hello", "after": "0"}).status_code == 403


@pytest.mark.parametrize("name", ["say", "typing", "read"])
def test_what_changes_something_cannot_be_got(chat, desk, name):
    assert desk.get(name, chat.conversation_id).status_code == 405


def test_nothing_is_kept_in_caches(chat, desk):
    for name, arguments in (("home", ()), ("rail", ()), ("chat", (chat.conversation_id,))):
        assert "no-store" in desk.get(name, *arguments)["Cache-Control"]


def test_what_customers_write_is_text_and_no_markup(center, agent, desk):
    evil = "<script>alert(1)</script>"
    conversation = factories.start_conversation(center.channel, name=evil, email=evil, page=evil)
    offer = factories.offer_of(conversation)
    assert not parse(desk.get("rail")).select(".offer script")
    desk.post("accept", offer.pk)
    customer_says(Interaction.objects.get(conversation=conversation), evil)
    for name, query in (("chat", {}), ("side", {}), ("news", {"after": 0})):
        answer = desk.get(name, conversation.pk, **query)
        assert evil not in answer.content.decode()
        assert "&lt;script&gt;" in answer.content.decode()


def test_a_customers_link_opens_elsewhere_without_our_address(chat, desk):
    customer_says(chat, "See https://example.org/a?b=1 and javascript:alert(1)")
    links = desk.page("chat", chat.conversation_id).select(".message .text a")
    assert [(a["href"], a["target"], a["rel"]) for a in links] == [
        ("https://example.org/a?b=1", "_blank", ["noopener", "noreferrer", "nofollow"])
    ]


def test_a_number_of_queries_that_does_not_grow(center, chat, desk, django_assert_max_num_queries):
    for n in range(30):
        customer_says(chat, f"Message {n}")
    with django_assert_max_num_queries(12):
        desk.get("chat", chat.conversation_id)
    with django_assert_max_num_queries(12):
        desk.get("news", chat.conversation_id, after=0)
    Desk(chat.agent)
    with django_assert_max_num_queries(8):
        desk.get("rail")


def test_the_desk_of_one_who_was_released_says_so_at_once(desk, chat):
    releasing.release_agent(agent_id=chat.agent_id)
    for part in ("rail", "state"):
        assert desk.get(part).status_code == 401  # upon which the page loads itself anew
    assert desk.post("say", chat.conversation_id, text="Hello?", after="0").status_code == 401
    page = desk.get("home")
    assert page.status_code == 403
    assert "This desk is for agents" in page.content.decode()
