"""An agent whose browser asks for Spanish is refused in Spanish, with the same names in it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from contactcenter_chat.actions.center import offers
from tests import factories


@pytest.fixture(autouse=True)
def _no_language_is_left():
    """A request leaves its language behind in the thread."""
    with override(None):
        yield


@pytest.fixture
def refused(desk):
    """Post what an agent does, in Spanish; return the refusal."""
    desk.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "es"

    def post(name, *arguments, **form):
        answer = desk.post(name, *arguments, **form)
        assert 400 <= answer.status_code < 500, answer.content
        return answer.content.decode()

    return post


def test_offers(center, agent, refused):
    offer = factories.offer_of(factories.start_conversation(center.channel))
    offers.decline_offer(offer_id=offer.pk, agent=agent)
    assert refused("accept", offer.pk) == "Este chat ya no se le ofrece."
    factories.make_agent(center.tenant, center.queue, first_name="Tom", last_name="Whitfield")
    factories.accepted(offer.interaction.conversation)
    assert refused("accept", offer.pk) == "\u2068Tom Whitfield\u2069 tiene este chat."
    assert refused("accept", "x" * 22) == "No existe o no puede verlo."


def test_what_is_said(chat, refused, settings):
    settings.CONTACTCENTER_CHAT = {
        **settings.CONTACTCENTER_CHAT,
        "MESSAGE_MAX_LENGTH": 3,
        "ATTACHMENT_MAX_BYTES": 2,
    }
    where = ("say", chat.conversation_id)
    assert refused(*where, text=" ", after="0") == "No puede estar vacío."
    assert refused(*where, text="Hello", after="0") == "No puede tener más de 3 caracteres."
    file = SimpleUploadedFile("note.txt", b"Hello")
    assert refused("upload", chat.conversation_id, attachment=file) == "Un archivo no puede superar los 2 bytes."


def test_handing_on_and_ending(center, chat, refused, desk):
    factories.make_codes(center.tenant, "Fees", "Courses", required=True)
    expected = "Termine o transfiera antes sus chats, o elija “sin chats nuevos”."
    assert refused("presence", presence="offline") == expected
    assert refused("presence", presence="asleep") == "Estado de presencia desconocido."
    assert refused("transfer", chat.pk, target="") == "Elija una cola o un compañero disponible."
    assert refused("finish", chat.pk) == "Termine antes el chat."
    assert desk.post("end", chat.pk).status_code == 204
    assert refused("finish", chat.pk) == "Elija antes un código: \u2068Reason\u2069."
    assert refused("transfer", chat.pk, target=f"queue:{center.queue.pk}") == "Ya no está en este chat."


def test_one_message_is_new_otherwise_than_more_are(desk):
    desk.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "es"
    words = desk.page("home").select_one("#words")
    assert (words["data-new-one"], words["data-new-many"]) == ("nuevo", "nuevos")
