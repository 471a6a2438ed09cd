import logging
import select
import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from requests_hardened import ip_filter

from contactcenter_chat.outbound import addresses, connections, requests
from contactcenter_chat.outbound.requests import post, seconds_to_wait
from tests.receiver import Receiver, Say, SayRaw

PRIVATE = [
    "http://127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "http://127.1:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0.0.0.0:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://[ff02::1]/",
    "http://[64:ff9b::10.0.0.1]/",
    "http://[2002:7f00:1::]/",
    "http://[100::1]/",
    "http://[4000::1]/",
]


@pytest.fixture
def limits(settings):
    """Settings of outbound posts; private addresses allowed."""

    def change(**values):
        settings.CONTACTCENTER_CHAT = {"ALLOW_PRIVATE_WEBHOOKS": True, "CALLBACK_TIMEOUT": 10, **values}

    change()
    return change


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A file with a certificate for ``localhost`` that it signed itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    pem = serialization.Encoding.PEM
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(pem)
    )
    return path


@pytest.fixture
def tls_receiver(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Receiver(tls=context) as receiver:
        yield receiver


@pytest.fixture
def trusted(certificate, monkeypatch):
    """Trust this certificate as if an authority had signed it."""
    context = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr(connections, "_tls", lambda: context)


def test_bytes_and_headers_arrive_unchanged(limits):
    body = '{"message":"héllo 👋"}'.encode()
    with Receiver() as receiver:
        answer = post(receiver.url, body, {"X-8x8-Retry": "0"})
    assert (answer.status, answer.text, answer.error) == (200, "ok", "")
    assert receiver.got[0].body == body
    assert receiver.got[0].headers["x-8x8-retry"] == "0"
    assert receiver.got[0].headers["user-agent"].startswith("django-contactcenter-chat/")


@pytest.mark.parametrize("url", PRIVATE)
def test_private_addresses_are_refused(url, settings, caplog):
    settings.CONTACTCENTER_CHAT = {}
    with Receiver() as receiver, caplog.at_level(logging.CRITICAL, "requests_hardened"):
        answer = post(url.format(port=receiver.port), b"{}", {})
    assert (answer.status, answer.refused) == (None, True)
    assert "is not a public address" in answer.error
    assert receiver.got == []


def test_a_name_is_resolved_once_and_the_checked_address_is_the_one_connected_to(settings, monkeypatch):
    settings.CONTACTCENTER_CHAT = {}
    asked, connected = [], []

    def resolve(host, *args, **kwargs):
        asked.append(host)  # public at first, then ours: what a rebinding name server answers
        address = "8.8.8.8" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80))]

    def connect(address, *args, **kwargs):
        connected.append(address)
        raise OSError("not reached in tests")

    monkeypatch.setattr(ip_filter.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(connections.socket, "create_connection", connect)
    assert post("http://rebinding.example/", b"{}", {}).error == "OSError: not reached in tests"
    assert asked == ["rebinding.example"]
    assert connected == [("8.8.8.8", 80)]


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111"])
def test_public_addresses_are_not_refused(address):
    assert addresses.public_address(address, 443) == address


def test_the_host_header_names_the_host_and_not_its_address(limits):
    with Receiver() as receiver:
        post(receiver.url.replace("127.0.0.1", "localhost"), b"{}", {})
    assert receiver.got[0].headers["host"] == f"localhost:{receiver.port}"


def test_path_and_query_arrive(limits):
    with Receiver() as receiver:
        post(receiver.url + "?key=a%20b&x=1", b"{}", {})
        post(receiver.url.removesuffix("/callbacks"), b"{}", {})
        post(receiver.url.removesuffix("/callbacks") + "?x", b"{}", {})
        post(receiver.url + "/ä%2F?b=ö&c", b"{}", {})
    paths = ["/callbacks?key=a%20b&x=1", "/", "/?x", "/callbacks/%C3%A4%2F?b=%C3%B6&c"]
    assert [got.path for got in receiver.got] == paths


def test_a_connection_that_the_receiver_closed_is_not_used_again(limits):
    with Receiver(Say(close=True)) as receiver:
        for _ in range(3):
            assert post(receiver.url, b"{}", {}).status == 200
        assert receiver.connections == 3


def test_a_connection_that_the_receiver_closed_without_a_word_is_not_used_again(limits):
    with Receiver() as receiver:
        assert post(receiver.url, b"{}", {}).status == 200
        receiver.close_connections()
        assert post(receiver.url, b"{}", {}).status == 200
        assert receiver.connections == 2


def test_idle_connections_are_limited_in_number_and_age(limits, monkeypatch):
    monkeypatch.setattr(connections, "KEPT", 2)
    monkeypatch.setattr(connections, "_idle", idle := connections.IdleConnections())
    with Receiver() as one, Receiver() as two, Receiver() as three:
        for receiver in (one, two, three, three, two, one):
            post(receiver.url, b"{}", {})
        assert [one.connections, two.connections, three.connections] == [2, 1, 1]
        monkeypatch.setattr(connections, "KEPT_SECONDS", -1)
        post(two.url, b"{}", {})
        assert [idle.take(("http", "127.0.0.1", r.port, True)) for r in (one, two, three)] == [None] * 3


def wait_until_heard(receiver):
    """Wait for what the receiver sends unasked, or for its closing: on the way it cannot be seen.

    It may have come with the answer.
    """
    kept = [each.sock for _, each in connections._idle._kept if each.place.port == receiver.port]
    if kept:
        select.select(kept, [], [], 1)


def test_what_a_receiver_sends_unasked_is_nobodys_answer(limits):
    with Receiver(Say(extra=b"HTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n")) as receiver:
        for _ in range(3):
            assert post(receiver.url, b"{}", {}).status == 200
            wait_until_heard(receiver)


def test_a_certificate_that_nobody_vouches_for_is_refused(limits, tls_receiver):
    answer = post(tls_receiver.url, b"{}", {})
    assert answer.status is None
    assert "certificate verify failed" in answer.error
    assert tls_receiver.got == []


def test_tls_with_a_certificate_for_the_host_name(limits, tls_receiver, trusted):
    assert post(tls_receiver.url, b"{}", {}).status == 200
    assert post(tls_receiver.url, b"{}", {}).status == 200
    assert tls_receiver.connections == 1
    answer = post(tls_receiver.url.replace("localhost", "127.0.0.1"), b"{}", {})
    assert "IP address mismatch" in answer.error


def test_connections_are_kept(limits):
    with Receiver() as receiver:
        for _ in range(3):
            post(receiver.url, b"{}", {})
        assert receiver.connections == 1


def test_a_redirect_is_not_followed(limits):
    with Receiver() as target, Receiver(Say(302, {"Location": target.url})) as receiver:
        answer = post(receiver.url, b"{}", {})
    assert answer.status == 302
    assert len(receiver.got) == 1
    assert target.got == []


def test_cookies_are_not_kept(limits):
    with Receiver(Say(headers={"Set-Cookie": "session=1; Path=/"})) as receiver:
        post(receiver.url, b"{}", {})
        post(receiver.url, b"{}", {})
    assert "cookie" not in receiver.got[1].headers


def test_proxies_and_log_ins_of_the_environment_are_not_used(limits, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with Receiver() as receiver:
        assert post(receiver.url, b"{}", {}).status == 200
    assert "authorization" not in receiver.got[0].headers


def test_only_the_beginning_of_a_long_answer_is_read(limits):
    limits(CALLBACK_ANSWER_MAX_BYTES=10_000)
    with Receiver(Say(body=b"x" * 50_000_000)) as receiver:
        answer = post(receiver.url, b"{}", {})
        assert (answer.status, answer.text) == (200, "x" * requests.ANSWER_KEPT)
        assert post(receiver.url, b"{}", {}).status == 200  # not the rest of the first answer
        assert receiver.connections == 2


def test_a_packed_answer_is_not_unpacked(limits):
    with Receiver(Say(headers={"Content-Encoding": "gzip"}, body=b"not gzip at all")) as receiver:
        assert post(receiver.url, b"{}", {}).text == "not gzip at all"
    assert receiver.got[0].headers["accept-encoding"] == "identity"


def test_an_answer_that_no_database_could_store_is_made_storable(limits):
    with Receiver(Say(body=b"a\0b\xff")) as receiver:
        assert post(receiver.url, b"{}", {}).text == "a\ufffdb\ufffd"


def test_a_receiver_that_hangs_is_left_at_the_deadline(limits):
    limits(CALLBACK_TIMEOUT=0.3)
    with Receiver(Say(seconds=1)) as receiver:
        answer = post(receiver.url, b"{}", {})
    assert (answer.status, answer.error) == (None, "TimeoutError: timed out")


def test_a_head_that_drips_in_is_left_at_the_deadline(limits):
    limits(CALLBACK_TIMEOUT=0.3)
    with Receiver(SayRaw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", pace=0.05)) as receiver:
        answer = post(receiver.url, b"{}", {})
    assert (answer.status, answer.error) == (None, "TimeoutError: timed out")


def test_a_body_that_drips_in_is_left_at_the_deadline_and_its_status_counts(limits):
    limits(CALLBACK_TIMEOUT=0.3)
    with Receiver(Say(body=b"x" * 100, pace=0.05)) as receiver:
        answer = post(receiver.url, b"{}", {})
    assert answer.status == 200
    assert len(answer.text) < 100


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"HTTP/1.1 20",
        b"HTTP/1.1 200 O",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200,
    ],
)
def test_a_connection_that_is_closed_without_an_answer_is_an_error(content, limits):
    with Receiver(SayRaw(content)) as receiver:
        answer = post(receiver.url, b"{}", {})
    assert answer.status is None
    assert answer.error


@pytest.mark.parametrize(
    ("content", "status", "text"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, "until the end"),
        (b"HTTP/1.0 204 No Content\r\n\r\n", 204, ""),
        (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200, "ok"),
        (b"HTTP/1.1 200 OK\r\nX y: z\r\nContent-Length: 2\r\n\r\nok", 200, ""),
        (b"HTTP/1.1 202\r\nContent-Length: 2\r\n\r\nok", 202, "ok"),
        (b"HTTP/1.1 103 Early\r\nRetry-After: 7\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n", 200, "ok"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nnonsense\r\n", 200, "ok"),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 9\r\n\r\nhalf", 500, "half"),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", 101, ""),
    ],
)
def test_what_a_receiver_meant_counts(content, status, text, limits):
    with Receiver(SayRaw(content)) as receiver:
        for _ in range(2):
            answer = post(receiver.url, b"{}", {})
            assert (answer.status, answer.text, answer.retry_after, answer.error) == (status, text, None, "")
            wait_until_heard(receiver)
        assert receiver.connections == 2


