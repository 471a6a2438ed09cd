"""The tests' settings in a project that has no database ``default``."""

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

USUAL = DATABASES["default"]
DATABASES = {"default": {}, "center": {**USUAL, "TEST": {**USUAL.get("TEST", {}), "DEPENDENCIES": []}}}
DATABASE_ROUTERS = ["tests.other_database.router.Router"]
