"""Users with no more than Django's admin asks for: no names, no groups, nothing to switch off."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class PlainUser(AbstractBaseUser):
    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    address = models.EmailField(unique=True)
    is_staff = models.BooleanField(default=False)

    objects = BaseUserManager()

    USERNAME_FIELD = "address"
    EMAIL_FIELD = "address"

    def has_perm(self, permission, obj=None):
        return self.is_staff

    def has_module_perms(self, label):
        return self.is_staff
