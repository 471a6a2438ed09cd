"""An endpoint that speaks as OpenAI's do, over real HTTP: it answers as the test says."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server = self.server
        server.asked.append((self.path, self.headers.get("Authorization"), body))
        answer = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
        status, pieces, seconds = answer(body) if callable(answer) else answer
        self.send_response(status)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            for piece in pieces:
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(seconds)  # as slow as a model
            server.whole += 1
        except OSError:
            server.broken += 1

    def log_message(self, *about):
        pass


def event(told):
    return b"data: " + json.dumps(told).encode() + b"\n\n"


def streamed(*deltas, tokens=100, finish="stop", seconds=0.0):
    """An answer in these pieces: text, or a delta as it stands."""
    said = [{"content": each} if isinstance(each, str) else each for each in deltas]
    pieces = [event({"choices": [{"index": 0, "delta": each, "finish_reason": None}]}) for each in said]
    pieces.append(event({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}))
    pieces.append(event({"choices": [], "usage": {"total_tokens": tokens}}))
    return 200, [*pieces, b"data: [DONE]\n\n"], seconds


def wants(name, arguments, call_id="c1", **options):
    """An answer that wants a function called, its arguments in two pieces."""
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    begin = {"index": 0, "id": call_id, "type": "function", "function": {"name": name, "arguments": text[:3]}}
    rest = {"index": 0, "function": {"arguments": text[3:]}}
    return streamed({"tool_calls": [begin]}, {"tool_calls": [rest]}, **options)


def plain(content, status=200):
    """An answer that is not streamed."""
    return status, [content if isinstance(content, bytes) else json.dumps(content).encode()], 0


@contextmanager
def endpoint(*answers):
    """Serve these, one after the other, the last for ever; ``asked`` is what was asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.asked, server.answers, server.whole, server.broken = [], list(answers), 0, 0
    server.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
