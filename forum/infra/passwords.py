"""Passwords: argon2id, and what makes one too weak."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 256
_hasher = PasswordHasher()
_nobody = _hasher.hash("nobody has this password")


def configure(*, time_cost: int, memory_cost: int) -> None:
    """Other costs: tests hash cheaply."""
    global _hasher, _nobody
    _hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_cost, parallelism=1)
    _nobody = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _hasher.hash(password)


def verify(stored: str | None, password: str) -> bool:
    """Whether the password fits; with no hash it takes as long, and the answer is no."""
    try:
        return _hasher.verify(stored or _nobody, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with other costs than today's."""
    return _hasher.check_needs_rehash(stored)


def weakness(password: str, *, words: tuple[str, ...] = ()) -> str | None:
    """`short`, `long`, `common` or `guessable` (made of `words`: name, address, city), or None for a good one."""
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    simple = "".join(letter for letter in password.lower() if letter.isalpha())
    if len(set(password)) < 5 or simple in {"password", "wachtwoord", "welkom", "azertyuiop", "qwertyuiop", "leerkring"}:
        return "common"
    if any(len(word) > 3 and simple == word.lower() for word in words):
        return "guessable"
    return None
