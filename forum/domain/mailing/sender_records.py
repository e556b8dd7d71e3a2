"""What the domain of MAIL_FROM publishes so that other mail servers believe our letters: SPF, DKIM, DMARC.

Each answer says what stands there, and where something is wrong what to publish.
"""

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from forum.domain.checks import Check
from forum.infra.dns import NoReply

LOOKUPS = 10  # that an SPF record may cost its reader (RFC 7208, 4.6.4)
ENOUGH = 2 * LOOKUPS  # nobody has to know by how much it is too many
ASKS = ("include", "redirect", "a", "mx", "ptr", "exists")
FREE = ("ip4", "ip6", "all")
# Bytes of a public RSA key of 1024 and of 2048 bits, as it stands in a record.
SHORTEST_KEY, GOOD_KEY = 160, 290


class Records(Protocol):
    """What is asked of the domain name system; `forum.infra.dns.Names` is one."""

    def texts(self, name: str) -> list[str]: ...

    def mail_servers(self, name: str) -> list[str]: ...

    def has_address(self, name: str) -> bool: ...


def check(
    records: Records, domain: str, *, selector: str | None = None, returned_to: str = ""
) -> list[Check]:
    """Return what is right and wrong with the records of a domain; `selector` names the key that signs its letters.

    `returned_to` is the domain of BOUNCE_ADDRESS, of which SPF is asked then: it is that of the envelope.
    """
    checks = [
        _answered("SPF", lambda: _spf(records, returned_to or domain)),
        _answered("DKIM", lambda: _dkim(records, domain, selector)),
        _answered("DMARC", lambda: _dmarc(records, domain)),
        _answered("replies", lambda: _replies(records, domain)),
    ]
    if returned_to and returned_to != domain:
        checks.append(_answered("returns", lambda: _returns(records, domain, returned_to)))
    return checks


def _answered(name: str, question: Callable[[], Check]) -> Check:
    try:
        return question()
    except NoReply as error:
        return Check(
            name, False, f"no name server gave an answer ({error}): try again, or name one with --resolver"
        )


class _Broken(Exception):
    """Whoever reads the record must give up on it; the message says why."""


@dataclass
class _Walk:
    """An SPF record and all that it includes, as far as it was read."""

    records: Records
    lookups: int = 0
    within: list[str] = field(default_factory=list)

    def read(self, domain: str) -> str:
        """Count what the record of a domain costs; return what it says of all others: "-", "~", "?", "+" or ""."""
        if domain.lower() in self.within:
            raise _Broken(f"the record of {domain} includes itself")
        self.within.append(domain.lower())
        others = self._follow(_spf_of(self.records, domain))
        self.within.pop()
        return others

    def _follow(self, record: str) -> str:
        redirect = ""
        for qualifier, name, value in _terms(record):
            self.lookups += name in ASKS
            if self.lookups > ENOUGH:
                raise _Broken(f"it takes more than {ENOUGH} look-ups, and {LOOKUPS} are allowed")
            if name == "all":
                return qualifier
            if name == "include" and "%" not in value:
                self.read(value)
            if name == "redirect" and "%" not in value:
                redirect = value
        return self.read(redirect) if redirect else ""


def _terms(record: str) -> Iterator[tuple[str, str, str]]:
    """The terms of an SPF record: what it answers, its name, and about what."""
    for term in record.split()[1:]:
        qualifier = term[0] if term[0] in "+-~?" else "+"
        bare = term.lstrip("+-~?")
        mark = next((sign for sign in bare if sign in ":=/"), "")
        name, _mark, value = bare.partition(mark) if mark else (bare, "", "")
        if mark != "=" and name.lower() not in (*ASKS, *FREE):
            raise _Broken(f"nobody knows what “{term}” means in it")
        if name.lower() in ("include", "redirect", "exists") and not value:
            raise _Broken(f"“{term}” names no domain")
        yield qualifier, name.lower(), value


def _spf_of(records: Records, domain: str) -> str:
    found = [text for text in records.texts(domain) if text.lower().split(" ")[0] == "v=spf1"]
    if not found:
        raise _Broken(f"{domain} has no SPF record")
    if len(found) > 1:
        raise _Broken(f"{domain} has {len(found)} SPF records, and only one may be there: put them together")
    return found[0]


