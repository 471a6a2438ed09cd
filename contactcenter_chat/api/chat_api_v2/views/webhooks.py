"""Where do callbacks go?"""

from ...description import ALWAYS, IDEMPOTENCY_KEY, IF_MATCH, ONCE, PAGING, WITH_BODY
from ...operations.webhooks import READ, WRITE, Webhooks
from ..base import TenantView
from ..description import describe

TAG = "Webhooks"


class WebhooksView(Webhooks, TenantView):
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
        return self.list_webhooks()

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
        return self.create_webhook()


class VerifyWebhookView(Webhooks, TenantView):
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
        return self.verify_webhook()


class WebhookView(Webhooks, TenantView):
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
        return self.get_webhook(web_hook_id)

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
        return self.update_webhook(web_hook_id)

    @describe(
        "deleteWebhook",
        "Delete a webhook that no channel uses.",
        tag=TAG,
        answers={204: ("It is deleted.", None)},
        refusals=(404, 409, *ALWAYS),
    )
    def delete(self, request, web_hook_id, **path):
        return self.delete_webhook(web_hook_id)
