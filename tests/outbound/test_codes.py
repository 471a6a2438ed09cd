"""How a code leaves by mail: with the project's own settings, and not for longer than a person waits."""

import django
import pytest
from django.core.mail.backends.smtp import EmailBackend

from contactcenter_chat.outbound import codes


def smtp(settings, **options):
    """The project sends its mail by SMTP, configured as its version of Django wants it."""
    backend = "django.core.mail.backends.smtp.EmailBackend"
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
        return
    settings.EMAIL_BACKEND = backend
    for name, value in options.items():
        setattr(settings, f"EMAIL_{name.upper()}", value)


@pytest.mark.parametrize(("options", "seconds"), [({}, 10), ({"timeout": 3}, 3), ({"timeout": 60}, 60)])
def test_how_long_a_server_may_take(settings, options, seconds):
    smtp(settings, host="127.0.0.1", port=9, **options)
    connection = codes._connection()
    assert isinstance(connection, EmailBackend)
    assert (connection.host, connection.port, connection.timeout) == ("127.0.0.1", 9, seconds)


def test_a_way_that_knows_no_time(settings):
    """Such as the one of the tests: it is left as it is."""
    assert not hasattr(codes._connection(), "timeout")
