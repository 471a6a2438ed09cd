"""The tests' settings in a project with users who have next to nothing."""

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.other_users.plain"]
AUTH_USER_MODEL = "plain.PlainUser"
DATABASES["default"]["TEST"] = {"MIGRATE": False}  # that migrations know any users is seen with the other kind