def test_a_chunked_answer_leaves_the_connection_open(limits):
    content = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    with Receiver(SayRaw(content, close=False)) as receiver:
        for _ in range(2):
            assert post(receiver.url, b"{}", {}).text == "ok"
        assert receiver.connections == 1


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("", {"X-Name": "value\r\nX-Other: value"}),
        ("", {"X-Name\n": "value"}),
        ("", {"X-Name": "\0"}),
        ("", {"X-Name": "€"}),
        ("/a b", {}),
    ],
)
def test_nothing_adds_lines_to_a_request(path, headers, limits):
    with Receiver() as receiver:
        answer = post(receiver.url + path, b"{}", headers)
    assert (answer.status, receiver.got) == (None, [])
    assert answer.error


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "http://nothing.invalid/",
        "http://",
        "ftp://example.org/",
        "nonsense",
        "http://[::1/",
        "http://example.org:99999/",
        f"http://{'a' * 70}.example/",
        "http://a..b/",
        "http://\udcff/",
    ],
)
def test_what_cannot_be_reached_is_an_error_and_never_an_exception(url, limits):
    answer = post(url, b"{}", {})
    assert answer.status is None
    assert answer.error
    assert not answer.refused


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", 0.0),
        ("120", 120.0),
        ("9" * 30, 999_999_999.0),
        ("soon", None),
        ("-5", None),
        ("²", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 99 Oct 2015 07:28:00 GMT", None),
    ],
)
def test_seconds_to_wait(header, seconds):
    assert seconds_to_wait(header) == seconds


