"""Passwords: argon2id, and what makes one too weak."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 256
TIME_COST, MEMORY_COST = 3, 64 * 1024  # rounds and KiB: some 40 ms, the second choice of RFC 9106
FEWEST = 5  # different signs
DISGUISES = str.maketrans("40315$7@!", "aoelsstai")
ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
)


def _fits_nothing(time_cost: int, memory_cost: int) -> str:
    """A hash that no password has, and that takes as long to find out; making a real one would slow every start."""
    return f"$argon2id$v=19$m={memory_cost},t={time_cost},p=1${'A' * 22}${'A' * 43}"


_hasher = PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_COST, parallelism=1)
_nobody = _fits_nothing(TIME_COST, MEMORY_COST)


def configure(*, time_cost: int, memory_cost: int) -> None:
    """Other costs: tests hash cheaply."""
    global _hasher, _nobody
    _hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_cost, parallelism=1)
    _nobody = _fits_nothing(time_cost, memory_cost)


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _hasher.hash(_whole(password))


def verify(stored: str | None, password: str) -> bool:
    """Whether the password fits; with no hash it takes as long, and the answer is no."""
    try:
        return _hasher.verify(stored or _nobody, _whole(password)) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with other costs than today's."""
    return _hasher.check_needs_rehash(stored)


def weakness(password: str, *, words: Iterable[str] = ()) -> str | None:
    """`short`, `long`, `common` or `guessable` (made of `words`: name, address, city), or None for a good one."""
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    if len(set(password)) < FEWEST or _only_figures(password):
        return "common"
    own = {piece for word in words for piece in re.findall(r"[a-z]{3,}", _bare(word))}
    for letters in _readings(password):
        if _made_of(letters, COMMON):
            return "common"
        if _made_of(letters, COMMON | own | {"".join(own)}):
            return "guessable"
    return None


def _whole(password: str) -> bytes:
    """One way to write it: keyboards differ in how they compose an accent."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _bare(words: str) -> str:
    return unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()


def _readings(password: str) -> set[str]:
    """The letters of a password, read plainly and through its disguises; figures and signs around them left out."""
    bare = _bare(password)
    core = re.sub(r"^[^a-z]+|[^a-z]+$", "", bare)
    disguised = (bare.translate(DISGUISES), core.translate(DISGUISES))
    return {re.sub(r"[^a-z]", "", reading) for reading in (bare, *disguised)}


def _made_of(letters: str, known: frozenset[str] | set[str]) -> bool:
    """Whether nothing stands in it but at most two known words, or one again and again, or a walk over the keys."""
    if len(letters) < 4:
        return letters in known
    if letters in known or any(
        letters[:cut] in known and letters[cut:] in known for cut in range(1, len(letters))
    ):
        return True
    unit = letters[: (letters + letters).find(letters, 1)]
    return unit in known or len(unit) < 4 or _walks(letters)


def _walks(signs: str) -> bool:
    return any(signs in row * 3 or signs in row[::-1] * 3 for row in ROWS)


def _only_figures(password: str) -> bool:
    """A date, a telephone number or a walk: figures alone are soon tried, unless there are many."""
    figures = re.sub(r"[\s./+_-]", "", password)
    return figures.isdigit() and (len(figures) < 16 or _walks(figures))


def _load(path: Path) -> frozenset[str]:
    lines = (line for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


COMMON = _load(Path(__file__).with_name("common_passwords.txt"))
