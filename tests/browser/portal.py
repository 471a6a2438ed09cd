"""The example's client application in a browser: a contact centre that it knows, and what happens in its chats."""

from contactcenter_chat.actions import messages
from contactcenter_chat.actions.setup.tenants import hash_secret
from contactcenter_chat.events import AGENT
from contactcenter_chat.models import ApiKey, Conversation
from example_project.portal.center import WEBHOOK
from example_project.portal.models import Line
from tests import factories

# The server is told of them when it starts; the key's id stands in the access token that it keeps.
LABEL, KEY, SECRET, KEY_ID = "college", "cck_browser", "only for browsers", "browser"
ENVIRONMENT = {"PORTAL_TENANT": LABEL, "PORTAL_API_KEY": KEY, "PORTAL_API_SECRET": SECRET}
TOPIC = "Courses and admission"


def make_college():
    """A contact centre whose key the portal has, with a channel of the portal's."""
    new = factories.make_tenant(LABEL)
    hashes = {"key_hash": hash_secret(KEY), "secret_hash": hash_secret(SECRET)}
    ApiKey.objects.filter(pk=new.api_key.pk).update(id=KEY_ID, **hashes)
    new.queue.ring_seconds = 300
    new.queue.save()
    factories.make_channel(new.tenant, new.queue, factories.make_webhook(new.tenant, name=WEBHOOK), name=TOPIC)
    return new


def start_chat(page, name="Rosa", text="Hello"):
    """Fill in the page that starts a chat; return the conversation."""
    page.locator("#id_name").fill(name)
    page.locator("#id_text").fill(text)
    page.locator("form.card button[type=submit]").click()
    page.wait_for_url("**/portal/chat/")
    return Conversation.objects.latest("created_at")


def answer(agent, conversation, text, **contents):
    """The agent says something, and the callback of it has come to the portal."""
    said = messages.add_message(conversation_id=conversation.pk, author_type=AGENT, agent=agent, text=text)
    name = str(agent)
    return Line.objects.create(
        conversation_id=conversation.pk, author=Line.Author.AGENT, name=name, text=text, at=said.created_at, **contents
    )