def test_seconds_to_wait_until_a_date(monkeypatch):
    monkeypatch.setattr(requests.time, "time", lambda: 1445412420.0)
    assert seconds_to_wait("Wed, 21 Oct 2015 07:28:00 GMT") == 60.0
    assert seconds_to_wait("Wed, 21 Oct 2015 07:28:00 -0000") == 60.0


def streamed(*pieces):
    return connections.Streamed(sum(len(piece) for piece in pieces), iter(pieces))


def test_a_streamed_body_arrives_whole_and_the_connection_is_kept(limits):
    pieces = [b"x" * 70_000, b"y" * 70_000, b"z"]
    with Receiver() as receiver:
        for _ in range(2):
            assert requests.request("POST", receiver.url, streamed(*pieces), {"Content-Type": "a/b"}).status == 200
        assert receiver.connections == 1
    assert [got.body for got in receiver.got] == [b"".join(pieces)] * 2
    assert receiver.got[0].headers["content-length"] == "140001"


def test_a_streamed_body_that_cannot_be_read_is_an_error(limits):
    def broken():
        yield b"x"
        raise OSError("the file is gone")

    with Receiver() as receiver:
        answer = requests.request("POST", receiver.url, connections.Streamed(10, broken()))
    assert (answer.status, answer.error) == (None, "OSError: the file is gone")


