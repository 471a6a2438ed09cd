"""The settings of a project that is served to the world: what ``startproject`` made, and all that differs from it."""

import json
import os

from .settings import *  # noqa: F403
from .settings import BASE_DIR, DATABASES, INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [
    *INSTALLED_APPS,
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "contactcenter_chat",
    "accounts",
]
MIDDLEWARE = [
    "accounts.strict.middleware",
    *MIDDLEWARE,
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "project.deployed_urls"
AUTH_USER_MODEL = "accounts.User"

LANGUAGE_CODE = "de"
TIME_ZONE = "Europe/Berlin"
USE_THOUSAND_SEPARATOR = True

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
STATIC_ROOT = BASE_DIR / "static"
MEDIA_ROOT = BASE_DIR / "media"

# A proxy speaks TLS with the world; here, the browser says so in its place.
DEBUG = False
SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["127.0.0.1"]
CSRF_TRUSTED_ORIGINS = [os.environ["ORIGIN"]]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}}
SECURE_HSTS_SECONDS = 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

if "DATABASE" in os.environ:
    DATABASES["default"] = json.loads(os.environ["DATABASE"])
else:
    DATABASES["default"]["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 20}

# No broker: a worker that nobody wakes finds what is due by its clock.
CELERY_BROKER_URL = "memory://"
CONTACTCENTER_CHAT = {"PUBLIC_URL": "https://chat.example.org"}
