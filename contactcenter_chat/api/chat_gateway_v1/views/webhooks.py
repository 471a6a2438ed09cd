"""Where do callbacks go?"""

from ....wire.chat_gateway_v1.names import WEBHOOK_FIELDS
from ...description import ALWAYS, IDEMPOTENCY_KEY, IF_MATCH, ONCE, PAGING, WITH_BODY, filter_by
from ...operations.webhooks import READ, WRITE, Webhooks
from ..base import GatewayView
from ..description import SORT, describe

TAG = "WebHooks"


class WebhooksView(Webhooks, GatewayView):
    """``…/webhooks``"""

    scopes = {"GET": READ, "POST": WRITE}

    @describe(
        "listWebhooks",
        "All webhooks that fit the filter, the oldest first or sorted.",
        tag=TAG,
        parameters=[*PAGING, SORT, filter_by("name==Portal*", WEBHOOK_FIELDS)],
        answers={200: ("A page of webhooks.", "WebHookPage")},
        refusals=(400, *ALWAYS),
    )
    def get(self, request):
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
    def post(self, request):
        return self.create_webhook()


class VerifyWebhookView(Webhooks, GatewayView):
    """``…/webhooks/verify``"""

    scopes = {"POST": READ}

    @describe(
        "verifyWebhook",
        "Try an address: it is sent a signed WEB_HOOK_VERIFY and must answer 2xx.",
        tag=TAG,
        body="WebHookVerifyRequest",
        answers={204: ("The address answers.", None)},
        refusals=(*WITH_BODY, *ALWAYS),
    )
    def post(self, request):
        return self.verify_webhook()


class WebhookView(Webhooks, GatewayView):
    """``…/webhooks/{webhookId}``"""

    scopes = {"GET": READ, "PUT": WRITE, "DELETE": WRITE}

    @describe(
        "getWebhook",
        "One webhook.",
        tag=TAG,
        answers={200: ("The webhook.", "WebHook")},
        refusals=(404, *ALWAYS),
    )
    def get(self, request, webhook_id):
        return self.get_webhook(webhook_id)

    @describe(
        "updateWebhook",
        "Replace a webhook. A new address or format is sent a signed WEB_HOOK_VERIFY first and must answer 2xx.",
        tag=TAG,
        parameters=[IF_MATCH],
        body="WebHookRequest",
        answers={200: ("The webhook.", "WebHook")},
        refusals=(404, 412, *WITH_BODY, *ALWAYS),
    )
    def put(self, request, webhook_id):
        return self.update_webhook(webhook_id)

    @describe(
        "deleteWebhook",
        "Delete a webhook that no channel uses.",
        tag=TAG,
        answers={204: ("It is deleted.", None)},
        refusals=(404, 409, *ALWAYS),
    )
    def delete(self, request, webhook_id):
        return self.delete_webhook(webhook_id)
