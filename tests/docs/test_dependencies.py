"""Does every dependency have its reason?"""

import re
from configparser import ConfigParser

from .pages import ROOT, code, page, rows, section

PAGE = page("dependencies.md")
APP, EXTRAS = (rows(section(PAGE + "\0", *marks)) for marks in (("## The app", "## Extras"), ("## Extras", "\0")))


def required(option):
    """The names of the packages that a list of requirements asks for, with their extras, without versions."""
    lines = [line.strip() for line in option.splitlines() if line.strip() and not line.strip().startswith("%(")]
    return {re.match(r"[A-Za-z0-9._-]*[A-Za-z0-9](?:\[[a-z,]+\])?", line)[0] for line in lines}


def setup_cfg():
    config = ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg")
    return config


def test_every_package_of_the_app_is_there():
    told = {name for row in APP for name in code(row[0])}
    assert told == required(setup_cfg()["options"]["install_requires"])


def test_every_package_of_the_extras_is_there():
    extras = setup_cfg()["options.extras_require"]
    told, named = {}, []
    for row in EXTRAS:
        named = code(row[0]) or named
        for extra in named:
            told.setdefault(extra, set()).update(code(row[1]))
    for extra, names in told.items():
        assert required(extras[extra]) == names - (set(extras) - {extra}), extra
    assert told.keys() == set(extras)


def test_every_reason_is_given():
    assert all(row[-1] and row[-2] for row in APP + EXTRAS)
