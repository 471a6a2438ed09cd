"""A database of its own for tests that migrate: from nothing to a state is quick, from the newest back to it is not."""

import pytest
from django.db import connections


@pytest.fixture
def empty_database(django_db_setup, django_db_blocker, tmp_path):
    """What ``default`` means for the test is a database without a table; yields the connection to it."""
    usual = connections["default"]
    own = usual.copy()
    postgresql = own.vendor == "postgresql"
    own.settings_dict["NAME"] = name = f"{usual.settings_dict['NAME']}_migrations" if postgresql else tmp_path / "db"
    with django_db_blocker.unblock():
        if postgresql:
            _execute(usual, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
        connections["default"] = own
        try:
            yield own
        finally:
            own.close()
            connections["default"] = usual
            if postgresql:
                _execute(usual, f'DROP DATABASE "{name}"')


def _execute(connection, *statements):
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
