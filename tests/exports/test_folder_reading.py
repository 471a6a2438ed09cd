"""Are the files of a folder read, packed or not, and is what would do harm refused?"""

import io
import zipfile

import pytest

from contactcenter_chat.exports import folder_reading
from contactcenter_chat.exports.folder_reading import TextFile, read_folder, read_packed
from contactcenter_chat.exports.table_reading import Unreadable
from contactcenter_chat.isolates import unturned


def packed_as(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def refusal(read, *given):
    with pytest.raises(Unreadable) as refused:
        read(*given)
    return unturned(refused.value.translated)


def test_files_of_markdown_are_read_in_the_order_of_their_names():
    content = packed_as({"b.md": "B", "a/b.MD": "A", "a/": "", "image.png": "x", "__MACOSX/b.md": "x", ".c.md": "x"})
    assert read_packed(content) == [TextFile("a/b.MD", b"A"), TextFile("b.md", b"B")]


def test_a_folder_is_read_as_its_zip(tmp_path):
    (tmp_path / "a").mkdir()
    for name in ("b.md", "a/b.md", "image.png", ".c.md"):
        (tmp_path / name).write_text(name)
    assert read_folder(tmp_path) == [TextFile("a/b.md", b"a/b.md"), TextFile("b.md", b"b.md")]


@pytest.mark.parametrize("name", ["../a.md", "/etc/a.md", "a/../../b.md", "..\\a.md", "C:\\a.md"])
def test_what_leads_out_of_the_folder_is_refused(name):
    assert refusal(read_packed, packed_as({name: "x"})).endswith("leads out of the folder.")


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.md").write_text("secret")
    (inside / "a.md").symlink_to(tmp_path / "secret.md")
    assert refusal(read_folder, inside) == "a.md leads out of the folder."


@pytest.mark.parametrize(
    "content",
    [b"PK", b"PK\x03\x04" + b"x" * 100, packed_as({"a.md": "x" * 999})[:-30]],
    ids=["too short", "no directory", "cut off"],
)
def test_what_is_no_zip_is_refused(content):
    assert refusal(read_packed, content) == "This is no zip that can be read, or one with a password."


def test_what_is_broken_inside_is_refused():
    content = bytearray(packed_as({"a.md": "words that are packed" * 50}))
    content[40] ^= 0xFF
    assert refusal(read_packed, bytes(content)) == "This is no zip that can be read, or one with a password."


def test_a_bomb_is_not_unpacked(monkeypatch):
    bomb = packed_as({"a.md": b"0" * 50_000_000})
    assert len(bomb) < 100_000
    assert refusal(read_packed, bomb) == "a.md is larger than 200000 bytes."
    monkeypatch.setattr(folder_reading, "BYTES_MOST", 250_000)
    many = packed_as({f"{number}.md": b"0" * 100_000 for number in range(4)})
    assert refusal(read_packed, many) == "The files are larger than 250000 bytes."


def test_too_many_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(folder_reading, "FILES_MOST", 1)
    files = {"a.md": "x", "b.md": "x"}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert refusal(read_packed, packed_as(files)) == "There are more than 1 files."
    assert refusal(read_folder, tmp_path) == "There are more than 1 files."
