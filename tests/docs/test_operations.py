"""Does the operations' page name what is there to run and to watch, and do its examples work?"""

import pytest
from celery import current_app

from contactcenter_chat import tasks
from contactcenter_chat.actions.setup.tenants import rotate_signing_key
from contactcenter_chat.conf import NAMES
from contactcenter_chat.models import SigningKey
from contactcenter_chat.queries.health import report
from contactcenter_chat.queries.signing_keys import public_key_of, secret_of
from contactcenter_chat.schedule import BEAT_SCHEDULE
from tests.factories import make_center

from .pages import DOCS, blocks, code, page, rows, section

PAGE = page("operations.md")


def test_every_task_is_there():
    told = {code(row[0])[0]: row[1] for row in rows(section(PAGE, "| task |", "When no worker runs"))}
    prefix = f"{tasks.__name__}."
    assert told.keys() == {name for name in current_app.tasks if name.startswith(prefix)}
    seconds = {each["task"]: each["schedule"] for each in BEAT_SCHEDULE.values()}
    words = {1.0: "every second", 5.0: "every 5 seconds", 86_400.0: "every day"}
    assert {name: told[name] for name in seconds} == {name: words[every] for name, every in seconds.items()}


@pytest.mark.django_db
def test_every_figure_of_the_health_report_is_there():
    told = [code(row[0])[0] for row in rows(section(PAGE, "## Monitoring", "## Retention"))]
    found = [f"{subject}.{name}" for subject, figures in report().items() if subject != "problems" for name in figures]
    assert told == found


@pytest.mark.django_db
def test_secrets_are_encrypted_anew(settings):
    center = make_center()
    rotate_signing_key(center.tenant)
    before = secret_of(center.webhook.receiver), [public_key_of(key) for key in SigningKey.objects.order_by("pk")]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the new one", [settings.SECRET_KEY]
    (example,) = (block.text for block in blocks(PAGE, "python") if "encrypt(decrypt(" in block.text)
    exec(example, {})  # noqa: S102
    settings.SECRET_KEY_FALLBACKS = []
    center.webhook.refresh_from_db()
    after = secret_of(center.webhook.receiver), [public_key_of(key) for key in SigningKey.objects.order_by("pk")]
    assert after == before


@pytest.mark.parametrize("name", sorted(path.name for path in DOCS.glob("*.md")))
def test_no_page_names_a_setting_that_is_not_there(name):
    own = {"BEAT_SCHEDULE", "WEB_HOOK_VERIFY", "AGENT_JOINED", "AGENT_LEFT", "BY_EVENT", "INSTALLED_APPS"}
    own |= {"LOGIN_URL", "DATABASE_URL", "PYTEST_ARGS", "ATOMIC_REQUESTS", "CONN_MAX_AGE", "REST_FRAMEWORK"}
    own |= {"DISABLE_SERVER_SIDE_CURSORS", "SECURE_PROXY_SSL_HEADER", "SECRET_KEY", "SECRET_KEY_FALLBACKS", "API_KEY"}
    told = {word for word in code(page(name)) if word.isupper() and "_" in word and word.isidentifier()}
    assert told - own <= NAMES
