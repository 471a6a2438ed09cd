"""What PostgreSQL cannot keep is refused by every verb that takes a text, in its own words."""

import pytest

from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.actions.center import offers, presence, transfers
from contactcenter_chat.actions.setup import channels, tenants, webhooks
from contactcenter_chat.exceptions import Invalid
from contactcenter_chat.signature import new_secret
from tests import factories
from tests.facts import nothing_written

pytestmark = pytest.mark.django_db

NUL = "a\0"


def verified():
    return webhooks.Verified("http://127.0.0.1:9/", "v2.0", new_secret())


VERBS = {
    "conversations.start_conversation data": lambda c: conversations.start_conversation(
        channel=c.channel, data={"name": NUL}
    ),
    "conversations.start_conversation key": lambda c: conversations.start_conversation(
        channel=c.channel, data={NUL: "x"}
    ),
    "conversations.start_conversation history": lambda c: conversations.start_conversation(
        channel=c.channel, data={}, history=[("user", NUL)]
    ),
    "conversations.update_conversation": lambda c: conversations.update_conversation(
        conversation_id=c.chat.conversation_id, data={"name": NUL}
    ),
    "messages.add_message": lambda c: messages.add_message(
        conversation_id=c.chat.conversation_id, author_type="user", text=NUL
    ),
    "presence.set_presence": lambda c: presence.set_presence(agent_id=c.agent.pk, presence="on_break", reason=NUL),
    "transfers.transfer_to_queue": lambda c: transfers.transfer_to_queue(
        interaction_id=c.chat.pk, agent=c.chat.agent, queue=c.queue, note=NUL
    ),
    "offers.decline_offer": lambda c: offers.decline_offer(offer_id=c.offer.pk, agent=c.offer.agent, reason=NUL),
    "channels.create_channel": lambda c: channels.create_channel(
        tenant=c.tenant, name=NUL, webhook=c.webhook, queue=c.queue
    ),
    "channels.update_channel": lambda c: channels.update_channel(channel=c.channel, name=NUL),
    "webhooks.create_webhook": lambda c: webhooks.create_webhook(
        tenant=c.tenant, name=NUL, uri="http://127.0.0.1:9/", version="v2.0", verified=verified()
    ),
    "webhooks.update_webhook": lambda c: webhooks.update_webhook(webhook=c.webhook, name=NUL),
    "tenants.create_tenant": lambda c: tenants.create_tenant(label="other", name=NUL),
    "tenants.update_tenant": lambda c: tenants.update_tenant(c.tenant, name=NUL),
    "tenants.create_api_key": lambda c: tenants.create_api_key(tenant=c.tenant, name=NUL),
}


@pytest.fixture
def there(center):
    center.agent = factories.make_agent(center.tenant, center.queue, capacity=1)
    center.chat = factories.accepted(factories.start_conversation(center.channel))
    factories.make_agent(center.tenant, center.queue)
    center.offer = factories.offer_of(factories.start_conversation(center.channel))
    return center


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_it_is_refused(there, verb):
    with nothing_written(), pytest.raises(Invalid, match=r"May not contain the character U\+0000\."):
        verb(there)


def test_words_of_a_history_are_no_longer_than_what_can_be_said(there, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "MESSAGE_MAX_LENGTH": 10}
    with pytest.raises(Invalid, match=r"May not be longer than 10 characters\."):
        conversations.start_conversation(channel=there.channel, data={}, history=[("user", "x" * 11)])


def test_a_customer_has_no_value_that_javascript_would_lose(there):
    with nothing_written(), pytest.raises(Invalid, match="May not contain the name __proto__"):
        conversations.start_conversation(channel=there.channel, data={"__proto__": "x"})