def test_an_answer_that_comes_before_all_was_sent_counts(limits):
    """The receiver refuses a large body by its head, and closes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def refuse():
            connection, _ = server.accept()
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65_536):
                pass
            connection.close()

        thread = threading.Thread(target=refuse)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        answer = requests.request("POST", url, streamed(*[b"x" * 65_536] * 100))
        thread.join()
    assert answer.status == 413


class Into(list):
    write = list.append


def test_an_answer_is_written_somewhere_whole(limits):
    into = Into()
    with Receiver(Say(body=b"x" * 200_000)) as receiver:
        answer = requests.request("GET", receiver.url, into=into, answer_max=10, headers={"Content-Length": "0"})
    assert (answer.status, answer.content, b"".join(into)) == (200, b"", b"x" * 200_000)


def test_of_an_answer_that_says_no_nothing_is_written(limits):
    into = Into()
    with Receiver(Say(404, body=b"nothing")) as receiver:
        answer = requests.request("GET", receiver.url, into=into, headers={"Content-Length": "0"})
    assert (answer.status, answer.text, into) == (404, "nothing", [])


def test_an_answer_that_breaks_off_is_an_error_when_all_of_it_is_wanted(limits):
    with Receiver(Say(headers={"Content-Length": "10"}, body=b"half", close=True)) as receiver:
        answer = requests.request("GET", receiver.url, into=Into(), headers={"Content-Length": "0"})
    assert (answer.status, answer.error) == (None, "ConnectionError: the answer broke off")


OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
LONG_HEAD = b"HTTP/1.1 204 No Content\r\nX-Long: " + 80_000 * b"x"
BUSY_HEAD = b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nX-Long: "


@pytest.mark.parametrize(
    ("beginning", "status", "retry_after", "text"),
    [
        (OK_HEAD + b"so far", 200, None, "so far"),
        (BUSY_HEAD, 503, 7.0, ""),
        (BUSY_HEAD[:19], 503, None, ""),
        (LONG_HEAD, 204, None, ""),
    ],
)
def test_for_what_follows_the_status_a_post_does_not_wait_long(
    beginning, status, retry_after, text, limits, monkeypatch
):
    monkeypatch.setattr(requests, "REST_SECONDS", 0.2)
    with hanging_after(beginning) as url:
        answer = post(url, b"{}", {})
    assert (answer.status, answer.retry_after, answer.text, answer.error) == (status, retry_after, text, "")
    assert answer.duration_ms < 5000


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 20", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_without_a_final_status_there_is_no_answer(beginning, limits, monkeypatch):
    limits(CALLBACK_TIMEOUT=0.3)
    monkeypatch.setattr(requests, "REST_SECONDS", 0)
    with hanging_after(beginning) as url:
        answer = post(url, b"{}", {})
    assert (answer.status, answer.error) == (None, "TimeoutError: timed out")


def test_whoever_wants_the_body_waits_for_it(limits, monkeypatch):
    limits(CALLBACK_TIMEOUT=0.3)
    monkeypatch.setattr(requests, "REST_SECONDS", 0)
    with Receiver(Say(body=b"all of it", pace=0.01)) as receiver:
        assert requests.request("POST", receiver.url, b"{}").text == "all of it"


@contextmanager
def hanging_after(beginning):
    """The URL of a server that says this and nothing more, as long as anybody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang():
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(beginning)
                while connection.recv(65_536):
                    pass

        thread = threading.Thread(target=hang)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        thread.join(20)


