"""Does what authenticates itself answer in a project where everything else needs a log-in?"""

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from contactcenter_chat import urls
from contactcenter_chat.attachments import links
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def log_in_required(settings):
    before = settings.MIDDLEWARE
    at = before.index("django.contrib.auth.middleware.AuthenticationMiddleware") + 1
    settings.MIDDLEWARE = [*before[:at], "django.contrib.auth.middleware.LoginRequiredMiddleware", *before[at:]]


@pytest.fixture
def center():
    return factories.make_center("college")


def views(patterns):
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from views(each.url_patterns)
        else:
            yield each


def test_no_view_of_ours_is_left_to_the_middleware():
    ours = list(views(urls.urlpatterns))
    assert len(ours) > 60
    assert [each for each in ours if getattr(each.callback, "login_required", True)] == []
    assert getattr(get_resolver().resolve("/admin/").func, "login_required", True)


def test_a_link_to_an_attachment_opens(center):
    conversation = factories.start_conversation(center.channel)
    row = factories.make_attachment(conversation, content=b"Hello")
    answer = Client().get(links.path_to(row.pk, 60))
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, b"Hello")


@pytest.mark.parametrize("address", ["/api/schema/", "/api/docs/"])
def test_descriptions_are_for_everybody(address):
    assert Client().get(address).status_code == 200


def test_programs_are_refused_as_programs(center):
    assert Client().post("/oauth/v2/token").status_code in (400, 401)
    assert Client().post("/callbacks/vendor/", b"{}", content_type="application/json").status_code == 404


def test_the_desk_sends_people_to_the_log_in_and_tells_its_parts(center):
    assert Client().get("/desk/").status_code == 302
    assert Client().get("/desk/rail/").status_code == 401
    assert Client().post("/desk/heartbeat/").status_code == 401
