"""What a model says next: streamed or not, whole, broken off, or rubbish."""

import pytest

from contactcenter_chat.outbound.completions import ANSWER_MAX, Completion, Endpoint, Wanted, complete
from contactcenter_chat.outbound.models import ModelUnavailable
from tests.model_endpoint import endpoint, event, plain, streamed, wants

ASKED = [{"role": "user", "content": "Hello"}]


def ask(*answers, **options):
    with endpoint(*answers) as server:
        options = {"tokens_most": 50, "timeout": 5, **options}
        return complete(Endpoint(server.url, "small", "key"), ASKED, **options), server


def test_what_is_asked():
    tool = {"type": "function", "function": {"name": "add"}}
    _, server = ask(streamed("Hi"), tools=[tool])
    assert server.asked == [
        (
            "/v1/chat/completions",
            "Bearer key",
            {
                "model": "small",
                "messages": ASKED,
                "max_tokens": 50,
                "temperature": 0,
                "stream": True,
                "stream_options": {"include_usage": True},
                "tools": [tool],
            },
        )
    ]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (streamed("Good ", "morning", "."), Completion("Good morning.", tokens=100)),
        (streamed("Good", finish="length"), Completion("Good", tokens=100, is_cut=True)),
        (streamed(), Completion(tokens=100)),
        (streamed("Null \0 sign"), Completion("Null � sign", tokens=100)),
        (plain({"choices": [{"message": {"content": "A"}}], "usage": {"total_tokens": 7}}), Completion("A", tokens=7)),
        (wants("add", {"first": 3}), Completion(wanted=(Wanted("c1", "add", {"first": 3}),), tokens=100)),
        (wants("add", "{rubbish"), Completion(wanted=(Wanted("c1", "add", None),), tokens=100)),
        (wants("add", "[1]"), Completion(wanted=(Wanted("c1", "add", None),), tokens=100)),
        (wants("add", ""), Completion(wanted=(Wanted("c1", "add", {}),), tokens=100)),
        (
            plain({"choices": [{"message": {"tool_calls": [{"function": {"name": "a", "arguments": {"b": 1}}}, 3]}}],
                   "usage": {"total_tokens": 1}}),
            Completion(wanted=(Wanted("", "a", {"b": 1}),), tokens=1),
        ),
    ],
)  # fmt: skip
def test_what_it_says(answer, told):
    completion, _ = ask(answer)
    assert completion == told


def test_tokens_where_nobody_counts():
    completion, _server = ask(plain({"choices": [{"message": {"content": "x" * 300}}]}))
    assert 100 < completion.tokens < 200


@pytest.mark.parametrize("counted", [-5, True, 0, 1e9, "7", None, [7]])
def test_what_counts_nothing(counted):
    said = {"choices": [{"message": {"content": "x" * 300}}]}
    completion, _server = ask(plain({**said, "usage": {"total_tokens": counted}}))
    assert 100 < completion.tokens < 200


def test_an_absurd_count():
    completion, _server = ask(plain({"choices": [], "usage": {"total_tokens": 10**12}}))
    assert completion.tokens == 10_000_000


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (plain(b"<html>"), "The answer is no JSON."),
        (plain(b"[1]"), "The answer is no object."),
        (plain(b"[" * 100_000), "The answer is no JSON."),
        (plain(b"data: {\n\n"), "The answer is no JSON."),
        (plain({"choices": [3]}), "The answer has no choices."),
        (plain({"choices": [{"message": "text"}]}), "The answer says nothing."),
        (plain({"error": {"message": "no such model"}}), 'The endpoint says: {"message": "no such model"}'),
        (plain(b"Too many", status=429), "status 429: Too many"),
        (plain(b"Broken", status=500), "status 500: Broken"),
        ((302, [b"elsewhere"], 0), "status 302: elsewhere"),
        ((200, [event({"choices": []}) * 1000] * (ANSWER_MAX // 20_000), 0), "The answer is too long."),
    ],
)
def test_what_is_no_answer(answer, told):
    with pytest.raises(ModelUnavailable) as refused:
        ask(answer)
    assert str(refused.value) == told


def test_one_that_takes_too_long():
    with pytest.raises(ModelUnavailable, match="Timeout"):
        ask(streamed(*"abcdefghij", seconds=0.3), timeout=0.5)


def test_one_that_nobody_wants_any_more():
    pieces = []
    with pytest.raises(ModelUnavailable, match=r"^Nobody wants the answer any more\.$"):
        ask(streamed(*"abcdefghij", seconds=0.02), is_wanted=lambda: pieces.append(1) or len(pieces) < 3)
    assert len(pieces) == 3


def test_nobody_there():
    with pytest.raises(ModelUnavailable, match="refused"):
        complete(Endpoint("http://127.0.0.1:9/v1"), ASKED, tokens_most=5, timeout=1)


def test_what_stays_secret():
    assert "key" not in repr(Endpoint("http://127.0.0.1:9/v1", "small", "key"))
