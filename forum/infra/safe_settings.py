"""What is unsafe in the settings of production, however it is spelt. Sentences name settings, never their values."""

import string
import zlib
from email.utils import parseaddr
from typing import Any
from urllib.parse import SplitResult, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from forum.infra import addresses

SHORTEST_KEY = 32
FEWEST = 8  # different characters of a key
# Thirty-two random figures take 35 bytes: what zlib makes shorter than this repeats itself.
FEWEST_PACKED = 30
RUNS = (string.ascii_lowercase, "01234567890", "qwertyuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm")
PLACEHOLDER_DOMAIN = "@leerkring.example"  # of the default, where no mail can be answered
RUN = 8  # neighbouring keys or letters in a row
# Words of examples: nobody's own key has them.
PLACEHOLDERS = (
    "changeme", "change-me", "change_me", "secretkey", "secret-key", "secret_key", "example", "password",
    "insecure", "replace", "leerkring", "tests-only", "your-",
)  # fmt: skip


def unsafe(config: dict[str, Any]) -> list[str]:
    """Return a sentence for each value with which a forum that people use must not start."""
    wrong = _keys(config["SECRET_KEY"], config["SECRET_KEY_FALLBACKS"])
    if config["DEMO"]:
        wrong.append("FORUM_DEMO is on: its sign-ins have a known password")
    wrong += _base_url(config["BASE_URL"])
    wrong += _mail(config["SMTP_URL"])
    wrong += _sender(config["MAIL_FROM"])
    wrong += _database(str(config["SQLALCHEMY_DATABASE_URI"]))
    wrong += _jobs(config["JOBS_URL"])
    if url := config["REDIS_URL"]:
        wrong += _redis("REDIS_URL", url, ("redis", "rediss", "redis+unix"))
    return wrong


def _keys(key: str, fallbacks: list[str]) -> list[str]:
    wrong = []
    if not key.strip():
        wrong.append("SECRET_KEY is missing")
    elif key != key.strip():
        wrong.append("SECRET_KEY has blanks around it")
    elif weakness := _weakness(key):
        wrong.append(f"SECRET_KEY {weakness}")
    for number, fallback in enumerate(fallbacks, 1):
        if fallback == key:
            wrong.append("SECRET_KEY_FALLBACKS has SECRET_KEY itself in it: only older keys belong there")
        elif weakness := _weakness(fallback):
            wrong.append(f"SECRET_KEY_FALLBACKS: key {number} {weakness}")
    return wrong


def _weakness(key: str) -> str | None:
    if len(key) < SHORTEST_KEY:
        return f"is shorter than {SHORTEST_KEY} characters"
    lower = key.lower()
    if len(set(key)) < FEWEST or len(zlib.compress(key.encode("utf-8", "surrogatepass"), 9)) < FEWEST_PACKED:
        return "repeats itself"
    runs = (run[start : start + RUN] for run in RUNS for start in range(len(run) - RUN + 1))
    if any(run in lower or run[::-1] in lower for run in runs):
        return "is made of neighbouring keys or letters"
    if any(word in lower for word in PLACEHOLDERS):
        return "is one of an example: make your own"
    return None


def _split(url: str) -> SplitResult | None:
    """The parts of an address; None for one that no program could read."""
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname
    except ValueError:
        return None
    return None if any(sign.isspace() or not sign.isprintable() for sign in url) else parts


def _base_url(url: str) -> list[str]:
    if not url.isascii():  # it stands in headers of mail, where only ASCII may stand
        return ["BASE_URL has letters with accents: write its host in ASCII, as in https://xn--…"]
    parts = _split(url)
    if parts is None:
        return ["BASE_URL is no address"]
    wrong = []
    if parts.scheme != "https":
        wrong.append("BASE_URL must start with https://")
    if not parts.hostname:
        wrong.append("BASE_URL names no host")
    if parts.username is not None or parts.password is not None:
        wrong.append("BASE_URL names a user: only the host belongs there")
    if parts.path.strip("/") or "?" in url or "#" in url:
        wrong.append("BASE_URL has a path or a query: only the host belongs there")
    return wrong


def _mail(url: str) -> list[str]:
    parts = _split(url)
    if parts is None:
        return ["SMTP_URL is no address"]
    if parts.scheme in {"mailbox", "memory"}:
        return ["SMTP_URL keeps e-mails on this machine: name a mail server"]
    if parts.scheme not in {"smtp", "smtps"}:
        return ["SMTP_URL must start with smtp:// or smtps://"]
    return [] if parts.hostname else ["SMTP_URL names no host"]


def _database(url: str) -> list[str]:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return ["DATABASE_URL is no address of a database"]
    if parsed.drivername not in {"sqlite", "postgresql+psycopg"}:
        return ["DATABASE_URL must start with sqlite:/// or postgresql+psycopg://"]
    if parsed.drivername == "sqlite" and parsed.database in {None, "", ":memory:"}:
        return ["DATABASE_URL names no file: everything would be lost at the next start"]
    if parsed.drivername == "postgresql+psycopg" and not parsed.database:
        return ["DATABASE_URL names no database"]
    return []


def _sender(written: str) -> list[str]:
    address = parseaddr(written)[1]
    if addresses.clean(address) is None or not written.isprintable():
        return ["MAIL_FROM is no address: write it as in Leerkring <noreply@forum.example.org>"]
    if address.lower().endswith(PLACEHOLDER_DOMAIN):
        return ["MAIL_FROM is the one of the demo: name an address of your own"]
    return []


def _jobs(url: str) -> list[str]:
    scheme = url.partition(":")[0].partition("+")[0].lower()
    if scheme == "memory":
        return ["JOBS_URL is in memory, where the worker hears nothing: name a file, Redis or PostgreSQL"]
    if scheme == "sqlite":
        return [] if url.partition(":///")[2] not in {"", ":memory:"} else ["JOBS_URL names no file"]
    if scheme in {"postgres", "postgresql"}:
        parts = _split(url)
        return [] if parts is not None and parts.path.strip("/") else ["JOBS_URL names no database"]
    if scheme in {"redis", "rediss"}:
        return _redis("JOBS_URL", url, ("redis", "rediss"))
    return ["JOBS_URL must start with sqlite:///, redis:// or postgresql://"]


def _redis(name: str, url: str, schemes: tuple[str, ...]) -> list[str]:
    parts = _split(url)
    if parts is None or parts.scheme not in schemes:
        return [f"{name} must start with redis:// or rediss://"]
    if not (parts.path if parts.scheme == "redis+unix" else parts.hostname):
        return [f"{name} names no server"]
    return []
