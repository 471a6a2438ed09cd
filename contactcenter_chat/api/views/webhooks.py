"""Where do callbacks go?"""

from ...actions import webhooks
from ...queries import api as queries
from ...wire.chat_api_v2 import answers, requests
from .. import bodies
from ..base import TenantView
from ..description import ALWAYS, IDEMPOTENCY_KEY, IF_MATCH, ONCE, PAGING, WITH_BODY, describe

TAG = "Webhooks"
READ, WRITE = "vcc-chat.webhooks.read", "vcc-chat.webhooks.write"


class WebhooksView(TenantView):
    """``…/web-hooks``"""

    scopes = {"GET": READ, "POST": WRITE}

    @describe(
        "listWebhooks",
        "All webhooks, the oldest first.",
        tag=TAG,
        parameters=PAGING,
        answers={200: ("A page of webhooks.", "WebHookPage")},
        refusals=(400, *ALWAYS),
    )
    def get(self, request, **path):
        return self.page(queries.webhooks(self.tenant), answers.webhook)

    @describe(
        "createWebhook",
        "Make a webhook. Its address is sent a signed WEB_HOOK_VERIFY first and must answer 2xx.",
        tag=TAG,
        parameters=[IDEMPOTENCY_KEY],
        body="WebHookRequest",
        answers={200: ("The webhook.", "WebHook")},
        refusals=(*WITH_BODY, *ONCE, *ALWAYS),
    )
    def post(self, request, **path):
        wanted = requests.read_webhook(self.body)
        if kept := self.once.kept():
            return self.first_revision(kept)
        # It waits for somebody else's server, so it comes before the transaction.
        verified = webhooks.verify_uri(tenant=self.tenant, uri=wanted.uri, version=wanted.version)
        return self.first_revision(self.once.answer(200, lambda: self._create(wanted, verified)))

    def _create(self, wanted, verified):
        webhook = webhooks.create_webhook(
            tenant=self.tenant, name=wanted.name, uri=wanted.uri, version=wanted.version, verified=verified
        )
        return answers.webhook(webhook)


class VerifyWebhookView(TenantView):
    """``…/web-hooks/verify``"""

    scopes = {"POST": READ}

    @describe(
        "verifyWebhook",
        "Try an address: it is sent a signed WEB_HOOK_VERIFY and must answer 2xx.",
        tag=TAG,
        body="WebHookVerifyRequest",
        answers={204: ("The address answers.", None)},
        refusals=(*WITH_BODY, *ALWAYS),
    )
    def post(self, request, **path):
        wanted = requests.read_verify(self.body)
        webhooks.verify_uri(tenant=self.tenant, uri=wanted.uri, version=wanted.version)
        return bodies.answer(204)


class WebhookView(TenantView):
    """``…/web-hooks/{web-hook-id}``"""

    scopes = {"GET": READ, "PUT": WRITE, "DELETE": WRITE}

    @describe(
        "getWebhook",
        "One webhook.",
        tag=TAG,
        answers={200: ("The webhook.", "WebHook")},
        refusals=(404, *ALWAYS),
    )
    def get(self, request, web_hook_id, **path):
        return self.revised(queries.webhook(self.tenant, web_hook_id), answers.webhook)

    @describe(
        "updateWebhook",
        "Replace a webhook. A new address is sent a signed WEB_HOOK_VERIFY first and must answer 2xx.",
        tag=TAG,
        parameters=[IF_MATCH],
        body="WebHookRequest",
        answers={200: ("The webhook.", "WebHook")},
        refusals=(404, 412, *WITH_BODY, *ALWAYS),
    )
    def put(self, request, web_hook_id, **path):
        webhook = queries.webhook(self.tenant, web_hook_id)
        wanted = requests.read_webhook(self.body)
        changed = webhooks.update_webhook(
            webhook=webhook,
            expected_revision=self.expected_revision,
            name=wanted.name,
            uri=wanted.uri,
            version=wanted.version,
        )
        return self.revised(changed, answers.webhook)

    @describe(
        "deleteWebhook",
        "Delete a webhook that no channel uses.",
        tag=TAG,
        answers={204: ("It is deleted.", None)},
        refusals=(404, 409, *ALWAYS),
    )
    def delete(self, request, web_hook_id, **path):
        webhooks.delete_webhook(queries.webhook(self.tenant, web_hook_id))
        return bodies.answer(204)
