import io
import zipfile

import pytest

from contactcenter_chat.attachments.storing import content_type_of


def archive(first):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr(first, "<x/>")
    return content.getvalue()


@pytest.mark.parametrize(
    ("head", "name", "content_type"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a.png", "image/png"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a.html", "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "a.jpg", "image/jpeg"),
        (b"GIF89a....", "a.gif", "image/gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "a.webp", "image/webp"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "a.png", "image/svg+xml"),
        (b"<!DOCTYPE html><script>1</script>", "a.png", "text/html"),
        (b"%PDF-1.4\n%abc", "a.png", "application/pdf"),
        (b"MZ\x90\0\3\0\0\0", "a.png", "application/vnd.microsoft.portable-executable"),
        (archive("[Content_Types].xml"), "a.zip", "application/zip"),
        (
            archive("[Content_Types].xml"),
            "a.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (b"Hello", "a.png", "text/plain"),
        (b"BM is how this begins", "a.png", "text/plain"),
        ("Grüße, 你好, مرحبا".encode(), "a.txt", "text/plain"),
        (b"\xff\xfe\x01", "a.txt", "application/octet-stream"),
        (b"Hello\x00", "a.txt", "application/octet-stream"),
        (b"", "a.png", "text/plain"),
    ],
)
def test_the_type_is_that_of_the_bytes(head, name, content_type):
    assert content_type_of(head, name, whole=True) == content_type


def test_a_character_cut_in_two_at_the_end_of_the_head_is_no_complaint():
    head = "añ".encode()[:-1]
    assert content_type_of(head) == "text/plain"
    assert content_type_of(head, whole=True) == "application/octet-stream"
