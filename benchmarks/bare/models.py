"""What do the bare views insert?"""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Note(models.Model):
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return self.text


class Received(models.Model):
    body = models.TextField()
    received_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return self.body
