"""The hints, as server-sent events.

Only an ASGI server can keep streams open. Under WSGI the answer is 204, which tells the browser not to ask again; the
page then looks for itself every few seconds.
"""

import asyncio

from django.contrib.auth import get_user
from django.contrib.auth.decorators import login_not_required
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse, StreamingHttpResponse

from ..live.listening import in_thread, open_screen
from ..queries.access import agent_of

BEAT_SECONDS = 15.0  # keeps proxies from closing the stream, and wakes pages in the background
CHECK_SECONDS = 60.0  # how often it is asked whether the session still holds


@login_not_required  # it asks for one itself
async def events(request):
    """``chat`` (conversation and number), ``sign`` (who types or thinks, how many seconds to show it),
    ``desk``, ``reload``, ``beat``; ``gone`` at the end of the session."""
    if not isinstance(request, ASGIRequest):
        return HttpResponse(status=204)
    agent = await in_thread(_agent, request)
    if agent is None:
        return HttpResponse(status=401)
    response = StreamingHttpResponse(_events(request, agent), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # nginx would collect the events otherwise
    return response


async def _events(request, agent):
    clock = asyncio.get_running_loop().time
    check_at = clock() + CHECK_SECONDS
    yield "retry: 1000\n\n"
    async with open_screen(agent.pk) as screen:
        while True:
            news = await screen.news(BEAT_SECONDS)
            if clock() >= check_at:
                check_at = clock() + CHECK_SECONDS
                if await in_thread(_agent_now, request) != agent:
                    screen.end()
            if screen.gone:
                yield _event("gone")
                return
            yield _told(news)


def _told(news):
    if news.reload:
        return _event("reload")
    told = [_event("chat", f"{conversation_id} {number}") for conversation_id, number in news.numbers.items()]
    told += [_event("sign", f"{conversation_id} {text}") for conversation_id, text in news.signs.items()]
    if news.agents:
        told.append(_event("desk"))
    return "".join(told) or _event("beat")


def _event(name, data="-"):
    # An event without data is none to a browser.
    return f"event: {name}\ndata: {data}\n\n"


def _agent(request):
    return agent_of(request.user)


def _agent_now(request):
    """The agent as the session says it now: it may have been ended, or belong to somebody else."""
    request.session = type(request.session)(request.session.session_key)
    return agent_of(get_user(request))
