"""Names that were stored before they were refused turn nothing of the desk."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from contactcenter_chat.models import Channel, Customer, Queue
from tests import factories
from tests.turning import NAME, unisolated

from .conftest import parse


def call_all(name):
    for model in (Customer, Queue, Channel):
        model.objects.update(name=name)


@pytest.fixture
def turned(center, chat):
    factories.start_conversation(center.channel)
    factories.offer_of(factories.start_conversation(center.channel))
    call_all(NAME)
    get_user_model().objects.update(first_name=NAME, last_name="")
    chat.refresh_from_db()
    return chat


def test_no_name_turns_what_stands_beside_it(desk, turned):
    conversation = turned.conversation_id
    pages = {
        "home": (),
        "rail": (),
        "day": (),
        "chat": (conversation,),
        "side": (conversation,),
        "transfer": (turned.pk,),
        "ask_to_end": (turned.pk,),
    }
    shown = {name: desk.page(name, *arguments) for name, arguments in pages.items()}
    assert {name: unisolated(page) for name, page in shown.items()} == {name: [] for name in pages}
    assert [name for name, page in shown.items() if NAME not in page.get_text()] == []


def test_what_happened_is_told_with_each_name_isolated(desk, turned):
    events = [str(each) for each in desk.page("chat", turned.conversation_id).select(".event > span")]
    assert events[1:] == ["<span>Queued in <bdi>Default</bdi>.</span>", "<span><bdi>Maria Torres</bdi> joined.</span>"]


def test_the_end_is_asked_in_the_agents_language(desk, turned):
    address = reverse("contactcenter_chat:desk:ask_to_end", args=[turned.pk])
    heading = parse(desk.client.get(address, headers={"accept-language": "es"})).h2
    assert str(heading) == f'<h2 id="dialog-title">¿Terminar el chat con <bdi>{NAME}</bdi>?</h2>'
