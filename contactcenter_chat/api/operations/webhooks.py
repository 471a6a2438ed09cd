"""What do operations on webhooks do?"""

from ...actions.setup import webhooks
from ...actions.setup.tenants import scope
from ...queries import api as queries
from ..base import KeyView, limits

READ, WRITE = scope("webhooks", "read"), scope("webhooks", "write")


class Webhooks(KeyView):
    """The operations on webhooks, for a KeyView.

    Each format gives its own alone: generated clients know no other version, and one would break their whole list. An
    update takes over a webhook of another, which is of this format then.
    """

    subject = "webhook"

    def list_webhooks(self):
        own = queries.webhooks(self.tenant, self.selection("webhook"), version=self.wire_format.version)
        return self.page("webhooks", own, self.responses.webhook)

    def create_webhook(self):
        wanted = self.requests.read_webhook(self.body, limits())
        if kept := self.once.kept():
            return self.first_revision(kept)
        # It waits for somebody else's server, so it comes before the transaction.
        verified = webhooks.verify_uri(tenant=self.tenant, uri=wanted.uri, version=wanted.version)
        return self.first_revision(self.once.answer(200, lambda: self._create(wanted, verified)))

    def _create(self, wanted, verified):
        webhook = webhooks.create_webhook(
            tenant=self.tenant, name=wanted.name, uri=wanted.uri, version=wanted.version, verified=verified
        )
        return self.responses.webhook(webhook)

    def verify_webhook(self):
        wanted = self.requests.read_verify(self.body, limits())
        webhooks.verify_uri(tenant=self.tenant, uri=wanted.uri, version=wanted.version)
        return self.answer(204)

    def get_webhook(self, webhook_id):
        return self.revised(self._own(webhook_id), self.responses.webhook)

    def update_webhook(self, webhook_id):
        webhook = queries.webhook(self.tenant, webhook_id)
        wanted = self.requests.read_webhook(self.body, limits())
        changed = webhooks.update_webhook(
            webhook=webhook,
            expected_revision=self.expected_revision,
            name=wanted.name,
            uri=wanted.uri,
            version=wanted.version,
        )
        return self.revised(changed, self.responses.webhook)

    def delete_webhook(self, webhook_id):
        webhooks.delete_webhook(self._own(webhook_id))
        return self.answer(204)

    def _own(self, webhook_id):
        return queries.webhook(self.tenant, webhook_id, version=self.wire_format.version)
