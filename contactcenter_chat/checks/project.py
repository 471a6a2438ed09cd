"""Does the project have, beside this app, what it needs, and nothing that is for development only?"""

import importlib.metadata

from celery import current_app
from django.apps import apps
from django.core import checks

from ..conf import SETTING, settings
from .messages import a_warning, an_error

REDIS = ("redis", "sentinel")  # how addresses of it begin
CELERY_THAT_ENDS = "5.7.0"


@checks.register
def check_project(app_configs, **kwargs):
    """Whether the project has, beside this app, what its pages are made with."""
    found = []
    if not apps.is_installed(htmx := "django_htmx"):
        told = f"The app {htmx} is not installed: no page of the desk can be shown."
        found.append(an_error(27, told, hint=f'Add "{htmx}" to INSTALLED_APPS.'))
    if not apps.is_installed(sidecar := "drf_spectacular_sidecar"):
        told = f"The app {sidecar} is not installed: the page that describes the API stays empty."
        found.append(a_warning(29, told, hint=f'Add "{sidecar}" to INSTALLED_APPS.'))
    return found


@checks.register(checks.Tags.security, deploy=True)
def check_deployment(app_configs, **kwargs):
    """What is for development only."""
    found = []
    if settings.ALLOW_PRIVATE_WEBHOOKS:
        found.append(
            a_warning(
                20,
                f'{SETTING}["ALLOW_PRIVATE_WEBHOOKS"] lets whoever makes a webhook reach into your network.',
                hint="Leave it out, unless all API keys belong to you.",
            )
        )
    if not settings.PUBLIC_URL.startswith(("http://", "https://")):
        found.append(
            a_warning(
                21,
                f'{SETTING}["PUBLIC_URL"] is not an address, so the links to attachments in callbacks lead nowhere.',
                hint="Set it to where others reach this project, as https://chat.example.org.",
            )
        )
    return found


@checks.register
def check_broker(app_configs, **kwargs):
    """Whether a worker outlives its broker."""
    url = current_app.conf.broker_read_url or ""
    if importlib.metadata.version("celery") != CELERY_THAT_ENDS or not str(url).startswith(REDIS):
        return []
    return [
        a_warning(
            23,
            f"With Celery {CELERY_THAT_ENDS}, a worker that loses its connection to Redis while at work ends.",
            hint='Install "django-contactcenter-chat[redis]", which leaves that version out.',
        )
    ]
