"""Configuration: everything that differs between machines comes from the environment or `.env`."""

import os
from datetime import timedelta
from pathlib import Path

from dotenv import load_dotenv

ROOT = Path(__file__).resolve().parent
load_dotenv(ROOT / ".env")


def _set(name: str, default: str = "") -> str:
    """What the environment says; the default where it says nothing, or only blanks."""
    return os.environ.get(name, "").strip() or default


class Default:
    """What holds everywhere unless said otherwise. Paths without a slash in front are beside this file.

    Values are as they were written: `forum.settings` reads and checks them.
    """

    ENV_NAME = "default"
    ROOT = ROOT
    INSTANCE = Path(_set("INSTANCE", str(ROOT / "instance")))
    MIGRATIONS = str(ROOT / "migrations")
    TRANSLATIONS = str(ROOT / "translations")
    SECRET_KEY = os.environ.get("SECRET_KEY", "")
    SECRET_KEY_FALLBACKS = os.environ.get("SECRET_KEY_FALLBACKS", "").split(",")
    SQLALCHEMY_DATABASE_URI = _set("DATABASE_URL", f"sqlite:///{INSTANCE / 'leerkring.db'}")
    BASE_URL = _set("BASE_URL", f"http://127.0.0.1:{_set('PORT', '8000')}")
    FORUM_NAME = _set("FORUM_NAME", "Leerkring")
    SMTP_URL = _set("SMTP_URL", f"mailbox:{INSTANCE / 'mail'}")
    MAIL_FROM = _set("MAIL_FROM", "Leerkring <noreply@leerkring.example>")
    BOUNCE_ADDRESS = _set("BOUNCE_ADDRESS")
    MAIL_PER_DOMAIN_PER_HOUR = _set("MAIL_PER_DOMAIN_PER_HOUR", "0")
    # The terms that the editorial policy names.
    REVIEW_MONTHS = _set("REVIEW_MONTHS", "18")
    ANSWER_WORKDAYS = _set("ANSWER_WORKDAYS", "10")
    CONFIRMING_CITIES = _set("CONFIRMING_CITIES", "2")
    CONTACT = _set("CONTACT")
    REDIS_URL = _set("REDIS_URL")
    BACKUPS = _set("BACKUPS")
    DEFAULT_LOCALE = _set("DEFAULT_LOCALE", "nl")
    TIMEZONE = _set("TIMEZONE", "Europe/Brussels")
    METRICS_TOKEN = _set("METRICS_TOKEN")
    TRUSTED_PROXIES = _set("TRUSTED_PROXIES", "0")
    DEMO = _set("FORUM_DEMO", "0")
    DEBUG = False
    HSTS = False
    MAX_CONTENT_LENGTH = 512 * 1024
    MAX_FORM_MEMORY_SIZE = 256 * 1024
    SESSION_COOKIE_NAME = "leerkring"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = False
    LANGUAGE_COOKIE_NAME = "leerkring-language"
    DEVICE_COOKIE_NAME = "leerkring-device"
    PERMANENT_SESSION_LIFETIME = timedelta(days=30)
    # A device is signed in for thirty days at most, so nothing is renewed.
    SESSION_REFRESH_EACH_REQUEST = False
    WTF_CSRF_TIME_LIMIT = None  # as long as the session: a form left open over lunch must still be accepted
    # It refuses browsers that hide the Referer; `web/http/origins.py` asks what they do say.
    WTF_CSRF_SSL_STRICT = False
    RATES_ENABLED = True


class Development(Default):
    """`make run`: works from a fresh clone, with a secret made on the spot and kept in the instance folder."""

    ENV_NAME = "development"


class Testing(Default):
    """For the suite: fast passwords, mail kept in memory."""

    ENV_NAME = "testing"
    TESTING = True
    SECRET_KEY = "tests-only-" + "x" * 32
    SMTP_URL = "memory:"
    BASE_URL = "http://forum.test"
    WTF_CSRF_ENABLED = True
    RATES_ENABLED = False
    DEMO = "0"
    TRUSTED_PROXIES = "0"
    REDIS_URL = ""
    METRICS_TOKEN = ""
    BOUNCE_ADDRESS = ""
    MAIL_PER_DOMAIN_PER_HOUR = "0"
    REVIEW_MONTHS = "18"
    ANSWER_WORKDAYS = "10"
    CONFIRMING_CITIES = "2"


class Production(Default):
    """Behind TLS, with a real secret; `forum.settings` refuses to start otherwise."""

    ENV_NAME = "production"
    HSTS = True
    SESSION_COOKIE_NAME = "__Host-leerkring"
    LANGUAGE_COOKIE_NAME = "__Host-leerkring-language"
    DEVICE_COOKIE_NAME = "__Host-leerkring-device"
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_PATH = "/"


NAMED = {kind.ENV_NAME: kind for kind in (Development, Testing, Production)}
