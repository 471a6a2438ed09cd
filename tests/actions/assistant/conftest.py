"""A chat whose queue has an assistant, behind an endpoint that answers as the test says."""

import pytest

from contactcenter_chat.actions.assistant import asking, writing
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.models import AssistantRequest, Queue
from tests import factories
from tests.model_endpoint import endpoint, streamed

QUESTION = "Can I pay my fees in parts?"
DRAFT = "Yes, in three. [A1]"


@pytest.fixture
def model(settings):
    with endpoint(streamed(DRAFT)) as server:
        settings.CONTACTCENTER_CHAT = {
            "ASSISTANT": {"base_url": server.url, "model": "small", "api_key": "k1", "timeout": 5},
            "LIVE_HINTS": False,
        }
        yield server


@pytest.fixture
def center(db, model):
    center = factories.make_center(wrap_up_mode="optional")
    Queue.objects.filter(pk=center.queue.pk).update(assisted=True)
    center.article = factories.make_article(center.tenant, QUESTION, answer="Yes, in three.")
    return center


@pytest.fixture
def agent(center):
    return factories.make_agent(center.tenant, center.queue, first_name="Maria", last_name="Torres")


@pytest.fixture
def chat(center, agent):
    chat = factories.accepted(factories.start_conversation(center.channel))
    says(chat, QUESTION)
    return chat


def says(chat, text):
    return add_message(conversation_id=chat.conversation_id, author_type="user", text=text)


def write_all():
    """Have written all that is owed, in this thread; return how much that is."""
    written = 0
    while request := writing._at_work.take():
        writing._work(request)
        written += 1
    return written


def written(chat, agent, kind="draft", **options):
    """What comes of asking."""
    asked = asking.ask(interaction_id=chat.pk, agent=agent, kind=kind, **options)
    write_all()
    return AssistantRequest.objects.get(pk=asked.pk)
