import pytest

from .caller import Gateway


@pytest.fixture
def gateway(center):
    return Gateway(center)
