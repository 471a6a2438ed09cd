"""ClamAV's own daemon, which knows two bad files, looks at what customers send."""

import os
import pwd
import shutil
import subprocess
from hashlib import md5

import pytest

from contactcenter_chat.actions import attachments
from tests import factories

from .project import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

BAD_FILE = b"A file that is bad as a whole."
BAD_WORDS = b"a word that is bad wherever it stands"
MAX_BYTES = 1_000_000  # what the daemon judges


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    """The daemon's socket."""
    folder = tmp_path_factory.mktemp("clamd")
    known = folder / "known"
    known.mkdir()
    digest = md5(BAD_FILE, usedforsecurity=False).hexdigest()
    (known / "own.hdb").write_text(f"{digest}:{len(BAD_FILE)}:Own.BadFile\n")
    (known / "own.ndb").write_text(f"Own.BadWords:0:*:{BAD_WORDS.hex()}\n")
    settings = {
        "DatabaseDirectory": known,
        "LocalSocket": folder / "clamd.sock",
        "StreamMaxLength": MAX_BYTES,
        "Foreground": "yes",
        "User": pwd.getpwuid(os.getuid()).pw_name,
    }
    path = folder / "clamd.conf"
    path.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    command = shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin")
    assert command, "This test needs Debian's package clamav-daemon."
    with (folder / "clamd.log").open("wb") as log:
        process = subprocess.Popen([command, f"--config-file={path}"], stdout=log, stderr=log)
    try:
        wait_until(settings["LocalSocket"].exists, "the daemon listens")
        yield str(settings["LocalSocket"])
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture
def conversation(daemon, settings):
    settings.CONTACTCENTER_CHAT = {
        "LIVE_HINTS": False,
        "ATTACHMENT_SCANNER": "contactcenter_chat.attachments.scanning.clamd.Clamd",
        "CLAMD_ADDRESS": daemon,
    }
    return factories.start_conversation(factories.make_center().channel)


@pytest.mark.parametrize(
    ("content", "state", "found"),
    [
        (b"Good day. \xf0\x9f\x91\x8b", "clean", ""),
        (BAD_FILE, "infected", "Own.BadFile.UNOFFICIAL"),
        (b"x" * 200_000 + BAD_WORDS + b"y" * 200_000, "infected", "Own.BadWords.UNOFFICIAL"),
    ],
)
def test_what_a_customer_sends_is_judged(content, state, found, conversation):
    row = factories.make_attachment(conversation, content, "letter.txt")
    assert row.state == "quarantined"
    assert attachments.scan_due() == 1
    row.refresh_from_db()
    assert (row.state, row.found) == (state, found)


def test_what_is_too_large_for_the_daemon_stays_in_quarantine(conversation, caplog):
    row = factories.make_attachment(conversation, b"x" * (MAX_BYTES + 100_000), "large.txt")
    assert attachments.scan_due() == 0
    row.refresh_from_db()
    assert row.state == "quarantined"
    assert f"files_scanned failed with row {row.pk}" in caplog.text
