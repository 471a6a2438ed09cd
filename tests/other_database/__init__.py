"""A project whose routers put our tables, and its users, into another database than ``default``.

- ``settings``  the tests' settings, with no database called ``default`` at all: whoever asks it for anything fails
- ``router``    what says so
- ``journeys``  what holds there; see ``tests/test_other_database.py``
"""
