"""ClamAV's daemon, played by a thread."""

import io
import socket
import threading

import pytest

from contactcenter_chat.attachments.scanning.clamd import Clamd, ClamdError


class Daemon:
    """Reads one file as the daemon does, and gives one answer."""

    def __init__(self, family, address):
        self.answer = b"stream: OK\0"
        self.received = b""
        self.socket = socket.socket(family)
        self.socket.bind(address)
        self.socket.listen()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        connection, _ = self.socket.accept()
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            while size := int.from_bytes(stream.read(4), "big"):
                self.received += stream.read(size)
            connection.sendall(self.answer)

    def close(self):
        self.thread.join(10)
        self.socket.close()


@pytest.fixture(params=["path", "port"])
def daemon(request, tmp_path, settings):
    if request.param == "path":
        daemon = Daemon(socket.AF_UNIX, str(tmp_path / "clamd"))
        address = str(tmp_path / "clamd")
    else:
        daemon = Daemon(socket.AF_INET, ("127.0.0.1", 0))
        address = "{}:{}".format(*daemon.socket.getsockname())
    settings.CONTACTCENTER_CHAT = {"CLAMD_ADDRESS": address}
    yield daemon
    daemon.close()


def test_a_file_is_sent_as_a_whole_in_pieces(daemon):
    content = bytes(range(256)) * 1000
    assert Clamd().scan(io.BytesIO(content)) == ""
    daemon.thread.join(10)
    assert daemon.received == content


def test_what_was_found_is_told(daemon):
    daemon.answer = b"stream: Win.Test.EICAR_HDB-1 FOUND\0"
    assert Clamd().scan(io.BytesIO(b"bad")) == "Win.Test.EICAR_HDB-1"


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OK, perhaps\0"])
def test_any_other_answer_is_none(daemon, answer):
    daemon.answer = answer
    with pytest.raises(ClamdError):
        Clamd().scan(io.BytesIO(b"x"))


def test_without_a_daemon_it_cannot_say(tmp_path, settings):
    settings.CONTACTCENTER_CHAT = {"CLAMD_ADDRESS": str(tmp_path / "none")}
    with pytest.raises(FileNotFoundError):
        Clamd().scan(io.BytesIO(b"x"))
