"""How do attachments look in Chat Gateway v1?"""

from ..base import iso_time

FILE = "attachment"  # the field of a form with the file
AUTHOR = "authorType"


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


def read_ids(reader, *, most):
    """Read which files a message is sent with."""
    return tuple(each.identifier("id") for each in reader.objects("attachments", most))
