"""An agent at the desk of a server that runs: logs in and follows what the pages offer, as a browser would."""

import contextlib
import json
import threading
import uuid
from urllib.parse import quote

import requests
from bs4 import BeautifulSoup

from .project import wait_until

TIMEOUT = 30  # seconds for one answer
HEARTBEAT_SECONDS = 10
GONE = 409  # what was offered is offered no more
AWAY = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


class Desk:
    """Use it in a ``with`` statement; until its end the desk says that it is open.

    What is asked while the server is away is asked again until it answers.
    """

    def __init__(self, url, username, password):
        self.url = url
        self.unanswered = 0  # requests that were made in vain
        self.session = requests.Session()
        self._log_in(username, password)
        self._closed = threading.Event()
        self._beating = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self):
        self._beating.start()
        return self

    def __exit__(self, *exc_info):
        self._closed.set()
        self._beating.join()
        self.session.close()

    def be(self, presence):
        """Choose a presence."""
        self._post("/desk/presence/", data={"presence": presence})

    def accept(self):
        """Wait until a chat rings, take it, and return what was shown of it."""
        shown = []
        wait_until(lambda: self._accepts(shown), "a chat rang and was accepted")
        return told(shown[-1])

    def say(self, conversation, text, file=None):
        """Say something in a chat, with a file or without; return the answer's news."""
        chat = self.chat(conversation)
        composer = chat.select_one("form.composer")
        attachments = [self._upload(composer, **file)] if file else []
        form = {"client_id": uuid.uuid4().hex, "after": chat.section["data-last"], "text": text}
        return parse(self._post(composer["hx-post"], data={**form, "attachments": attachments}))

    def types(self, conversation):
        """Be typing in a chat."""
        self._post(self.chat(conversation).select_one("[data-typing]")["data-typing"])

    def read(self, conversation):
        """Have read what the customer has said so far."""
        chat = self.chat(conversation)
        number = chat.select(".message[data-author=user]")[-1]["data-number"]
        self._post(chat.section["data-read"], data={"number": number})

    def transfer(self, conversation, to, note):
        """Hand a chat on to the queue or colleague of this name."""
        form = self._dialog(conversation, "transfer")
        targets = {told(option.select_one(".name")): option.input["value"] for option in form.select(".option")}
        self._post(form["hx-post"], data={"target": targets[to], "note": note})

    def end(self, conversation):
        """End a chat."""
        self._post(self._dialog(conversation, "end")["hx-post"])

    def finish(self, conversation):
        """Wrap a chat up, with the first code of each list that demands one."""
        form = self.chat(conversation).select_one("form.wrap-up")
        codes = [each.select_one("input[value]") for each in form.select(".code-list") if each.select(".required")]
        self._post(form["hx-post"], data={code["name"]: code["value"] for code in codes})

    def chat(self, conversation):
        """The page of a chat."""
        return parse(self._get(f"/desk/chats/{conversation}/"))

    def rail(self):
        """The list beside the chats."""
        return parse(self._get("/desk/rail/"))

    def content(self, address):
        """A file that a chat shows."""
        return self._get(address).content.decode()

    def _log_in(self, username, password):
        page = parse(self._get("/desk/"))
        token = page.select_one("[name=csrfmiddlewaretoken]")["value"]
        form = {"username": username, "password": password, "next": "/desk/", "csrfmiddlewaretoken": token}
        desk = self._post("/accounts/login/", data=form)
        assert desk.url == f"{self.url}/desk/", desk.url
        self.session.headers.update(json.loads(parse(desk).body["hx-headers"]))

    def _accepts(self, shown):
        offer = self.rail().select_one(".offer")
        if offer is None:
            return False
        shown.append(offer)
        return self._post(offer.select_one("[data-accept]")["hx-post"], but=GONE).status_code != GONE

    def _upload(self, composer, name, content):
        headers = {"Content-Type": "application/octet-stream", "X-File-Name": quote(name)}
        url = composer.select_one("[data-files]")["data-url"]
        return self._post(url, data=content.encode(), headers=headers).json()["id"]

    def _dialog(self, conversation, name):
        button = self.chat(conversation).select_one(f"[data-{name}]")
        return parse(self._get(button["hx-get"])).form

    def _beat(self):
        headers, cookies = dict(self.session.headers), dict(self.session.cookies)
        while not self._closed.wait(HEARTBEAT_SECONDS):
            with contextlib.suppress(*AWAY):
                requests.post(f"{self.url}/desk/heartbeat/", headers=headers, cookies=cookies, timeout=TIMEOUT)

    def _get(self, path, **options):
        return self._ask("GET", path, **options)

    def _post(self, path, **options):
        return self._ask("POST", path, **options)

    def _ask(self, method, path, but=None, **options):
        """Ask until there is an answer; any but a good one, or the status ``but``, is an error."""
        answers = []

        def is_answered():
            try:
                answers.append(self.session.request(method, self.url + path, timeout=TIMEOUT, **options))
            except AWAY:
                self.unanswered += 1
            return bool(answers)

        wait_until(is_answered, f"{path} was answered")
        (answer,) = answers
        assert answer.ok or answer.status_code == but, (method, path, answer.status_code, answer.text)
        return answer


def parse(answer):
    return BeautifulSoup(answer.content, "html.parser")


def told(element):
    """An element's text, with all white space as single spaces."""
    return " ".join(element.get_text(" ").split())


def said(page):
    """Who said what, as it stands on the page of a chat."""
    return [
        (line["data-author"], text.get_text())
        for line in page.select(".message")
        if (text := line.select_one(".text[dir=auto]"))
    ]
