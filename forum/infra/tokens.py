"""Signed tokens, each bound to one purpose: a token for another purpose is refused."""

import base64
import hashlib
import hmac
import secrets
from typing import Any

from flask import current_app
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from forum.infra import clock


class BadToken(Exception):
    """Forged, expired, or made for another purpose."""


def sign(purpose: str, payload: dict[str, Any]) -> str:
    """Return a URL-safe token with `payload` (readable by who holds it), valid for `purpose` only."""
    return str(_serializer(purpose).dumps(payload))


def read(purpose: str, token: str, *, max_age_seconds: int | None = None) -> dict[str, Any]:
    """Return the payload of a token for this purpose, made at most `max_age_seconds` ago; BadToken otherwise."""
    try:
        payload = _serializer(purpose).loads(token, max_age=max_age_seconds)
    except (BadData, UnicodeError) as error:
        raise BadToken(type(error).__name__) from error
    if not isinstance(payload, dict):
        raise BadToken("not a payload")
    return payload


def random_token(size: int = 32) -> str:
    """Return a secret of `size` random bytes, as URL-safe text."""
    return secrets.token_urlsafe(size)


def mark(purpose: str, value: str) -> str:
    """Return a short sign (22 characters) that stands for `value` here, and tells nobody else anything about it."""
    return _mark(current_app.config["SECRET_KEY"], purpose, value)


def marks(purpose: str, value: str) -> set[str]:
    """Return every sign that stands for `value`: the one of `mark`, and those made before SECRET_KEY was replaced."""
    return {_mark(key, purpose, value) for key in _keys()}


def digest(secret: str) -> str:
    """Return the SHA-256 of a secret in hexadecimal (64 characters): what is stored instead of it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def key_for(purpose: str, subject: str) -> bytes:
    """Return a key of 32 bytes for `subject`; for another purpose it is another. With SECRET_KEY it is replaced."""
    return hmac.digest(
        current_app.config["SECRET_KEY"].encode(), f"leerkring.{purpose}.{subject}".encode(), hashlib.sha256
    )


class _Signer(TimestampSigner):
    """Takes the time from `clock`, so that a stopped clock ages tokens too."""

    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


def _mark(key: str, purpose: str, value: str) -> str:
    made = hmac.digest(key.encode(), f"{purpose} {value}".encode("utf-8", "surrogatepass"), "sha256")
    return base64.urlsafe_b64encode(made[:16]).rstrip(b"=").decode()


def _keys() -> list[str]:
    """The newest key last, which signs; what older ones made is still accepted, such as a link in a mail."""
    return [*(current_app.config["SECRET_KEY_FALLBACKS"] or ()), current_app.config["SECRET_KEY"]]


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        _keys(),
        salt=f"leerkring.{purpose}",
        signer=_Signer,
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
