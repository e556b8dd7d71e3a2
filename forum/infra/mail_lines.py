"""How the headers of letters are written: by RFC 5322, and each that many letters have alike only once."""

import re
from email import policy
from email.headerregistry import Address, HeaderRegistry
from functools import lru_cache
from typing import Any

from forum.infra.mail_headers import address_value, text_value

LONGEST = 78  # characters of a line
# Machine-read headers whose values the standard folding would wrap or encode when they are long, which breaks them.
NEVER_FOLDED = re.compile(r"(list-[a-z-]+|message-id|in-reply-to|references|feedback-id)", re.IGNORECASE)
# Those that many letters have alike.
ALIKE = re.compile(
    r"mime-version|content-[a-z-]+|date|precedence|auto-submitted|x-auto-response-suppress",
    re.IGNORECASE,
)
PARTED = "multipart/alternative; boundary="


class _Value(str):
    """The value of a header that need not be taken apart: only machines read it, or it was made of its parts."""

    name: str
    addresses: tuple[Address, ...] = ()

    @classmethod
    def named(cls, name: str, value: object) -> "_Value":
        """Return the value of the header of that name, which may be an address."""
        made = cls(value)
        made.name = name
        if isinstance(value, Address):
            made.addresses = (value,)
        return made


class _Letters(policy.EmailPolicy):
    """RFC 5322 with CRLF and seven-bit bodies, in which the addresses of pages and letters are not folded."""

    def fold(self, name: str, value: Any) -> str:
        lower, beside = name.lower(), len(name) + 2
        if lower == "subject":
            return f"{name}: {text_value(str(value), beside=beside)}{self.linesep}"
        if lower in {"from", "to"}:
            (one,) = value.addresses
            written = address_value(one.display_name, one.addr_spec, beside=beside)
            return f"{name}: {written}{self.linesep}"
        if value.startswith(PARTED):
            return f"{name}: {value.replace(' ', self.linesep + ' ')}{self.linesep}"
        if ALIKE.fullmatch(name):
            return _folded(name, value)
        if NEVER_FOLDED.fullmatch(name):
            whole = f"{name}: {value}"
            if len(whole) < 998 and whole.isascii():
                return whole + self.linesep
            value = self.header_factory(name, str(value))
        return super().fold(name, value)

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """What machines read stands as it is, and what is the same in many letters is taken apart once."""
        if isinstance(value, Address):
            return name, _Value.named(name, value)
        if type(value) is not str or not value.isprintable():
            return super().header_store_parse(name, value)
        if (NEVER_FOLDED.fullmatch(name) and value.isascii()) or value.startswith(PARTED):
            return name, _Value.named(name, value)
        if name == "Subject" and "=?" not in value:
            return name, _Value.named(name, value)
        if ALIKE.fullmatch(name) and "boundary" not in value:
            return name, _taken_apart(name, value)
        return super().header_store_parse(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


class _Headers(HeaderRegistry):
    """Makes the class of each kind of header once: the registry would make one for every header of every letter."""

    @lru_cache(maxsize=128)  # noqa: B019 - there is one registry, for as long as the process
    def __getitem__(self, name: str) -> type[Any]:
        return super().__getitem__(name)


POLICY = _Letters(
    header_factory=_Headers(), linesep="\r\n", cte_type="7bit", raise_on_defect=False, max_line_length=LONGEST
)


@lru_cache(maxsize=256)
def _taken_apart(name: str, value: str) -> Any:
    """A header as an object that is never changed; letters that are made at the same time share it."""
    return POLICY.header_factory(name, value)


@lru_cache(maxsize=256)
def _folded(name: str, value: Any) -> str:
    """A header as it stands in many letters."""
    return str(policy.EmailPolicy.fold(POLICY, name, value))
