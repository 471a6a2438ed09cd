"""What a project has to write to be a contact centre, and the demo.

- ``environment``    reads the environment: switches, lists, the secret key, the database
- ``settings``       Django's settings
- ``broker``         how RabbitMQ, Redis and the file system are spoken to
- ``celery``         the Celery app
- ``urls``, ``wsgi``, ``asgi``   as in any project
- ``portal``         a client application: a page where a customer chats
- ``embedded_postgresql``        a database for tests and the demo
- ``demo``           starts all of it, with simulated customers and agents
"""

from .celery import app as celery_app

__all__ = ["celery_app"]
