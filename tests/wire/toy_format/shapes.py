"""What is told, read and answered?"""

from types import SimpleNamespace

from contactcenter_chat import events
from contactcenter_chat.wire.reading import Reader

WAITS, SAYS, HELLO = "waits", "says", "hello"


def verify_body(version):
    return {"kind": HELLO, "in": version}


def event_body(event, *, conversation_id, at):
    if isinstance(event, events.InteractionQueued):
        return {"kind": WAITS, "talk": conversation_id, "line": event.queue_name}
    if event.is_echo or event.author_type != events.AGENT:
        return None
    return {"kind": SAYS, "talk": conversation_id, "by": event.agent_first_name, "words": event.plain_text}


def read_conversation(body, limits):
    reader = Reader(body)
    person = reader.object("person").strings(limits.customer_keys)
    request = SimpleNamespace(channel_id=reader.identifier("door"), customer=person, history=())
    reader.done()
    return request


def read_message(body, limits):
    reader = Reader(body)
    request = SimpleNamespace(author_type=events.CUSTOMER, text=reader.text("words", max_length=limits.message))
    reader.done()
    return request


def read_channel(body, limits):
    reader = Reader(body)
    request = SimpleNamespace(
        name=reader.text("called"), webhook_id=reader.identifier("ear"), queue_id=reader.identifier("line")
    )
    reader.done()
    return request


def conversation_created(row):
    return {"talk": row.pk}


def channel(row):
    return {"door": row.pk, "called": row.name}


def refusal(problems):
    return {"no": [{"field": each.field, "why": each.message} for each in problems]}
