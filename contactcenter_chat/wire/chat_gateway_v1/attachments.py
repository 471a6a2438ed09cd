"""How do attachments look in Chat Gateway v1?"""

from ...events import CUSTOMER
from ..base import iso_time
from ..chat_api_v2.setup import AUTHOR_TYPES
from ..members import Choice, Identifier

FILE = "attachment"  # the field of a form with the file
AUTHOR = "authorType"

UPLOAD = {AUTHOR: Choice(AUTHOR_TYPES, default=CUSTOMER)}  # a form's other fields
SENT = {"id": Identifier()}  # a file that a message is sent with


def attachment(row):
    """An attachment's details."""
    return {
        "id": row.pk,
        "filename": row.name,
        "type": row.content_type,
        "sizeInBytes": row.size,
        "state": row.state,
        "createdAt": iso_time(row.created_at),
    }


def in_message(attachments):
    """What a callback says of the files of a message."""
    return [
        {
            "id": each["id"],
            "type": each["type"],
            "preSignedUrl": each["url"],
            "fileName": each["file_name"],
        }
        for each in attachments
    ]
