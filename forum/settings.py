"""Completes the configuration and refuses an unsafe one: it names every value that is wrong, and does not start."""

import logging
import os
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.helpers import get_debug_flag

from config import NAMED, Default
from forum.infra import addresses, private_files, safe_settings

log = logging.getLogger(__name__)
LONGEST_NAME = 30  # of BOUNCE_ADDRESS, before the @
PROXIES = [str(number) for number in range(11)]
# The terms that the editorial policy names, each with the smallest and the largest.
TERMS = {"REVIEW_MONTHS": (1, 60), "ANSWER_WORKDAYS": (1, 60), "CONFIRMING_CITIES": (1, 13)}
# Settings of before, with why nobody needs them any more: said once, at the start.
RETIRED = {"JOBS_URL": "the worker looks at its tables itself"}
ON, OFF = {"1", "true", "yes", "on", "y", "t"}, {"", "0", "false", "no", "off", "n", "f"}


class UnsafeSettings(RuntimeError):
    """The configuration cannot be read, or is not safe; the message names each value that is wrong."""


def apply(app: Flask, overrides: dict[str, Any] | None) -> None:
    """Load the configuration of this environment, with `overrides` on top, and check it; UnsafeSettings."""
    overrides = overrides or {}
    # What was written, which an environment may replace by its own: whoever wrote https has a forum that people use.
    written = str(overrides.get("BASE_URL", Default.BASE_URL))
    is_https = _is_https(written)
    named = str(overrides.get("ENV_NAME") or os.environ.get("FORUM_ENV", "")).strip().lower()
    wrong = []
    if named and named not in NAMED:
        wrong.append(f"FORUM_ENV is {named!r}: choose from {', '.join(NAMED)}")
    app.config.from_object(NAMED.get(named) or NAMED["production" if is_https else "development"])
    app.config.update(overrides, ENV_NAME=app.config["ENV_NAME"])
    if named in NAMED and named != "production" and is_https:
        wrong.append(f"FORUM_ENV is {named} while BASE_URL is https: leave FORUM_ENV out")
    elif named == "testing" and "ENV_NAME" not in overrides:
        wrong.append("FORUM_ENV is testing, which has a key that everybody knows: only tests may choose it")
    wrong += _read(app.config)
    production = app.config["ENV_NAME"] == "production"
    faults = safe_settings.base_url(_plain(written.strip()), production=production)
    wrong += faults
    if not production and not faults and not is_https and safe_settings.is_public(written.strip()):
        if named:
            log.warning(
                "BASE_URL has a public host and no https: passwords and sessions can be read on the way"
            )
        else:
            wrong.append(
                "BASE_URL has a public host and no https: write https://, or FORUM_ENV=development to do without"
            )
    if production:
        if app.config["DEBUG"] or get_debug_flag():
            wrong.append("FLASK_DEBUG is on: leave it out, or write 0")
        wrong += safe_settings.unsafe(app.config)
    else:
        wrong += safe_settings.database_url(app.config["SQLALCHEMY_DATABASE_URI"])
        wrong += safe_settings.mail_url(app.config["SMTP_URL"])
        wrong += safe_settings.redis_url(app.config["REDIS_URL"]) if app.config["REDIS_URL"] else []
    if wrong:
        raise UnsafeSettings("The forum does not start: " + "; ".join(wrong) + ".")
    for name, why in RETIRED.items():
        if os.environ.get(name, "").strip():
            log.warning("%s is not used any more: %s. Take it out.", name, why)
    instance = Path(app.config["INSTANCE"])
    if app.config["ENV_NAME"] == "development":
        app.config["SECRET_KEY"] = app.config["SECRET_KEY"] or _own_secret(instance / "secret")


def _is_https(url: str) -> bool:
    return url.strip().lower().startswith("https:")


def _read(config: dict[str, Any]) -> list[str]:
    """Put values in the place of what was written; return what cannot be read."""
    wrong = []
    config["SECRET_KEY_FALLBACKS"] = [
        key.strip() for key in config["SECRET_KEY_FALLBACKS"] or () if key.strip()
    ]
    for name in ("METRICS_TOKEN", "BASE_URL", "SMTP_URL", "SQLALCHEMY_DATABASE_URI", "REDIS_URL"):
        config[name] = config[name].strip()
    config["BASE_URL"] = _plain(config["BASE_URL"])
    config["BOUNCE_ADDRESS"] = config["BOUNCE_ADDRESS"].strip().lower()
    if config["BOUNCE_ADDRESS"] and not _takes_reports(config["BOUNCE_ADDRESS"]):
        wrong.append(
            "BOUNCE_ADDRESS is no address, or has more than 30 characters before the @: "
            "write it as in returned@forum.example.org"
        )
    most = str(config["MAIL_PER_DOMAIN_PER_HOUR"]).strip()
    if not re.fullmatch(r"[0-9]{1,6}", most):
        wrong.append(
            "MAIL_PER_DOMAIN_PER_HOUR is no number: write how many mails one domain gets in an hour, 0 for any"
        )
        most = "0"
    config["MAIL_PER_DOMAIN_PER_HOUR"] = int(most)
    wrong += _read_terms(config)
    proxies = str(config["TRUSTED_PROXIES"]).strip()
    if proxies not in PROXIES:
        shown = repr(proxies[:12]) + ("…" if len(proxies) > 12 else "")
        wrong.append(
            f"TRUSTED_PROXIES is {shown}: write how many proxies stand in front, 0 to {len(PROXIES) - 1}"
        )
    config["TRUSTED_PROXIES"] = int(proxies) if proxies in PROXIES else 0
    # As a shell would have written it, where systemd or .env did not.
    config["BACKUPS"] = os.path.expanduser(str(config["BACKUPS"] or "").strip())
    demo = str(config["DEMO"]).strip().lower()
    if demo not in ON | OFF:
        wrong.append(f"FORUM_DEMO is {demo!r}: write 1 or 0")
    config["DEMO"] = demo in ON
    return wrong


def _read_terms(config: dict[str, Any]) -> list[str]:
    """Put numbers in the place of the terms that were written; return which are none, or out of bounds."""
    wrong = []
    for name, (least, most) in TERMS.items():
        written = str(config[name]).strip()
        if not re.fullmatch(r"[0-9]{1,3}", written) or not least <= int(written) <= most:
            wrong.append(f"{name} is {written[:12]!r}: write a number from {least} to {most}")
            written = str(least)
        config[name] = int(written)
    return wrong


def _takes_reports(address: str) -> bool:
    """Whether an address can be lengthened by what names a mail: a name of 64 characters is the longest."""
    return addresses.clean(address) is not None and len(address.rpartition("@")[0]) <= LONGEST_NAME


def _plain(url: str) -> str:
    """An address as browsers write it: scheme and host in small letters, no slash at its end."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    if any(sign.isspace() for sign in url):  # which `urlsplit` would drop without a word
        return url
    return parts._replace(netloc=parts.netloc.lower(), path=parts.path.rstrip("/")).geturl()


def _own_secret(path: Path) -> str:
    """A secret made once for this machine, so that `make run` needs no set-up and sessions survive a restart.

    Where it cannot be kept it is one of this process.
    """
    made = secrets.token_urlsafe(48)
    try:
        private_files.make_folder(path.parent)
        if not path.exists():
            private_files.write(path, made.encode())
    except (private_files.Unwritable, OSError) as error:
        log.error("The secret of this machine is not kept: %s", error)
        return made
    return path.read_text().strip()
