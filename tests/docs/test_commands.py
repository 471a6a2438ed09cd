"""Does the commands' page have every command with every option, and no other?"""

import re
from pathlib import Path

import pytest
from django.core.management import load_command_class
from django.core.management.base import BaseCommand

import contactcenter_chat
from contactcenter_chat.actions.setup.tenants import OVERLAP
from contactcenter_chat.models import Delivery

from .pages import page

PAGE = page("commands.md")
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
SECOND_NAMES = {"create_tenant"}  # the page tells the first
FILES = (Path(contactcenter_chat.__file__).parent / "management/commands").glob("[a-z]*.py")
COMMANDS = sorted({path.stem for path in FILES} - SECOND_NAMES)


def options(command):
    """The command's own options."""
    general = {option for action in BaseCommand().create_parser("", "")._actions for option in action.option_strings}
    parser = load_command_class("contactcenter_chat", command).create_parser("manage.py", command)
    return {option for action in parser._actions for option in action.option_strings} - general


def test_every_command_is_there():
    assert sorted(SECTIONS) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_there(command):
    listed = "".join(re.findall(r"^- .*?:", SECTIONS[command], re.MULTILINE))
    assert set(re.findall(r"`(--[a-z-]+)`", listed)) == options(command)


@pytest.mark.parametrize("command", COMMANDS)
def test_its_usage_has_no_option_that_is_not_there(command):
    assert set(re.findall(r"--[a-z-]+", SECTIONS[command])) == options(command)


def test_defaults_and_choices_are_the_right_ones():
    assert f"{OVERLAP.days} by default" in SECTIONS["rotate_signing_key"]
    assert all(f"`{state}`" in SECTIONS["contactcenter_redeliver"] for state in Delivery.State.values)
