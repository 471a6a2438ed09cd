"""Users of Django's kind who log in with an e-mail address."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class MailUser(AbstractUser):
    username = None
    email = models.EmailField(unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ()
