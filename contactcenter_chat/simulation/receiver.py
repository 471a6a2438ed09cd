"""Where do the simulated customers' callbacks come in? A small HTTP server on the loopback address."""

import json
from collections import defaultdict
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from threading import Thread

from ..client import answer_in


class Receiver(ThreadingHTTPServer):
    """Keeps the answers of agents by conversation. Answers every callback with 204."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        # Made when first named: a callback may be faster than the answer that tells the conversation's id.
        self.answers = defaultdict(SimpleQueue)

    @property
    def url(self):
        """Where callbacks are to be sent."""
        return f"http://127.0.0.1:{self.server_port}/"

    def take(self, event):
        """Keep an event that a customer waits for."""
        if answer := answer_in(event):
            conversation_id, text = answer
            self.answers[conversation_id].put(text)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_POST(self):
        """Take one callback."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.take(json.loads(body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments):
        """Say nothing: the customers tell what they heard."""


@contextmanager
def running():
    """A receiver that listens until the block is left."""
    with Receiver() as receiver:
        thread = Thread(target=receiver.serve_forever, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            receiver.shutdown()
            thread.join()
