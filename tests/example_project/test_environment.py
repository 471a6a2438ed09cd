"""What the environment says."""

import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from example_project import environment


@pytest.mark.parametrize("value", ["1", "true", "Yes", "ON"])
def test_a_flag_that_is_on(monkeypatch, value):
    monkeypatch.setenv("X", value)
    assert environment.flag("X") is True


@pytest.mark.parametrize("value", ["", "0", "false", "no", "off", "2"])
def test_a_flag_that_is_off(monkeypatch, value):
    monkeypatch.setenv("X", value)
    assert environment.flag("X") is False


def test_a_number_and_its_default(monkeypatch):
    monkeypatch.setenv("X", "12")
    assert environment.number("X", 3) == 12
    monkeypatch.setenv("X", "")
    assert environment.number("X", 3) == 3


def test_what_is_no_number_is_refused_by_name(monkeypatch):
    monkeypatch.setenv("API_RATE_LIMIT", "many")
    with pytest.raises(ImproperlyConfigured, match=r"API_RATE_LIMIT .* 'many'"):
        environment.number("API_RATE_LIMIT", 3000)


def test_words(monkeypatch):
    monkeypatch.setenv("X", "a.example, b.example,,")
    assert environment.words("X") == ["a.example", "b.example"]


def test_the_secret_key_is_required_outside_of_debug_mode(monkeypatch, tmp_path):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        environment.secret_key(tmp_path, debug=False)
    assert list(tmp_path.iterdir()) == []


def test_the_environments_secret_key_is_taken(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "given")
    assert environment.secret_key(tmp_path, debug=True) == "given"
    assert list(tmp_path.iterdir()) == []


def test_in_debug_mode_a_secret_key_is_made_once_for_its_owners_eyes(monkeypatch, tmp_path):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    key = environment.secret_key(tmp_path / "data", debug=True)

    assert len(key) >= 50
    assert environment.secret_key(tmp_path / "data", debug=True) == key
    (file,) = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_without_a_url_the_database_is_a_file_in_the_data_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    database = environment.database(tmp_path)
    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert database["NAME"] == str(tmp_path / "db.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_postgresql_has_a_pool_or_lasting_connections(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@db.example:5433/chat")
    monkeypatch.setenv("DATABASE_POOL", "7")
    database = environment.database(tmp_path)
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", 5433, "chat")
    assert database["OPTIONS"]["pool"]["max_size"] == 7
    assert database["CONN_MAX_AGE"] == 0

    monkeypatch.setenv("DATABASE_POOL", "0")
    database = environment.database(tmp_path)
    assert "pool" not in database["OPTIONS"]
    assert database["CONN_MAX_AGE"] == 60
