"""What is unsafe in the settings of production, however it is spelt. Sentences name settings, never their values."""

import ipaddress
import itertools
import math
import re
import string
import zlib
from collections import Counter
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from forum.infra import addresses, passwords
from forum.infra.smtp import Limits

SHORTEST_KEY = 32
FEWEST = 8  # different characters of a key
# Thirty-two random figures take 35 bytes: what zlib makes shorter than this repeats itself.
FEWEST_PACKED = 30
RUNS = (string.ascii_lowercase, "01234567890", "qwertyuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm")
PLACEHOLDER_DOMAIN = "@leerkring.example"  # of the default, where no mail can be answered
INNER = re.compile(r"\b(mode|uri|vfs)=", re.IGNORECASE)  # of an address of SQLite within the address
RUN = 8  # neighbouring keys or letters in a row
# Letters as they stand on the two keyboards of this country, each row a little to the right of the one above.
KEYBOARDS = (
    ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"),
    ("1234567890", "azertyuiop", "qsdfghjklm", "wxcvbn"),
)
INDENTS, NEAR = (0.0, 0.5, 0.75, 1.25), 1.0  # widths of a key
WALK = 0.7  # share of steps to a key beside; chance makes one in six
# How many times likelier, in powers of two, its letters are in words than drawn by chance. Of keys that chance draws,
# at most one in 2**14 comes that far (the mean of that ratio is one); thirty letters of words come to some 30.
LIKE_WORDS = 14.0
KEPT_HERE = frozenset({"mailbox", "memory"})  # schemes of SMTP_URL; what follows may be any path
UNEXPANDED = ("$(", "${", "`", "{{")  # of a shell or a template that was to fill something in
HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?", re.IGNORECASE)
# Hosts that nobody reaches from outside (RFC 6761, RFC 6762, RFC 9476); so are names without a dot.
LOCAL_HOSTS = ("localhost", "test", "local", "internal")
# Words of examples: nobody's own key has them.
PLACEHOLDERS = (
    "changeme", "change-me", "change_me", "secretkey", "secret-key", "secret_key", "example", "password",
    "insecure", "replace", "leerkring", "tests-only", "your-", "thesecret", "wachtwoord", "geheim", "verander",
)  # fmt: skip


def unsafe(config: dict[str, Any]) -> list[str]:
    """Return a sentence for each value with which a forum that people use must not start."""
    wrong = _keys(config["SECRET_KEY"], config["SECRET_KEY_FALLBACKS"])
    if (token := config["METRICS_TOKEN"].strip()) and (weakness := _weakness(token)):
        wrong.append(f"METRICS_TOKEN {weakness}")
    if config["DEMO"]:
        wrong.append("FORUM_DEMO is on: its sign-ins have a known password")
    wrong += _mail(config["SMTP_URL"])
    wrong += _sender(config["MAIL_FROM"])
    wrong += _database(str(config["SQLALCHEMY_DATABASE_URI"]))
    wrong += redis_url(url) if (url := config["REDIS_URL"]) else []
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
    if any(sign.isspace() for sign in key):
        return "has blanks in it: a random key has none"
    if any(mark in key for mark in UNEXPANDED):
        return "has $( or ` or another mark in it of what was to be filled in"
    if len(set(key)) < FEWEST or len(zlib.compress(key.encode("utf-8", "surrogatepass"), 9)) < FEWEST_PACKED:
        return "repeats itself"
    letters = "".join(sign for sign in lower if sign.isalnum())
    runs = (run[start : start + RUN] for run in RUNS for start in range(len(run) - RUN + 1))
    if any(run in lower or run[::-1] in lower for run in runs) or _walks(lower):
        return "is made of neighbouring keys or letters"
    if any(word in lower or word in letters for word in PLACEHOLDERS):
        return "is one of an example: make your own"
    if not any(sign.isalpha() for sign in key) or _counts(lower):
        return "is made of numbers"
    return "is made of words" if _is_words(lower) else None


def _counts(key: str) -> bool:
    """Whether it counts in pairs of figures, as in 000102…0a0b0c."""
    if re.fullmatch("([0-9a-f]{2})+", key) is None:
        return False
    numbers = bytes.fromhex(key)
    return len({(after - before) % 256 for before, after in itertools.pairwise(numbers)}) == 1


def _walks(key: str) -> bool:
    """Whether most of it is typed by going from one key of a keyboard to one beside it, as in 1q2w3e4r."""
    steps = list(itertools.pairwise(key))
    return any(sum(step in near for step in steps) >= WALK * len(steps) for near in _neighbours())


@cache
def _neighbours() -> list[set[tuple[str, str]]]:
    """The pairs of keys that are beside each other, of each keyboard."""
    return [
        {
            (one, other)
            for (up, one, left), (down, other, right) in itertools.product(_places(rows), repeat=2)
            if abs(up - down) <= 1 and abs(left - right) <= NEAR
        }
        for rows in KEYBOARDS
    ]


def _places(rows: tuple[str, ...]) -> list[tuple[int, str, float]]:
    return [
        (height, sign, INDENTS[height] + column)
        for height, row in enumerate(rows)
        for column, sign in enumerate(row)
    ]


def _is_words(key: str) -> bool:
    """Whether its letters, in small ones, follow each other as those of words do."""
    if set(key) & set(string.ascii_lowercase) <= set("abcdef"):
        return False  # figures of base sixteen: some letters are in words more often than others
    gain, before = 0.0, ""
    for sign in key:
        known = sign in string.ascii_lowercase
        gain += _gains()[before, sign] if known else 0.0
        before = sign if known else ""
    return gain >= LIKE_WORDS