def _spf(records: Records, domain: str) -> Check:
    walk = _Walk(records)
    try:
        others = walk.read(domain)
    except _Broken as error:
        publish = (
            f"publish one TXT record at {domain}, such as “v=spf1 include:… -all”, with the include that whoever sends "
            "your mail tells you"
        )
        return Check("SPF", False, f"{error}: {publish}")
    if walk.lookups > LOOKUPS:
        found = (
            f"reading it takes {walk.lookups} look-ups and {LOOKUPS} are allowed, so it counts as broken: leave "
            "includes out, or write their addresses (ip4:…)"
        )
        return Check("SPF", False, found)
    if others == "+":
        return Check("SPF", False, "it lets everybody send in your name: let it end with -all")
    found = f"one record, {walk.lookups} of {LOOKUPS} look-ups"
    if others in ("-", "~"):
        return Check("SPF", True, f"{found}, ends with {others}all")
    return Check(
        "SPF", True, f"{found}, and says nothing of others: let it end with -all or ~all", warns=True
    )


def _tags(record: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in record.split(";") if "=" in part)
    return {name.strip().lower(): value.strip() for name, _mark, value in pairs}


def _dkim(records: Records, domain: str, selector: str | None) -> Check:
    if not selector:
        found = (
            "not asked: the header DKIM-Signature of a letter that arrived (`flask mail test`) has s=…; ask again with "
            "--selector and that word. No such header: let your mail server sign"
        )
        return Check("DKIM", True, found, warns=True)
    name = f"{selector}._domainkey.{domain}"
    keys = [tags for text in records.texts(name) if "p" in (tags := _tags(text))]
    if not keys:
        return Check(
            "DKIM", False, f"{name} has no key: publish the TXT record that your mail server shows for it"
        )
    if len(keys) > 1:
        return Check("DKIM", False, f"{name} has {len(keys)} keys, and only one may be there")
    try:
        key = base64.b64decode("".join(keys[0]["p"].split()), validate=True)
    except binascii.Error:
        return Check("DKIM", False, f"the key at {name} is damaged: publish it anew, whole")
    if not key:
        return Check("DKIM", False, f"the key at {name} was withdrawn (p= is empty): sign with another")
    if keys[0].get("k", "rsa").lower() != "rsa":
        return Check("DKIM", True, f"a key at {name}")
    if len(key) < SHORTEST_KEY:
        return Check("DKIM", False, f"the key at {name} is shorter than 1024 bits: make one of 2048")
    if len(key) < GOOD_KEY:
        return Check(
            "DKIM", True, f"the key at {name} is shorter than 2048 bits: make a longer one", warns=True
        )
    return Check("DKIM", True, f"a key at {name}")


def _dmarc(records: Records, domain: str) -> Check:
    labels = domain.split(".")
    # As readers do it: of the domain itself, else of what is above it.
    for above in range(max(1, len(labels) - 1)):
        place = f"_dmarc.{'.'.join(labels[above:])}"
        found = [text for text in records.texts(place) if _tags(text).get("v", "").upper() == "DMARC1"]
        if len(found) > 1:
            return Check("DMARC", False, f"{place} has {len(found)} records, and only one may be there")
        if found:
            return _policy(_tags(found[0]), place, inherited=above > 0)
    publish = f"publish a TXT record at _dmarc.{domain}: “v=DMARC1; p=none; rua=mailto:postmaster@{domain}”"
    return Check("DMARC", False, f"there is none: {publish}")


def _policy(tags: dict[str, str], place: str, *, inherited: bool) -> Check:
    policy = (inherited and tags.get("sp")) or tags.get("p", "")
    if policy.lower() not in ("none", "quarantine", "reject"):
        return Check("DMARC", False, f"{place} says p={policy}: write p=none, p=quarantine or p=reject")
    if policy.lower() == "none":
        found = f"{place} says p=none: once its reports show only letters of yours, write p=quarantine"
        return Check("DMARC", True, found, warns=True)
    return Check("DMARC", True, f"{place} says p={policy.lower()}")


def _returns(records: Records, domain: str, returned_to: str) -> Check:
    """Whether what comes back arrives, and whether SPF counts for the domain that readers see."""
    if not [server for server in records.mail_servers(returned_to) if server != "."]:
        found = f"{returned_to}, of BOUNCE_ADDRESS, has no mail server: give it an MX record, or nothing comes back"
        return Check("returns", False, found)
    if returned_to.split(".")[-2:] != domain.split(".")[-2:]:
        found = (
            f"{returned_to} is another domain than {domain}, so SPF counts nothing for DMARC: sign with DKIM"
        )
        return Check("returns", True, found, warns=True)
    return Check("returns", True, f"{returned_to} takes mail")


def _replies(records: Records, domain: str) -> Check:
    servers = records.mail_servers(domain)
    if "." in servers:
        found = (
            f"{domain} says that it takes no mail, and many servers take none from it: give it an MX record"
        )
        return Check("replies", False, found)
    if servers or records.has_address(domain):
        return Check("replies", True, f"{domain} takes mail")
    found = f"{domain} has no mail server and no address, and many servers take no mail from it: give it an MX record"
    return Check("replies", False, found)
