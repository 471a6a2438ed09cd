"""Does the operations' page name what is there to run and to watch, and do its examples work?"""

import configparser

import pytest
import yaml
from celery import current_app

from contactcenter_chat import schedule, tasks
from contactcenter_chat.actions.setup.tenants import rotate_signing_key
from contactcenter_chat.conf import NAMES
from contactcenter_chat.models import SigningKey
from contactcenter_chat.queries.health import report
from contactcenter_chat.queries.signing_keys import public_key_of, secret_of
from tests.factories import make_center

from .pages import DOCS, blocks, code, page, rows, section

PAGE = page("operations.md")


def test_every_task_is_there():
    told = {code(row[0])[0] for row in rows(section(PAGE, "| task |", "Routing can have"))}
    prefix = f"{tasks.__name__}."
    assert told == {name for name in current_app.tasks if name.startswith(prefix)}


def test_every_duty_is_there():
    told = {code(row[0])[0]: row[1] for row in rows(section(PAGE, "| duty |", "When no worker runs"))}
    assert told == {name: f"{each.every.total_seconds():.0f} s" for name, each in schedule.REGULARLY.items()}


def test_a_supervisor_begins_the_worker_anew():
    unit = configparser.ConfigParser(strict=True)
    unit.read_string((DOCS / "snippets" / "worker.service").read_text())
    assert (unit["Service"]["Restart"], unit["Unit"]["StartLimitIntervalSec"]) == ("always", "0")
    assert "celery -A mysite worker" in unit["Service"]["ExecStart"]
    containers = yaml.safe_load((DOCS / "snippets" / "compose.yaml").read_text())["services"]
    assert {name: each["restart"] for name, each in containers.items()} == dict.fromkeys(containers, "always")
    assert containers["worker"]["healthcheck"]["test"][1:] == ["python", "manage.py", "contactcenter_health"]
    assert all(f"snippets/{name}" in PAGE for name in ("worker.service", "compose.yaml"))


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
    own = {"WEB_HOOK_VERIFY", "AGENT_JOINED", "AGENT_LEFT", "BY_EVENT", "INSTALLED_APPS"}
    own |= {"LOGIN_URL", "DATABASE_URL", "PYTEST_ARGS", "ATOMIC_REQUESTS", "CONN_MAX_AGE", "REST_FRAMEWORK"}
    own |= {"DISABLE_SERVER_SIDE_CURSORS", "SECURE_PROXY_SSL_HEADER", "SECRET_KEY", "SECRET_KEY_FALLBACKS", "API_KEY"}
    told = {word for word in code(page(name)) if word.isupper() and "_" in word and word.isidentifier()}
    assert told - own <= NAMES
