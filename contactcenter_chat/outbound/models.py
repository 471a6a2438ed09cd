"""How do we call the endpoint of a model, one that speaks as OpenAI's do? The project's settings say where it is."""

import json
import time
from typing import Any

from .requests import Response, request

ANSWER_MAX = 32 * 1024 * 1024  # bytes: a batch of vectors is large
TOLD_MOST = 200  # characters of a refusal
# What says that there is no more for now: statuses, and what endpoints call it inside of an answer.
OVER_LIMIT = frozenset([402, 429, "402", "429", "insufficient_quota", "rate_limit_exceeded", "tokens", "requests"])


class ModelUnavailable(Exception):
    """There is no answer, or none that can be used: in a sentence, why."""


class ModelLate(ModelUnavailable):
    """There was no answer in time."""


class ModelOverLimit(ModelUnavailable):
    """The endpoint gives no more for now."""


def ask(base_url: str, path: str, body: dict[str, Any], *, api_key: str = "", timeout: float) -> dict[str, Any]:
    """Post a body as JSON and return the answer's object.

    Args:
        base_url: Of the endpoint, with its version: ``https://models.example/v1``.
        path: What is asked for: ``embeddings``.
        body: What is asked.
        api_key: Sent as a bearer's token, if there is one.
        timeout: Seconds for all of it.

    Raises ModelUnavailable.
    """
    response = request(
        "POST",
        f"{base_url.rstrip('/')}/{path}",
        json.dumps(body).encode(),
        headers_for(api_key),
        deadline=time.monotonic() + timeout,
        is_trusted=True,
        is_patient=True,
        answer_max=ANSWER_MAX,
    )
    if not response.ok:
        raise unavailable(response)
    return object_of(response.content)


def unavailable(response: Response) -> ModelUnavailable:
    """Return what to raise for a response that says no, or is none."""
    told = response.error or f"status {response.status}: {response.text[:TOLD_MOST]}"
    if response.timed_out:
        return ModelLate(told)
    return ModelOverLimit(told) if response.status in OVER_LIMIT else ModelUnavailable(told)


def refused(error: Any) -> ModelUnavailable:
    """Return what to raise for an answer that says ``error``."""
    told = f"The endpoint says: {json.dumps(error)[:TOLD_MOST]}"
    named = [error.get(name) for name in ("code", "type")] if isinstance(error, dict) else []
    is_over = any(isinstance(each, str | int) and each in OVER_LIMIT for each in named)
    return ModelOverLimit(told) if is_over else ModelUnavailable(told)


def object_of(content: bytes) -> dict[str, Any]:
    """Return the JSON object that was answered. Raises ModelUnavailable for anything else."""
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        raise ModelUnavailable("The answer is no JSON.") from None
    if not isinstance(answer, dict):
        raise ModelUnavailable("The answer is no object.")
    return answer


def headers_for(api_key: str) -> dict[str, str]:
    """Return the headers of a request with a body of JSON, over a connection of its own.

    Small servers close kept ones as they like; nobody would ask once more here, and an answer takes longer anyway.
    """
    key = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    return {"Content-Type": "application/json", "Accept": "application/json", "Connection": "close", **key}
