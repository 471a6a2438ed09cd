"""Which files are there in a conversation?"""

from ....actions.attachments import add_attachment
from ....attachments.downloads import send
from ....http.uploads import received_in_form
from ....queries import api as queries
from ....wire.chat_gateway_v1 import attachments as wire
from ....wire.chat_gateway_v1 import names
from ....wire.chat_gateway_v1 import problems as shapes
from ....wire.members import read
from ...description import ALWAYS, IDEMPOTENCY_KEY, ONCE, PAGING, WITH_BODY, filter_by
from ...idempotency import IdempotentRequest
from ...operations.conversations import READ, WRITE
from ..base import GatewayView
from ..description import SORT, describe

TAG = "Attachments"
MULTIPART = "multipart/form-data"


class AttachmentsView(GatewayView):
    """``…/conversations/{conversationId}/attachments``"""

    scopes = {"GET": READ, "POST": WRITE}

    @describe(
        "listAttachments",
        "All files of a conversation that fit the filter, the oldest first or sorted.",
        tag=TAG,
        parameters=[*PAGING, SORT, filter_by("filename==*.pdf", names.ATTACHMENT_FIELDS)],
        answers={200: ("A page of attachments.", "AttachmentPage")},
        refusals=(400, 404, *ALWAYS),
    )
    def get(self, request, conversation_id):
        rows = queries.attachments(self.tenant, conversation_id, self.selection("attachment"))
        return self.page("attachments", rows, wire.attachment)

    @describe(
        "addAttachment",
        "Upload a file, to be sent with a message afterwards. One that nobody sends is deleted again.",
        tag=TAG,
        parameters=[IDEMPOTENCY_KEY],
        body={MULTIPART: "AttachmentUpload"},
        answers={200: ("The attachment.", "Attachment")},
        refusals=(404, 503, *WITH_BODY, *ONCE, *ALWAYS),
        shapes={403: "Problem"},
    )
    def post(self, request, conversation_id):
        queries.check_conversation(self.tenant, conversation_id)
        with received_in_form(request, wire.FILE) as (received, name, fields):
            author = read(fields.dict(), wire.UPLOAD)[wire.AUTHOR]
            return self._add(conversation_id, author, name, received)

    def _add(self, conversation_id, author, name, received):
        # The file is stored before the answer is kept, with no transaction open. Of two requests at once the second
        # gets the first one's answer; what it has uploaded nobody sends.
        once = IdempotentRequest(self.request, self.api_key, f"{author} {received.sha256}".encode(), self.media_type)
        if kept := once.kept():
            return kept
        row = add_attachment(
            conversation_id=conversation_id,
            author_type=author,
            name=name,
            received=received,
            api_key=self.api_key,
            tenant_id=self.tenant.pk,
        )
        return once.answer(200, lambda: wire.attachment(row))

    def forbidden_body(self, error):
        if self.request.method == "POST":
            return shapes.problem(error.code, error.message)
        return super().forbidden_body(error)


class AttachmentView(GatewayView):
    """``…/conversations/{conversationId}/attachments/{attachmentId}``"""

    scopes = {"GET": READ}

    @describe(
        "getAttachment",
        "One file's details.",
        tag=TAG,
        answers={200: ("The attachment.", "Attachment")},
        refusals=(404, *ALWAYS),
    )
    def get(self, request, conversation_id, attachment_id):
        return self.answer(200, wire.attachment(queries.attachment(self.tenant, conversation_id, attachment_id)))


class AttachmentContentView(GatewayView):
    """``…/conversations/{conversationId}/attachments/{attachmentId}/content``"""

    scopes = {"GET": READ}

    @describe(
        "downloadAttachment",
        "One file's bytes, or a range of them. 409 while it is being checked, 403 when it is not safe.",
        tag=TAG,
        answers={(200, "application/octet-stream"): ("The bytes.", "Bytes")},
        refusals=(404, 409, *ALWAYS),
    )
    def get(self, request, conversation_id, attachment_id):
        return send(request, queries.attachment(self.tenant, conversation_id, attachment_id))
