"""Does the callbacks' page say what is really sent, and when it is sent again?"""

import json
from dataclasses import MISSING, fields
from datetime import timedelta

from django.utils import timezone

from contactcenter_chat import events
from contactcenter_chat.conf import DEFAULTS
from contactcenter_chat.outbound.requests import Response
from contactcenter_chat.outbound.retry import RetryPolicy
from contactcenter_chat.wire.base import encode
from contactcenter_chat.wire.chat_api_v2.callbacks import event_body, verify_body

from .pages import blocks, code, page, rows, section

PAGE = page("callbacks.md")
COMMON = {"eventType", "messageType", "conversationId", "timestamp"}


def bodies():
    """A body of each event that the format tells, by its name there."""
    for event in events.Event.__subclasses__():
        required = [each.name for each in fields(event) if each.default is MISSING]
        values = {name: events.AGENT if name == "author_type" else "x" for name in required}
        body = event_body(event(**values), conversation_id="x", at=timezone.now())
        if body:
            yield body


def test_every_event_is_there_with_its_members():
    table = rows(section(PAGE, "## What is sent", "## The headers"))
    told = {code(row[0])[0]: set(code(row[2])) for row in table}
    assert told == {body["eventType"]: body.keys() - COMMON for body in bodies()}


def test_the_examples_are_bodies_as_they_are_sent():
    text, verification = (block.text.strip() for block in blocks(PAGE, "json"))
    assert verification == encode(verify_body("v2.0"))
    shown = json.loads(text)
    assert text == encode(shown)
    (sent,) = (body for body in bodies() if body["eventType"] == "TEXT")
    assert list(shown) == list(sent)


def test_the_waits_are_those_of_the_schedule():
    waits = [in_words(seconds) for seconds in DEFAULTS.RETRY_SCHEDULE]
    told = f"The waits after failures are {', '.join(waits[:-1])} and {waits[-1]}"
    assert told in " ".join(PAGE.split())
    assert sum(DEFAULTS.RETRY_SCHEDULE) // timedelta(days=1).total_seconds() == 3


def in_words(seconds):
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def test_what_follows_an_answer_is_as_the_page_says():
    policy = RetryPolicy(DEFAULTS.RETRY_SCHEDULE)

    def judge(status, attempts=1, **said):
        return policy.judge(Response(duration_ms=1, status=status, **said), attempts)

    follows = {row[0]: row[1] for row in rows(PAGE) if len(row) == 2}
    assert follows["2xx"] == "delivered"
    assert all(judge(status).delivered for status in (200, 204))
    assert follows["410"] == "the webhook is switched off"
    assert judge(410).gone
    assert follows["408, 409, 425, other 5xx"] == "tried again"
    assert all(judge(status, 14).wait for status in (408, 409, 425, 500, 502, 599))
    assert follows["429, 503"].startswith("tried again; `Retry-After` is obeyed")
    assert [judge(status, retry_after=60.0).pause for status in (429, 503)] == [60, 60]
    assert follows["other 4xx, 3xx"] == "tried again, for about 40 minutes"
    assert all(judge(status, 8).wait and judge(status, 9).dead for status in (301, 302, 400, 401, 404, 422))
    assert 36 < sum(DEFAULTS.RETRY_SCHEDULE[:8]) / 60 < 44
    assert follows["nothing, too late, a broken connection"] == "tried again"
    assert judge(None, 14).wait
