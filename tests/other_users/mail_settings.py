"""The tests' settings in a project with users who log in with an e-mail address."""

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.other_users.mail"]
AUTH_USER_MODEL = "mail.MailUser"
