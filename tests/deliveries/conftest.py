import pytest

from contactcenter_chat.deliveries import draining


@pytest.fixture(autouse=True)
def one_task_does_it_all(monkeypatch):
    """What is looked at is the work, and not how it is cut into tasks; that depends on how fast the machine is."""
    monkeypatch.setattr(draining, "TASK_SECONDS", 30)
