"""The example project, which also tells when it has answered all that it was asked.

A test ends while its pages may still ask: what they have begun must end before the tables are emptied.
"""

import asyncio

from example_project.asgi import application as project  # isort: skip  (it sets Django up)

from django.contrib.contenttypes.models import ContentType

from tests.browser.server import QUIET


class Application:
    """Count the requests that run, open streams among them.

    Args:
        project: The ASGI application that answers.
    """

    def __init__(self, project):
        self.project = project
        self.running = 0

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.project(scope, receive, send)
        if scope["path"] == QUIET:
            return await self.tell_when_quiet(send)
        self.running += 1
        try:
            return await self.project(scope, receive, send)
        finally:
            self.running -= 1

    async def tell_when_quiet(self, send):
        while self.running:
            await asyncio.sleep(0.01)
        ContentType.objects.clear_cache()  # the next test's have other ids
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})


application = Application(project)
