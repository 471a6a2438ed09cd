"""Do the guides for people name what they will find?"""

import re

from django.template.loader import get_template

from contactcenter_chat.actions.setup.codes_import import COLUMNS
from contactcenter_chat.models import Conversation
from contactcenter_chat.models.queues import Presence
from contactcenter_chat.models.wrapup import ABANDONED, CUSTOMER_IDLE, NOBODY_THERE, WRAP_UP_TIMEOUT

from .pages import code, page, rows, section

ADMIN, DESK = page("admin.md"), page("desk.md")
KEY = re.compile(r"<dt>(.*?)</dt><dd>\{% translate \"(.*?)\" %\}</dd>")


def test_the_desks_keys_are_those_of_its_help():
    source = get_template("contactcenter_chat/desk/help.html").template.source
    told = rows(section(DESK, "## By keyboard", "The desk shows the same list"))
    assert [tuple(row) for row in told] == KEY.findall(source)


def test_every_presence_is_there():
    told = ", ".join(row[0] for row in rows(section(DESK, "## Be there", "Keep the desk open"))).lower()
    assert sorted(told.split(", ")) == sorted(str(label) for label in Presence.labels)


def test_the_columns_of_an_import_are_there():
    told = [name for row in rows(section(ADMIN, "**Import**", "**Use**")) for name in code(row[0])]
    assert told == [*COLUMNS, "label_es"]


def test_the_own_permissions_are_there():
    for codename, name in Conversation._meta.permissions:
        assert f"*{name}* (`{codename}`)" in ADMIN


def test_the_centres_own_codes_are_there():
    told = set(code(ADMIN.partition("The centre itself gives these:")[2].partition("\n")[0]))
    assert told == {ABANDONED, CUSTOMER_IDLE, NOBODY_THERE, WRAP_UP_TIMEOUT}