@cache
def _gains() -> dict[tuple[str, str], float]:
    """How much likelier, in powers of two, a letter is behind another ("": at the beginning) in words."""
    seen: Counter[tuple[str, str]] = Counter()
    for word in passwords.COMMON:
        seen.update(zip(("", *word), word, strict=False))
    gains: dict[tuple[str, str], float] = {}
    for before in ("", *string.ascii_lowercase):
        counts = {sign: 1 + seen[before, sign] for sign in string.ascii_lowercase}
        whole = sum(counts.values()) / len(counts)
        gains |= {(before, sign): math.log2(count / whole) for sign, count in counts.items()}
    return gains


def _split(url: str) -> SplitResult | None:
    """The parts of an address; None for one that no program could read."""
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname
    except ValueError:
        return None
    return None if any(sign.isspace() or not sign.isprintable() for sign in url) else parts


def base_url(url: str, *, production: bool) -> list[str]:
    """Return a sentence for each thing that is wrong with BASE_URL, which in production is one of https."""
    parts = _split(url)
    if parts is None:
        return ["BASE_URL is no address"]
    if not url.isascii():  # it stands in headers of mail, where only ASCII may stand
        return ["BASE_URL has letters with accents: write its host in ASCII, as in https://xn--…"]
    wrong = []
    if parts.scheme not in ({"https"} if production else {"https", "http"}):
        wrong.append(
            f"BASE_URL must start with https://{'' if production else ' or http://'}, without quotes"
        )
    elif not parts.hostname:
        wrong.append("BASE_URL names no host")
    elif not _is_host(parts):
        wrong.append("BASE_URL is no address: its host or port cannot exist")
    if parts.username is not None or parts.password is not None:
        wrong.append("BASE_URL names a user: only the host belongs there")
    if parts.netloc and (parts.path.strip("/") or "?" in url or "#" in url):
        wrong.append("BASE_URL has a path or a query: only the host belongs there")
    return wrong


def is_public(url: str) -> bool:
    """Return whether others may reach the host of this address: no name or number of a machine or house of its own."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and host.rpartition(".")[2] not in LOCAL_HOSTS


def _is_host(parts: SplitResult) -> bool:
    """Whether a machine can have this host and port."""
    host = parts.hostname or ""
    if parts.port == 0:
        return False
    if ":" not in host and not host.replace(".", "").isdigit():
        return HOST.fullmatch(host) is not None
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _mail(url: str) -> list[str]:
    if url.partition(":")[0].lower() in KEPT_HERE:
        return ["SMTP_URL keeps e-mails on this machine: name a mail server"]
    return mail_url(url)


def mail_url(url: str) -> list[str]:
    """Return a sentence when SMTP_URL is no way to send or keep e-mails."""
    scheme, _colon, place = url.partition(":")
    if scheme.lower() in KEPT_HERE:
        names_none = scheme.lower() == "mailbox" and not place.strip("/ ")
        return ["SMTP_URL names no folder: write mailbox:FOLDER"] if names_none else []
    parts = _split(url)
    if parts is None:
        return ["SMTP_URL is no address"]
    if parts.scheme not in {"smtp", "smtps"}:
        return ["SMTP_URL must start with smtp:// or smtps://"]
    if not parts.hostname:
        return ["SMTP_URL names no host"]
    if not _is_host(parts):
        return ["SMTP_URL is no address: its host or port cannot exist"]
    try:
        Limits.of(parse_qs(parts.query))
    except ValueError:
        return ["SMTP_URL has a time limit that is no number of seconds"]
    return []


def database_url(url: str) -> list[str]:
    """Return a sentence when DATABASE_URL is no address of a database that the forum knows, whatever lies there."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return ["DATABASE_URL is no address of a database: write sqlite:///… or postgresql+psycopg://…"]
    if parsed.drivername not in {"sqlite", "postgresql+psycopg"}:
        return ["DATABASE_URL must start with sqlite:/// or postgresql+psycopg://"]
    half_a_password = "@" in (parsed.host or "")  # it would be told as the host that does not answer
    return ["DATABASE_URL has a @ in its user or password: write it as %40"] if half_a_password else []


def _database(url: str) -> list[str]:
    if wrong := database_url(url):
        return wrong
    parsed = make_url(url)
    if parsed.drivername == "sqlite":
        if not _is_file(url):
            return [
                "DATABASE_URL names no file, as in sqlite:////var/lib/forum.db: all would be lost at a restart"
            ]
        if Path(parsed.database or "").is_dir():
            return ["DATABASE_URL names a folder: name a file in it"]
    if parsed.drivername == "postgresql+psycopg" and not parsed.database:
        return ["DATABASE_URL names no database"]
    return []


def _is_file(url: str) -> bool:
    """Whether an address of SQLite names a file.

    An address within the address can name memory in many ways, and no file that we could keep private.
    """
    name, _mark, query = url.partition(":///")[2].partition("?")
    return bool(name.strip()) and not name.startswith((":memory:", "file:")) and not INNER.search(query)


def _sender(written: str) -> list[str]:
    address = parseaddr(written)[1]
    if addresses.clean(address) is None or not written.isprintable():
        return ["MAIL_FROM is no address: write it as in Leerkring <noreply@forum.example.org>"]
    if address.lower().endswith(PLACEHOLDER_DOMAIN):
        return ["MAIL_FROM is the one of the demo: name an address of your own"]
    return []


def redis_url(url: str) -> list[str]:
    """Return a sentence when REDIS_URL is no address of a server; the libraries that read it would quote it whole."""
    parts = _split(url)
    if parts is None or parts.scheme not in ("redis", "rediss", "redis+unix"):
        return ["REDIS_URL must start with redis:// or rediss://"]
    server = parts.path if parts.scheme == "redis+unix" else parts.hostname
    return [] if server else ["REDIS_URL names no server"]
