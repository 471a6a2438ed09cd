"""What is delivered in benchmarks: an agent's message, as the Chat API tells of it."""

import json
import time

TEXT = "Thank you for your patience, I am looking into this now."


def body_of(conversation_id):
    """Return the body of a callback."""
    body = {
        "eventType": "TEXT",
        "messageType": "AGENT",
        "conversationId": conversation_id,
        "timestamp": int(time.time() * 1000),
        "agentId": "AaIDjM59xrMp9080uAgf3g",
        "agentName": "Ada,Lovelace",
        "message": TEXT,
    }
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)
