"""Files of articles: links to them stand in the answer, and lead there as long as customers may read the article."""

from unittest import mock

import pytest
from django.test import Client

from contactcenter_chat.actions.knowledge.articles import delete_article
from contactcenter_chat.actions.knowledge.files import remove_file
from contactcenter_chat.attachments import links, storing
from contactcenter_chat.models import Article, ArticleFile
from tests.factories import make_article, make_article_file

from .chat_gateway_v1.caller import Gateway

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.fixture(autouse=True)
def conf(settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "PUBLIC_URL": "http://testserver"}
    return settings.CONTACTCENTER_CHAT


@pytest.fixture(params=["v2", "v1"])
def client(request, api, center):
    """A client of each wire."""
    return api if request.param == "v2" else Gateway(center)


@pytest.fixture
def article(center):
    return make_article(center.tenant, "Pay in parts?", versions={"es": (["¿A plazos?"], "Sí.")})


@pytest.fixture
def file(article):
    return make_article_file(article, PNG, "plan.png")


def opened(file, **changes):
    return Client().get(links.link_to(file.pk, links.ARTICLE_FILE), **changes)


def test_each_with_a_link(client, article, file):
    make_article_file(article, b"Two", "two.txt")
    make_article_file(article, b"No", "never came.txt")
    ArticleFile.objects.filter(name="never came.txt").update(state="receiving")
    make_article_file(article, "¿Qué?".encode(), "plazos.txt", language="es")
    (found,) = client.get("articles?q=pay").json()["articles"]
    urls = [each.pop("url") for each in found["files"]]
    assert found["files"] == [
        {"name": "plan.png", "contentType": "image/png", "size": 48},
        {"name": "two.txt", "contentType": "text/plain", "size": 3},
    ]
    answers = [Client().get(url) for url in urls]
    assert [b"".join(answer.streaming_content) for answer in answers] == [PNG, b"Two"]
    assert [answer["Content-Type"] for answer in answers] == ["image/png", "application/octet-stream"]
    (found,) = client.get("articles?q=plazos&language=es").json()["articles"]
    assert [each["name"] for each in found["files"]] == ["plazos.txt"]


def test_the_number_of_statements_does_not_grow(client, center, django_assert_max_num_queries):
    for number in range(10):
        article = make_article(center.tenant, f"Fees {number}")
        make_article_file(article)
        make_article_file(article)
    client.get("articles?q=fees")
    with django_assert_max_num_queries(7):
        client.get("articles?q=fees&size=20")


@pytest.mark.parametrize(
    "hidden",
    [
        {"state": "draft"},
        {"state": "retired"},
        {"audience": "agents"},
        {"level": "signed"},
        {"valid_to": "2020-01-01"},
        {"valid_from": "2999-01-01"},
    ],
)
def test_a_link_leads_nowhere_while_customers_may_not_read_the_article(file, hidden):
    assert opened(file).status_code == 200
    Article.objects.update(**hidden)
    answer = opened(file)
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert answer.content == b"This is not there, or it is not yours to see."


def test_nor_of_what_is_for_a_queue_alone(file, center):
    Article.objects.get().queues.add(center.queue)
    assert opened(file).status_code == 404


@pytest.mark.parametrize("take_away", [remove_file, lambda file: delete_article(file.version.article)])
def test_nor_of_what_is_gone(file, take_away):
    take_away(file)
    assert opened(file).status_code == 404


def test_what_cannot_be_read_is_told(file, caplog):
    with mock.patch.object(type(storing.storage()), "open", side_effect=OSError("away")):
        assert opened(file).status_code == 503
    storing.storage().delete(file.path)
    assert opened(file).status_code == 404


def test_a_link_is_good_for_one_file_and_for_a_while(file, article):
    other = make_article_file(article)
    link = links.link_to(file.pk, links.ARTICLE_FILE)
    assert Client().get(link.replace(file.pk, other.pk)).status_code == 403
    assert Client().get(link.split("?")[0]).status_code == 403
    assert Client().get(links.path_to(file.pk, -1, links.ARTICLE_FILE)).status_code == 403
    assert Client().post(link).status_code == 405
    assert opened(file, headers={"Range": "bytes=1-3"}).status_code == 206


def test_links_of_one_kind_do_not_open_the_other(file):
    as_attachment = links.link_to(file.pk)
    assert Client().get(as_attachment).status_code == 404
    assert Client().get(as_attachment.replace("attachments/", "attachments/articles/")).status_code == 403
