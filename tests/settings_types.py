"""The tests' settings for mypy, which reads the models and connects to nothing."""

import os

os.environ["DATABASE_URL"] = "sqlite:///:memory:"

from .settings import *  # noqa: F403
