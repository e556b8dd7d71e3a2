"""Passwords: argon2id hashes, a few at a time, and what makes a password too weak."""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from forum.infra.turns import Turns
from forum.infra.words import composed

SHORTEST, LONGEST = 12, 256
TIME_COST, MEMORY_COST = 3, 64 * 1024  # rounds and KiB: some 40 ms, the second choice of RFC 9106
# Each hash takes a processor and 64 MiB: a few at a time, so that many who sign in at one moment leave memory to all
# and processors to those who read. Whoever waits for a turn holds neither.
AT_ONCE, WAITING, PATIENCE = max(2, min(4, (os.cpu_count() or 1) // 2)), 100, 40.0
FEWEST = 5  # different characters
DISGUISES = str.maketrans("40315$7@!", "aoelsstai")
KEY_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
)


def _unusable_hash(time_cost: int, memory_cost: int) -> str:
    """A hash that no password has, and that takes as long to verify; making a real one would slow every start."""
    return f"$argon2id$v=19$m={memory_cost},t={time_cost},p=1${'A' * 22}${'A' * 43}"


_hasher = PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_COST, parallelism=1)
_no_account = _unusable_hash(TIME_COST, MEMORY_COST)
_turns = Turns(AT_ONCE, WAITING, PATIENCE)


def configure(*, time_cost: int, memory_cost: int) -> None:
    """Set other costs: tests hash cheaply."""
    global _hasher, _no_account
    _hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_cost, parallelism=1)
    _no_account = _unusable_hash(time_cost, memory_cost)


def hash_password(password: str) -> str:
    """Return the argon2id hash to store; TooBusy when its turn does not come."""
    with _turn():
        return _hasher.hash(_whole(password))


def verify(stored: str | None, password: str) -> bool:
    """Return whether the password fits; without a stored hash it takes as long, and the answer is False. TooBusy."""
    with _turn():
        try:
            return _hasher.verify(stored or _no_account, _whole(password)) and bool(stored)
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(stored: str) -> bool:
    """Return whether the hash was made with other costs than today's."""
    return _hasher.check_needs_rehash(stored)


def weakness(password: str, *, words: Iterable[str] = ()) -> str | None:
    """Return `short`, `long`, `common` or `guessable` (made of `words`: name, address, city), or None if it is good."""
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    if len(set(password)) < FEWEST or _only_figures(password):
        return "common"
    personal = {piece for word in words for piece in re.findall(r"[a-z]{3,}", _bare(word))}
    for letters in _readings(password):
        if _made_of(letters, COMMON):
            return "common"
        if _made_of(letters, COMMON | personal | {"".join(personal)}):
            return "guessable"
    return None


@contextmanager
def _turn() -> Iterator[None]:
    _turns.take()
    try:
        yield
    finally:
        _turns.give_back()


def _whole(password: str) -> bytes:
    """The password in one Unicode form: keyboards differ in how they compose an accent."""
    return composed(password, "NFKC").encode("utf-8", "surrogatepass")


def _bare(text: str) -> str:
    return composed(text, "NFKD").encode("ascii", "ignore").decode().lower()


def _readings(password: str) -> set[str]:
    """The letters of a password, plain and with look-alikes replaced; figures and signs around them left out."""
    bare = _bare(password)
    core = re.sub(r"^[^a-z]+|[^a-z]+$", "", bare)
    disguised = (bare.translate(DISGUISES), core.translate(DISGUISES))
    return {re.sub(r"[^a-z]", "", reading) for reading in (bare, *disguised)}


def _made_of(letters: str, known: frozenset[str] | set[str]) -> bool:
    """Whether it consists of at most two known words, of one repeated, or of neighbouring keys."""
    if len(letters) < 4:
        return letters in known
    if letters in known or any(
        letters[:cut] in known and letters[cut:] in known for cut in range(1, len(letters))
    ):
        return True
    unit = letters[: (letters + letters).find(letters, 1)]
    return unit in known or len(unit) < 4 or _walks(letters)


def _walks(characters: str) -> bool:
    return any(characters in row * 3 or characters in row[::-1] * 3 for row in KEY_ROWS)


def _only_figures(password: str) -> bool:
    """Whether it is a date, a telephone number or neighbouring keys: figures alone are guessed soon."""
    figures = re.sub(r"[\s./+_-]", "", password)
    return figures.isdigit() and (len(figures) < 16 or _walks(figures))


def _load(path: Path) -> frozenset[str]:
    lines = (line for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


COMMON = _load(Path(__file__).with_name("common_passwords.txt"))
