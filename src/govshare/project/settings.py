"""Django's settings, made from the environment alone (see environment.py)."""

import os
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from govshare.audit.witnessing import parse_logs, parse_witnesses
from govshare.kernel.keyring import KINDS, Keyring
from govshare.operations.cluster import private_database_url, private_hosting_url
from govshare.project import assets, environment

ENV = environment.read()

GOVSHARE_HOME = ENV.home
GOVSHARE_DEMO = ENV.demo
GOVSHARE_KEYS = ENV.path("GOVSHARE_KEYS", "keys")
GOVSHARE_EVIDENCE = ENV.path("GOVSHARE_EVIDENCE", "evidence")
GOVSHARE_ARCHIVE = ENV["GOVSHARE_ARCHIVE"] or str(ENV.home / "archive")
GOVSHARE_ARCHIVE_ENDPOINT = ENV["GOVSHARE_ARCHIVE_ENDPOINT"]
GOVSHARE_ARCHIVE_REGION = ENV["GOVSHARE_ARCHIVE_REGION"]
GOVSHARE_ARCHIVE_ACCESS_KEY = ENV["GOVSHARE_ARCHIVE_ACCESS_KEY"]
GOVSHARE_ARCHIVE_SECRET_KEY = ENV["GOVSHARE_ARCHIVE_SECRET_KEY"]
GOVSHARE_SEALING = ENV.path("GOVSHARE_SEALING", "sealing")
GOVSHARE_UPLOADS = ENV.path("GOVSHARE_UPLOADS", "uploads")
GOVSHARE_LOG_ORIGIN = ENV["GOVSHARE_LOG_ORIGIN"]
GOVSHARE_LOG_TREE = ENV.choice("GOVSHARE_LOG_TREE", ("sha256", "sm3"))
GOVSHARE_WITNESSES = ENV.parsed("GOVSHARE_WITNESSES", parse_witnesses)
GOVSHARE_WITNESS_CA = ENV["GOVSHARE_WITNESS_CA"]
GOVSHARE_WITNESSED_LOGS = ENV.parsed("GOVSHARE_WITNESSED_LOGS", parse_logs)
GOVSHARE_TSA_URL = ENV["GOVSHARE_TSA_URL"]
GOVSHARE_TSA_CERTIFICATE = ENV["GOVSHARE_TSA_CERTIFICATE"]
GOVSHARE_LOG_KEY = ENV.choice("GOVSHARE_LOG_KEY", KINDS)
GOVSHARE_PORTAL_PORT = ENV.port("GOVSHARE_PORTAL_PORT")
GOVSHARE_GATEWAY_PORT = ENV.port("GOVSHARE_GATEWAY_PORT")
GOVSHARE_SIGNIN_PORT = ENV.port("GOVSHARE_SIGNIN_PORT")
GOVSHARE_METRICS_PORT = ENV.port("GOVSHARE_METRICS_PORT")
GOVSHARE_BIND = ENV["GOVSHARE_BIND"]
GOVSHARE_WEB_PROCESSES = ENV.number("GOVSHARE_WEB_PROCESSES", otherwise=min(4, max(2, len(os.sched_getaffinity(0)))), most=32)
GOVSHARE_TLS_CERTIFICATE = ENV.path("GOVSHARE_TLS_CERTIFICATE", "tls/server.pem")
GOVSHARE_TLS_KEY = ENV.path("GOVSHARE_TLS_KEY", "tls/server.key")

SECRET_KEY = Keyring(GOVSHARE_KEYS).django_secret()
DEBUG = False
ALLOWED_HOSTS = [name.strip() for name in ENV["GOVSHARE_HOSTNAMES"].split(",") if name.strip()]

INSTALLED_APPS = [
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "govshare.audit",
    "govshare.archive",
    "govshare.duties",
    "govshare.alerts",
    "govshare.papers",
    "govshare.organizations",
    "govshare.sources",
    "govshare.catalog",
    "govshare.hosting",
    "govshare.sharing",
    "govshare.exchange",
    "govshare.portal",
]

MIDDLEWARE = [
    "django.middleware.gzip.GZipMiddleware",  # with a random length, so that sizes tell nothing of what is in a page
    "django.middleware.security.SecurityMiddleware",
    "govshare.project.errors.RequestContext",
    "govshare.portal.frame.middleware.Site",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "govshare.portal.site.shell",
            ],
        },
    }
]
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "govshare.project.errors.stale_form"
SESSION_COOKIE_SECURE = SESSION_COOKIE_HTTPONLY = True  # read by the messages' cookie; there are no Django sessions

ROOT_URLCONF = "govshare.project.urls"
ASGI_APPLICATION = "govshare.project.asgi.application"


def database(url: str) -> dict[str, Any]:
    """Django's description of one PostgreSQL database, from a URL."""
    parts = conninfo_to_dict(url)
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    known: dict[str, Any] = {django: str(parts.pop(libpq)) for libpq, django in names.items() if parts.get(libpq) is not None}
    return {"ENGINE": "django.db.backends.postgresql", **known, "OPTIONS": parts, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}


DATABASE_URL = ENV["GOVSHARE_DATABASE_URL"] or private_database_url(GOVSHARE_HOME, role="app", keys=GOVSHARE_KEYS)
OWNER_DATABASE_URL = ENV["GOVSHARE_OWNER_DATABASE_URL"] or (
    "" if ENV["GOVSHARE_DATABASE_URL"] else private_database_url(GOVSHARE_HOME, role="owner", keys=GOVSHARE_KEYS)
)
DATABASES = {"default": database(DATABASE_URL)}
GOVSHARE_HOSTING_DATABASE_URL = ENV["GOVSHARE_HOSTING_DATABASE_URL"] or (
    "" if ENV["GOVSHARE_DATABASE_URL"] else private_hosting_url(GOVSHARE_HOME, keys=GOVSHARE_KEYS)
)
GOVSHARE_PRIVATE_DATABASE = not ENV["GOVSHARE_DATABASE_URL"]
GOVSHARE_OWNER_DATABASE = database(OWNER_DATABASE_URL) if OWNER_DATABASE_URL else {}  # migrate and init only
GOVSHARE_APP_ROLE = DATABASES["default"].get("USER", "")  # migrations grant to it
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = assets.URL
STATIC_ROOT = assets.BUILT
STATICFILES_DIRS = [assets.SOURCE]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STORAGES = {"staticfiles": {"BACKEND": assets.storage()}}  # nothing is kept by a default storage: uploads are the sharing room's own

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024  # bytes; attachments are the largest thing sent here
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

LOGGING_CONFIG = None  # structlog is configured by cli and project.logs, once, for every process
SILENCED_SYSTEM_CHECKS: list[str] = []
