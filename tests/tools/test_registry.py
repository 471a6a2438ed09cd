"""Which functions may be called, and what each asks of whoever calls it."""

import pytest

from contactcenter_chat.tools.registry import contact_tool, tool_named, tools, tools_for_bot
from contactcenter_chat.wire.levels import Level


def test_what_is_known_of_one(own_tools):
    tool = tool_named("open_queue")
    assert (tool.title, tool.description) == ("Open queue", "Open a queue for the customer.")
    assert (tool.needs, tool.confirm, tool.permission) == (Level.CODE, True, "contactcenter_chat.change_queue")
    assert tool.function is own_tools.open_queue
    assert tool_named("break_it").title == "Break it"
    assert tool_named("add_up").description == "Add two numbers.\n\nNothing is written."


def test_which_there_are(own_tools):
    assert [each.name for each in tools()] == ["add_up", "break_it", "open_queue", "rename"]
    assert [each.name for each in tools_for_bot("model")] == ["add_up", "break_it", "open_queue"]
    assert tools_for_bot("faq") == []
    assert tool_named("nothing") is None


def test_what_is_none(own_tools):
    def undescribed(calling): ...

    def add_up(calling):
        """Another one of that name."""

    with pytest.raises(TypeError, match="undescribed needs a docstring"):
        contact_tool()(undescribed)
    with pytest.raises(ValueError, match="There are two tools that are called add_up"):
        contact_tool()(add_up)
    with pytest.raises(ValueError, match="'sure' is not a valid Level"):
        contact_tool(needs="sure")(own_tools.rename)
    add_up.__name__ = "a" * 65
    with pytest.raises(ValueError, match="at most 64 characters"):
        contact_tool()(add_up)
