"""The WSGI application: the API and the pages, with the static files that ``collectstatic`` collected."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")
django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402
from servestatic import ServeStatic  # noqa: E402

# Outside of Django's middleware, so that no request of the API passes through it.
application = ServeStatic(django_application, root=settings.STATIC_ROOT, prefix=settings.STATIC_URL)
