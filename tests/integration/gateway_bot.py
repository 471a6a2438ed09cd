"""A bot that is a process of its own: it is told by callbacks of Chat Gateway v1 and speaks over the API.

It repeats what customers say, hands over what has to do with money, and is silent when it is told to be.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

API = f"{os.environ['BOT_API']}/chat-gateway/v1/conversations"
KEY = {"x-api-key": os.environ["BOT_KEY"]}
CONTROL = "X-Contactcenter-Control"


class Callbacks(BaseHTTPRequestHandler):
    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = event["data"] if event["eventType"] == "MESSAGE" else None
        if said and said["sender"]["type"] == "user":
            answer(event["conversationId"], said["text"], {**KEY, CONTROL: self.headers[CONTROL]})
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


def answer(conversation_id, text, headers):
    url = f"{API}/{conversation_id}"
    if "silent" in text:
        return
    if "money" in text:
        body = {"brief": {"intent": "money", "summary": text}, "reason": "policy"}
        done = requests.post(f"{url}/handover", json=body, headers=headers, timeout=10)
    else:
        body = {"messageType": "text", "authorType": "bot", "text": f"You said: {text}"}
        done = requests.post(f"{url}/messages", json=body, headers=headers, timeout=10)
    print(done.status_code, done.text, flush=True)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Callbacks).serve_forever()
