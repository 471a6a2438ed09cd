"""A real client of the protocol's library talks with the real process."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters, stdio_client

from .project import ROOT, Project

pytestmark = pytest.mark.integration
TOOLS = ["list_conversations", "read_conversation", "search_articles", "draft_reply", "hand_over"]


@pytest.fixture
def project(tmp_path, template):
    with Project("memory://", tmp_path, template) as project:
        project.environment["EMBEDDER"] = "none"
        yield project


def program(project, made, tenant="college"):
    key = {"CONTACTCENTER_API_KEY": made["api_key"], "CONTACTCENTER_API_SECRET": made["api_secret"]}
    arguments = ["manage.py", "contactcenter_mcp", "--tenant", tenant]
    return StdioServerParameters(
        command=sys.executable, args=arguments, cwd=str(ROOT), env={**project.environment, **key}
    )


def create(project, label):
    return json.loads(project.manage("contactcenter_create_tenant", label, "--json").splitlines()[-1])


async def came_of(client, name, **arguments):
    try:
        result = await client.call_tool(name, arguments)
    except MCPError as error:
        return error
    return result.content[0].text if result.is_error else result.structured_content


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_an_assistant_reads_searches_drafts_and_hands_over(project, mode):
    made, _other = create(project, "college"), create(project, "school")
    known = {tenant: project.talk("assisted", tenant=tenant) for tenant in ("college", "school")}
    mine, foreign = ({"conversationId": known[tenant]["conversation"]} for tenant in ("college", "school"))

    async def talk():
        with (project.folder / "mcp.log").open("w") as log:
            transport = stdio_client(program(project, made), errlog=log)
            async with Client(transport, mode=mode) as client:
                assert [each.name for each in (await client.list_tools()).tools] == TOOLS
                await use(client)

    async def use(client):
        [listed] = (await came_of(client, "list_conversations"))["conversations"]
        assert (listed["conversationId"], listed["control"]) == (mine["conversationId"], "bot")
        read = await came_of(client, "read_conversation", **mine)
        assert read["lines"][-1]["text"] == "Can I pay in parts? I am [email 1]"
        found = await came_of(client, "search_articles", question="pay in parts")
        assert [each["answer"] for each in found["articles"]] == ["Yes, in three."]
        assert (await came_of(client, "draft_reply", **mine))["draft"] == "Yes, in three."
        for name in ("read_conversation", "draft_reply", "hand_over"):
            assert str(await came_of(client, name, **foreign)).endswith("was not found.")
        assert await came_of(client, "read_conversation") == "conversationId: May not be empty."
        assert (await came_of(client, "pay")).message == "This key has no tool pay."
        handed = await came_of(client, "hand_over", **mine, reason="asked", brief={"intent": "fees"})
        assert handed["state"] == "accepted"
        project.talk("revoke", tenant="college")
        assert "no longer, good for college" in (await came_of(client, "list_conversations")).message

    with ThreadPoolExecutor(1) as thread:  # a browser's tests leave a loop of events running in their own
        thread.submit(anyio.run, talk).result()
    assert "Traceback" not in (project.folder / "mcp.log").read_text()
    asked = project.query("SELECT brief->>'intent', brief->>'reason' FROM contactcenter_chat_interaction")
    assert asked == [("fees", "asked")]


def test_what_is_no_message_of_the_protocol_ends_nothing(project):
    made = create(project, "college")
    server = program(project, made)
    project.environment = server.env
    process = project._start("mcp", *server.args, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    unpaired = b'{"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "\\ud800"}}'
    for line in (b"not JSON", b"[]", b"\xff", unpaired, b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}'):
        process.stdin.write(line + b"\n")
    process.stdin.flush()
    answers = [json.loads(process.stdout.readline())]
    while answers[-1].get("id") != 1:
        answers.append(json.loads(process.stdout.readline()))
    process.stdin.close()
    assert process.wait(30) == 0
    assert "Traceback" not in (project.folder / "mcp.log").read_text()


@pytest.mark.parametrize(
    ("change", "tenant"),
    [({"api_key": "cck_wrong"}, "college"), ({"api_secret": "wrong"}, "college"), ({}, "school"), ({}, "nobody")],
)
def test_a_key_that_is_not_good_serves_nothing(project, change, tenant):
    made = create(project, "college") | change
    create(project, "school")
    server = program(project, made, tenant)
    project.environment = server.env
    with pytest.raises(RuntimeError) as refused:
        project.manage(*server.args[1:])
    assert f"CommandError: The API key or its secret is not, or no longer, good for {tenant}." in str(refused.value)
    assert "Traceback" not in str(refused.value)
