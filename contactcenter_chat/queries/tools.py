"""Which functions of the project may an agent call?"""

from ..exceptions import NotFound
from ..models import Agent
from ..tools.registry import Tool, tool_named, tools


def may_call(tool: Tool, agent: Agent) -> bool:
    """Whether this agent's user has what the tool asks for."""
    return not tool.permission or agent.user.has_perm(tool.permission)


def tools_for(agent: Agent) -> list[Tool]:
    """Return those that an agent may call, by what they are called on the desk."""
    return sorted((each for each in tools() if may_call(each, agent)), key=lambda each: str(each.title))


def tool_for(agent: Agent, name: str) -> Tool:
    """Return one of them. Raises NotFound."""
    tool = tool_named(name)
    if tool is None or not may_call(tool, agent):
        raise NotFound("Tool", name)
    return tool
