"""A chat from its beginning to its end in the foreign project, and its transcript in the admin, in a real browser."""

import json
import re
import shutil
from base64 import b64encode
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from playwright.sync_api import expect, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SOON = 20_000  # milliseconds; a worker that nobody wakes looks every five seconds
SECURE = {"X-Forwarded-Proto": "https"}  # as the proxy would say
# The browser's own console tells of most of what the policy forbids, but not of all.
TELL_OF_VIOLATIONS = """
    document.addEventListener("securitypolicyviolation", (event) =>
        console.error(`forbidden: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


class Client:
    """The client application: calls Chat API v2."""

    def __init__(self, origin, made):
        self.origin = origin
        self.channel = made["channel"]
        known = b64encode(f"{made['api_key']}:{made['api_secret']}".encode()).decode()
        form = urlencode({"grant_type": "client_credentials"}).encode()
        self.token = self._call("/oauth/v2/token", form, Authorization=f"Basic {known}")["access_token"]

    def _call(self, path, body, **headers):
        request = Request(self.origin + path, body, {**SECURE, **headers})  # noqa: S310
        with urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.loads(answer.read() or "null")

    def post(self, path, body):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return self._call(f"/vcc/us/chat/v2/tenant/college/{path}", json.dumps(body).encode(), **headers)

    def begin(self, name):
        """Begin a conversation; return its id."""
        begun = self.post("conversations", {"channelId": self.channel, "customer": {"name": name, "caseId": "12345"}})
        return begun["conversationId"]


def log_in(page, email, password):
    page.locator("[name=username]").fill(email)
    page.locator("[name=password]").fill(password)
    page.locator("[type=submit]").click()
    page.wait_for_url(lambda url: "/login/" not in url)


def have_a_chat(page, client, password):
    """As an agent, who answers somebody who comes over the API."""
    page.goto(f"{client.origin}/desk/")
    log_in(page, "maria@example.org", password)
    page.get_by_role("button", name="Go available").click()
    expect(page.locator("#presence-button")).to_have_attribute("data-presence", "available")
    conversation_id = client.begin("Grace Okafor")
    offer = page.get_by_role("region", name="A chat rings")
    expect(offer).to_contain_text("Grace Okafor")
    offer.get_by_role("button", name="Accept").click()
    said = page.locator(".chat.current .message .text")
    page.locator(".chat.current textarea[name=text]").fill("Good day, this is Maria.")
    page.locator(".chat.current textarea[name=text]").press("Enter")
    expect(said).to_have_text(["Good day, this is Maria."])
    client.post(f"conversations/{conversation_id}/messages", {"text": "Where is my invoice?"})
    expect(said.last).to_have_text("Where is my invoice?")
    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_role("button", name="End the chat").click()
    wrap_up = page.locator(".wrap-up")
    expect(wrap_up.locator(".timer")).to_contain_text(re.compile(r"^\D*(29|30):\d\d$"))
    wrap_up.get_by_label("Fees").check()
    wrap_up.get_by_role("button", name="Finish").click()
    expect(page.locator("#chat-items .item")).to_have_count(0)


def read_it(page, origin, password):
    """As an administrator."""
    page.goto(f"{origin}/admin/")
    log_in(page, "root@example.org", password)
    page.goto(f"{origin}/admin/contactcenter_chat/conversation/")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.locator("#result_list tbody tr th a").click()
    for line in ("Good day, this is Maria.", "Where is my invoice?", "Fees"):
        expect(page.get_by_text(line).first).to_be_visible()
    for name in ("agent", "queue", "interaction", "delivery", "transactioncodelist"):
        page.goto(f"{origin}/admin/contactcenter_chat/{name}/")
        page.locator("#result_list tbody tr th a").first.click()
        expect(page.locator("#content h1, #content h2").first).to_be_visible()


def look_at_the_description(page, origin):
    """As somebody who writes a client application."""
    page.goto(f"{origin}/api/docs/")
    expect(page.get_by_text("/oauth/v2/token").first).to_be_visible()


def drive(origin, made):
    """Do all that. Raises AssertionError, also for what a page complained of."""
    complaints = []

    def note(said):
        if said.type in ("error", "warning") and not said.location["url"].endswith("/favicon.ico"):
            complaints.append(f"{said.text} ({said.location['url']})")

    expect.set_options(timeout=SOON)
    path = shutil.which("chromium")
    assert path, "Debian's package chromium is needed."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for doing in (
            lambda page: have_a_chat(page, Client(origin, made), made["password"]),
            lambda page: read_it(page, origin, made["password"]),
            lambda page: look_at_the_description(page, origin),
        ):
            page = browser.new_context(locale="de-DE", extra_http_headers=SECURE).new_page()
            page.add_init_script(TELL_OF_VIOLATIONS)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", note)
            try:
                doing(page)
            except Exception:
                print("\n".join([page.url, page.locator("body").inner_text(), *complaints]))
                raise
        browser.close()
    assert complaints == [], complaints
