"""Does the page on assistants tell each tool, with its scopes, arguments and bounds, as they are?"""

import json

from contactcenter_chat.management.assistants import conversations, knowledge
from contactcenter_chat.management.assistants.callers import KEY, SECRET
from contactcenter_chat.management.assistants.catalogue import TOOLS
from contactcenter_chat.queries.api import STANDINGS

from .pages import blocks, code, page, rows, section

PAGE = page("mcp.md")
TABLE = rows(section(PAGE, "## Tools", "## When"))


def test_every_tool_is_there_with_its_scopes_and_arguments():
    told = {code(row[0])[0]: (tuple(code(row[1])), row[2]) for row in TABLE}
    assert list(told) == list(TOOLS)
    for name, tool in TOOLS.items():
        scopes, arguments = told[name]
        assert scopes == tool.needs
        assert {each for each in code(arguments) if each != "POST …/handover"} == set(tool.schema["properties"])
        if "size" in tool.takes:
            bounds = tool.takes["size"].bounds
            assert f"`size` ({bounds.least} to {bounds.most}, by default {bounds.default})" in arguments


def test_the_bounds_are_there():
    for most in (conversations.TEXT_MOST, conversations.LINES_MOST, knowledge.ANSWER_MOST):
        assert f"{most:,}".replace(",", " ") in PAGE
    assert all(f"`{standing}`" in PAGE for standing in STANDINGS)


def test_the_configuration_names_the_command():
    [block] = blocks(PAGE, "json")
    [server] = json.loads(block.text)["mcpServers"].values()
    assert server["args"][1:] == ["contactcenter_mcp", "--tenant", "college"]
    assert set(server["env"]) == {KEY, SECRET}
