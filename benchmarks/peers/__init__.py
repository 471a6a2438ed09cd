"""The packages that deliveries are measured against, each set up as its documentation says.

- ``settings``  one small project with both of them
- ``outbox``    django-reliable-outbox: the same bodies, by its own worker, unsigned but for its HMAC
- ``webhook``   django-webhook: one Celery task per body
"""
