"""The college itself is ``college.yaml``; this says who logs in there, and what else the demo has to know of it."""

from pathlib import Path

from django.contrib.auth import get_user_model

FILE = Path(__file__).with_name("college.yaml")
LABEL = "riverside"
ADMISSIONS, FINANCE = "Admissions", "Student finance"
RESULTS = ("DONE", "LINK", "APPT", "BACK")
# A file makes users without a password and without a name: the demo's own are there before.
STAFF = (
    ("maria", "Maria", "Torres"),
    ("tom", "Tom", "Whitfield"),
    ("aisha", "Aisha", "Rahman"),
    ("jonas", "Jonas", "Lindqvist"),
)


def hire(password):
    """Make those who work at the college, and who administers it."""
    users = get_user_model().objects
    for username, first_name, last_name in STAFF:
        users.create_user(username, password=password, first_name=first_name, last_name=last_name)
    if not users.filter(username="admin").exists():
        users.create_superuser("admin", password=password)
