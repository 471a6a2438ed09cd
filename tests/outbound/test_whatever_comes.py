"""Whatever others say, and whatever address they gave us, a request has a Response and a delivery has an attempt."""

import math
import socket
import threading

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from contactcenter_chat.outbound import connections, requests
from contactcenter_chat.storable import UNSTORABLE

LATIN = st.text(st.characters(max_codepoint=255), max_size=60)
DAYS = st.integers(-(10**30), 10**30).map(str)
DATES = st.builds("Mon, {} Jan {} {}:{}:00 {}".format, DAYS, DAYS, DAYS, DAYS, st.sampled_from(["GMT", "-0000", ""]))
MANY = tries(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(LATIN | DATES | DAYS)
@example("Mon, 01 Jan 99999999999999999999 00:00:00 GMT")
@example("Mon, 31 Dec 9999 23:59:59 -1400")
@example("Mon, 01 Jan 0001 00:00:00 +1400")
@MANY
def test_whatever_retry_after_says_it_is_seconds_or_nothing(header):
    seconds = requests.seconds_to_wait(header)
    assert seconds is None or (math.isfinite(seconds) and seconds >= 0)


def is_whole(answer):
    """A status, or else why there is none; all of it can be stored."""
    said = answer.status is None
    assert said == bool(answer.error)
    assert answer.status is None or 100 < answer.status < 1000
    assert not UNSTORABLE.search(answer.error + answer.text)
    return True


@pytest.fixture
def local(settings):
    settings.CONTACTCENTER_CHAT = {"ALLOW_PRIVATE_WEBHOOKS": True, "CALLBACK_TIMEOUT": 5}


@pytest.fixture(scope="module")
def raw():
    """A socket's address and a list: what is in it is said to whoever connects, and then the connection is closed."""
    said = [b""]

    def serve(server):
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                connection.sendall(said[0])

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, args=(server,), daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/", said
        server.shutdown(socket.SHUT_RDWR)


TOKENS = st.sampled_from(["", " ", "0", "1", "200", "204", "101", "999", "1000", "-1", 20 * "9", "OK", "\0"])
LINES = st.builds("HTTP/1.1 {} {}\r\n".format, TOKENS, LATIN)
NAMES = st.sampled_from(
    ["Content-Length", "Transfer-Encoding", "Connection", "Retry-After", "Upgrade", "Content-Type", "X"]
)
VALUES = LATIN | TOKENS | DATES | st.sampled_from(["chunked", "close", "gzip, chunked", "h2c", "upgrade"])
HEADERS = st.builds("{}: {}\r\n".format, NAMES, VALUES)
HEADS = st.builds(lambda line, headers: line + "".join(headers) + "\r\n", LINES, st.lists(HEADERS, max_size=4))
ANSWERS = st.binary(max_size=200) | st.builds(
    lambda head, body: head.encode("latin-1") + body, HEADS, st.binary(max_size=60)
)


@given(ANSWERS)
@example(
    b"HTTP/1.1 503 Busy\r\nRetry-After: Mon, 01 Jan 99999999999999999999 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n"
)
@example(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffffffff\r\n")
@example(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n\0\xff")
@MANY
def test_whatever_is_answered_there_is_a_response(local, raw, answer):
    url, said = raw
    said[0] = answer
    assert is_whole(requests.post(url, b"{}", {}))


HOSTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.text(min_size=1, max_size=70), max_size=5).map(".".join),
    st.sampled_from(["xn--a", "xn--", "a..b", "1.2.3.4.5", "[::1", "[::1%0]", "0x7f.1", "\u3002", 300 * "a"]),
)
PORTS = st.one_of(st.just(""), st.integers().map(":{}".format), st.text(max_size=6).map(":{}".format))
USERS = st.sampled_from(["", "a@", "a:b@", "@", "\ud800@"])
SCHEMES = st.sampled_from(["http", "https"])
URLS = st.builds("{}://{}{}{}/{}".format, SCHEMES, USERS, HOSTS, PORTS, st.text(max_size=20))


@given(URLS | st.text(max_size=60))
@example("http://\ud800.example/")
@example("http://[fe80::1%\0]/")
@MANY
def test_whatever_the_address_there_is_a_response(local, monkeypatch, url):
    def nobody(host, *args, **kwargs):
        host.encode("idna")  # as the real one does first
        raise socket.gaierror("nobody is asked in tests")

    monkeypatch.setattr(connections.socket, "getaddrinfo", nobody)
    answer = requests.post(url, b"{}", {})
    assert is_whole(answer)
    assert answer.status is None


@given(st.dictionaries(st.text(max_size=10), st.text(max_size=10), max_size=3), st.text(max_size=5))
@MANY
def test_whatever_the_request_there_is_a_response(local, raw, headers, method):
    url, said = raw
    said[0] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    assert is_whole(requests.request(method, url, b"", headers))