@pytest.mark.parametrize("allow_private", [True, False])
def test_a_resolver_that_hangs_is_waited_for_as_long_as_a_connection(limits, monkeypatch, allow_private):
    limits(CALLBACK_CONNECT_TIMEOUT=0.2, ALLOW_PRIVATE_WEBHOOKS=allow_private)
    asked, may_answer = [], threading.Event()

    def resolve(host, *args, **kwargs):
        asked.append(host)
        assert may_answer.wait(20)
        raise socket.gaierror("not known")

    monkeypatch.setattr(addresses.socket, "getaddrinfo", resolve)
    for _ in range(2):
        answer = post("http://hanging.example/", b"{}", {})
        assert answer.error == "TimeoutError: hanging.example was not resolved in time"
        assert answer.duration_ms < 5000
    assert asked == ["hanging.example"]  # whoever comes later waits for the same answer
    may_answer.set()
    for thread in threading.enumerate():
        if thread.name == "contactcenter-lookup":
            thread.join(20)
    assert post("http://hanging.example/", b"{}", {}).error == "gaierror: not known"
    assert len(asked) == 2


def test_only_so_many_names_are_looked_up_at_once(limits, monkeypatch):
    limits(CALLBACK_CONNECT_TIMEOUT=0.1)
    monkeypatch.setattr(addresses, "LOOKUPS", 1)
    may_answer = threading.Event()
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *args, **kwargs: may_answer.wait(20) and [])
    post("http://one.example/", b"{}", {})
    assert post("http://two.example/", b"{}", {}).error == "TimeoutError: too many names are being resolved"
    may_answer.set()


def test_each_address_of_a_host_has_its_share_of_the_time(limits, monkeypatch):
    limits(CALLBACK_CONNECT_TIMEOUT=4)
    tried = []

    def connect(address, timeout):
        tried.append((address[0], round(timeout)))
        raise OSError(f"{address[0]} refused")

    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("10.0.0.1", "10.0.0.2")]
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *args, **kwargs: found)
    monkeypatch.setattr(connections.socket, "create_connection", connect)
    assert post("http://two.example/", b"{}", {}).error.endswith("10.0.0.2 refused")
    assert tried == [("10.0.0.1", 2), ("10.0.0.2", 4)]
