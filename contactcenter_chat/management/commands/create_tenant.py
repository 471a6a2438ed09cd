"""The first name of ``contactcenter_create_tenant``, for scripts that know no other. Other apps may have it too."""

from .contactcenter_create_tenant import Command

__all__ = ["Command"]
