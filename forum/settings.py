"""Completes the configuration and refuses an unsafe one: production names the wrong value, and does not start."""

import os
import secrets
from pathlib import Path
from typing import Any

from flask import Flask

from config import NAMED


class UnsafeSettings(RuntimeError):
    """The configuration is not safe; the message names each value that is wrong."""


def apply(app: Flask, overrides: dict[str, Any] | None) -> None:
    """Load the configuration of this environment, with `overrides` on top, and check it; UnsafeSettings."""
    overrides = overrides or {}
    app.config.from_object(NAMED[overrides.get("ENV_NAME") or _environment()])
    app.config.update(overrides)
    if app.config["ENV_NAME"] == "production":
        _refuse_unsafe(app.config)
    instance = Path(app.config["INSTANCE"])
    if app.config["ENV_NAME"] == "development":
        instance.mkdir(parents=True, exist_ok=True)
        app.config["SECRET_KEY"] = app.config["SECRET_KEY"] or _own_secret(instance / "secret")


def _environment() -> str:
    """production when FORUM_ENV says so, or when the forum has an https address; development otherwise."""
    named = os.environ.get("FORUM_ENV", "")
    if named:
        if named not in NAMED:
            raise UnsafeSettings(f"FORUM_ENV is {named!r}: choose from {', '.join(NAMED)}")
        return named
    return "production" if os.environ.get("BASE_URL", "").startswith("https://") else "development"


def _refuse_unsafe(config: dict[str, Any]) -> None:
    wrong = []
    if not config["SECRET_KEY"]:
        wrong.append("SECRET_KEY is missing")
    elif len(config["SECRET_KEY"]) < 32:
        wrong.append("SECRET_KEY is shorter than 32 characters")
    if config["DEBUG"] or os.environ.get("FLASK_DEBUG", "0") not in {"", "0"}:
        wrong.append("FLASK_DEBUG is on")
    if config["DEMO"]:
        wrong.append("FORUM_DEMO is on: its sign-ins have a known password")
    if not config["BASE_URL"].startswith("https://"):
        wrong.append("BASE_URL must start with https://")
    if not config["BASE_URL"].isascii():  # it stands in headers of mail, where only ASCII may stand
        wrong.append("BASE_URL has letters with accents: write its host in ASCII, as in https://xn--…")
    if config["SMTP_URL"].startswith("mailbox:"):
        wrong.append("SMTP_URL still points to a folder instead of a mail server")
    if wrong:
        raise UnsafeSettings("The forum does not start: " + "; ".join(wrong) + ".")


def _own_secret(path: Path) -> str:
    """A secret made once for this machine, so that `make run` needs no set-up and sessions survive a restart."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()
