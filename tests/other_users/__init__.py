"""Projects whose users are not Django's own, each with its settings; see ``tests/test_other_users.py``.

- ``mail``       users of Django's kind that log in with an e-mail address and have no user name
- ``plain``      users with next to nothing: an address to log in with, a UUID as key
- ``mail_settings``, ``plain_settings``  the tests' settings with these users
- ``journeys``   what holds with all of them
"""
