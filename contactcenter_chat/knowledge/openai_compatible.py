"""An embedder behind ``/v1/embeddings``, as OpenAI, Ollama, vLLM, LocalAI and many others serve it."""

from collections.abc import Sequence
from typing import Any

from ..outbound.models import ModelUnavailable, ask
from .base import Embedder, EmbedderAway, Vector

BATCH = 32  # texts a request
NUMBER_MOST = 1e30  # four bytes hold little more


class OpenAICompatible(Embedder):
    """Asks a server that the project names.

    Args:
        base_url: With its version: ``https://models.example/v1``.
        model: What the server calls the model.
        api_key: Sent as a bearer's token; empty for none.
        dimensions: How long the vectors are to be, for models that can choose.
        question_prefix: What this model wants to stand before a question: ``"query: "``.
        passage_prefix: The same before a passage: ``"passage: "``.
        question_model: What the server calls the model when it is for questions, where it has a name of its own.
        timeout: Seconds for one request.
    """

    def __init__(
        self,
        *,
        base_url: str,
        model: str,
        api_key: str = "",
        dimensions: int | None = None,
        question_prefix: str = "",
        passage_prefix: str = "",
        question_model: str = "",
        timeout: float = 10.0,
    ) -> None:
        self._base_url = base_url
        self._model = model
        self._api_key = api_key
        self._dimensions = dimensions
        self._question_prefix = question_prefix
        self._passage_prefix = passage_prefix
        self._question_model = question_model or model
        self._timeout = timeout

    @property
    def model(self) -> str:
        """What makes the vectors another one when it is another one."""
        return f"{self._model} {self._dimensions or ''}{self._passage_prefix}".strip()[:100]

    def questions(self, texts: Sequence[str]) -> list[Vector]:
        """See ``Embedder``."""
        return self._ask(self._question_model, [self._question_prefix + text for text in texts])

    def passages(self, texts: Sequence[str]) -> list[Vector]:
        """See ``Embedder``."""
        return self._ask(self._model, [self._passage_prefix + text for text in texts])

    def _ask(self, model: str, texts: Sequence[str]) -> list[Vector]:
        made: list[Vector] = []
        for start in range(0, len(texts), BATCH):
            made += self._batch(model, texts[start : start + BATCH])
        if len({len(vector) for vector in made}) > 1:
            raise EmbedderAway("The vectors are not all of one length.")
        return made

    def _batch(self, model: str, texts: Sequence[str]) -> list[Vector]:
        body: dict[str, Any] = {"model": model, "input": list(texts), "encoding_format": "float"}
        if self._dimensions:
            body["dimensions"] = self._dimensions
        try:
            answer = ask(self._base_url, "embeddings", body, api_key=self._api_key, timeout=self._timeout)
        except ModelUnavailable as error:
            raise EmbedderAway(str(error)) from error
        return _vectors(answer, len(texts))


def _vectors(answer: dict[str, Any], count: int) -> list[Vector]:
    """Those of an answer, in the order in which was asked. Raises EmbedderAway."""
    data = answer.get("data")
    if not isinstance(data, list) or len(data) != count:
        raise EmbedderAway("The answer has not a vector for each text.")
    by_index = {str(each.get("index", at)): each.get("embedding") for at, each in enumerate(data) if _is_object(each)}
    vectors = [by_index.get(str(at)) for at in range(count)]
    if not all(map(_is_vector, vectors)):
        raise EmbedderAway("The answer has not a vector for each text.")
    return vectors  # type: ignore[return-value]


def _is_object(given: Any) -> bool:
    return isinstance(given, dict)


def _is_vector(given: Any) -> bool:
    return (
        isinstance(given, list)
        and bool(given)
        and all(isinstance(each, int | float) and -NUMBER_MOST < each < NUMBER_MOST for each in given)
    )
