"""Any server with ``/v1/embeddings``: what it is asked, and what is made of whatever it answers."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from contactcenter_chat.knowledge.base import EmbedderAway, embedder
from contactcenter_chat.knowledge.openai_compatible import BATCH, OpenAICompatible


class Endpoint(BaseHTTPRequestHandler):
    """Answers with what the test says, or with vectors of one number: the length of each text."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers.get("Authorization"), body))
        status, answer = self.server.answer or (200, vectors_of(body["input"]))
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *about):
        pass


def vectors_of(texts):
    data = [{"index": number, "embedding": [float(len(text))]} for number, text in enumerate(texts)]
    return {"data": data[::-1]}  # in whatever order


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    server.asked, server.answer = [], None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def make(server):
    def make(**options):
        url = f"http://127.0.0.1:{server.server_port}/v1/"
        return OpenAICompatible(**{"base_url": url, "model": "e5", **options})

    return make


def test_what_is_asked(server, make):
    asks = make(
        api_key="key", dimensions=256, question_prefix="query: ", passage_prefix="passage: ", question_model="e5-query"
    )
    assert asks.questions(["ab", "abcd"]) == [[9.0], [11.0]]
    assert asks.passages(["a"]) == [[10.0]]
    common = {"encoding_format": "float", "dimensions": 256}
    assert server.asked == [
        (
            "/v1/embeddings",
            "Bearer key",
            {"model": "e5-query", "input": ["query: ab", "query: abcd"], **common},
        ),
        ("/v1/embeddings", "Bearer key", {"model": "e5", "input": ["passage: a"], **common}),
    ]


def test_without_a_key_none_is_sent(server, make):
    assert make().questions(["a"]) == [[1.0]]
    assert server.asked == [("/v1/embeddings", None, {"model": "e5", "input": ["a"], "encoding_format": "float"})]


def test_many_are_asked_in_batches(server, make):
    assert make().passages(["x" * number for number in range(1, BATCH + 2)]) == [
        [float(number)] for number in range(1, BATCH + 2)
    ]
    assert [len(body["input"]) for _path, _key, body in server.asked] == [BATCH, 1]


def test_the_model_is_told_apart_by_what_changes_its_vectors(make):
    models = {make().model, make(model="e6").model, make(dimensions=3).model, make(passage_prefix="p: ").model}
    assert len(models) == 4
    assert make().model == make(api_key="another", timeout=1).model


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"out of memory"),
        (401, {"error": {"message": "no key"}}),
        (200, b"<html>"),
        (200, b""),
        (200, []),
        (200, {}),
        (200, {"data": None}),
        (200, {"data": []}),
        (200, {"data": ["x"]}),
        (200, {"data": [{"index": 0, "embedding": "AAAA"}]}),
        (200, {"data": [{"index": 0, "embedding": []}]}),
        (200, {"data": [{"index": 0, "embedding": [None]}]}),
        (200, b'{"data": [{"index": 0, "embedding": [NaN]}]}'),
        (200, {"data": [{"index": [], "embedding": [1]}]}),
        (200, {"data": [{"index": 7, "embedding": [1]}]}),
        (302, b""),
    ],
)
def test_whatever_it_answers_is_no_crash(server, make, answer):
    server.answer = answer
    with pytest.raises(EmbedderAway):
        make().questions(["a"])


def test_vectors_of_several_lengths_are_none(server, make):
    server.answer = (200, {"data": [{"embedding": [1.0]}, {"embedding": [1.0, 2.0]}]})
    with pytest.raises(EmbedderAway):
        make().passages(["a", "b"])


def test_where_nobody_listens(make):
    with pytest.raises(EmbedderAway):
        make(base_url="http://127.0.0.1:9/v1").questions(["a"])


def test_it_is_made_with_the_options_of_the_setting(settings):
    options = {"base_url": "https://models.example/v1", "model": "small"}
    backend = "contactcenter_chat.knowledge.openai_compatible.OpenAICompatible"
    settings.CONTACTCENTER_CHAT = {"EMBEDDER": {"BACKEND": backend, "OPTIONS": options}}
    first = embedder()
    assert (first.model, embedder() is first) == ("small", True)
    settings.CONTACTCENTER_CHAT = {"EMBEDDER": {"BACKEND": backend, "OPTIONS": {**options, "model": "large"}}}
    assert embedder().model == "large"
    settings.CONTACTCENTER_CHAT = {}
    assert embedder() is None
