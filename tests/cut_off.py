"""Forms that end, as WSGI servers hand them over, before their promised length, or without their last boundary."""

import io
from urllib.parse import urlencode

BOUNDARY = "a-boundary"
FIELDS = {"presence": "away", "after": "0", "text": "Good mo"}
IN_PARTS = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{FIELDS[name]}' for name in FIELDS]
# A client forgot the last boundary, or a proxy told the length of what it got.
UNCLOSED = f'multipart/form-data; boundary="{BOUNDARY}"'
BODIES = {  # by their content types
    "application/x-www-form-urlencoded": urlencode(FIELDS).encode(),
    f"multipart/form-data; boundary={BOUNDARY}": "\r\n".join(IN_PARTS).encode(),
    UNCLOSED: "\r\n".join(IN_PARTS).encode(),
}
WHY = "The request was cut off before its end."


def post_cut_off(client, path, content_type, **headers):
    """The answer to such a form."""
    body = BODIES[content_type]
    missing = 0 if content_type == UNCLOSED else 20
    sent = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body) + missing)}
    return client.generic("POST", path, body, content_type, headers=headers, **sent)
