"""Questions to the domain name system. Wraps dnspython."""

import ipaddress

from dns.exception import DNSException
from dns.name import from_text
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT
from dns.resolver import NXDOMAIN, Answer, NoAnswer, Resolver

PATIENCE, WHOLE_PATIENCE = 2.0, 5.0  # seconds for one server, and for a question asked of several
PORT = 53


class NoReply(Exception):
    """No name server answered the question, or it answered that it could not."""


class Names:
    """The records of names, asked of the name servers of this machine or of one that is named."""

    def __init__(self, server: str | None = None) -> None:
        """Ask `server` (an IP address, with its port behind a colon).

        ValueError when it is none; NoReply without one where this machine names none either.
        """
        host, port = _host_and_port(server) if server else ("", PORT)
        try:
            self._resolver = Resolver(configure=not server)
        except DNSException as error:
            raise NoReply("this machine knows no name server: name one with --resolver") from error
        if server:
            self._resolver.nameservers, self._resolver.port = [host], port
        self._resolver.timeout, self._resolver.lifetime = PATIENCE, WHOLE_PATIENCE

    def texts(self, name: str) -> list[str]:
        """Return the TXT records of a name, none where there is no such name; NoReply."""
        records = [record for record in self._ask(name, "TXT") if isinstance(record, TXT)]
        return [b"".join(record.strings).decode("utf-8", "replace") for record in records]

    def mail_servers(self, name: str) -> list[str]:
        """Return the mail servers of a name, "." for a name that takes no mail; NoReply."""
        return [str(record.exchange) for record in self._ask(name, "MX") if isinstance(record, MX)]

    def has_address(self, name: str) -> bool:
        """Return whether a machine has this name; NoReply."""
        return bool(self._ask(name, "A") or self._ask(name, "AAAA"))

    def _ask(self, name: str, kind: str) -> Answer | list[object]:
        try:
            asked = from_text(f"{name.rstrip('.')}.")
        except DNSException:
            return []  # nothing can have this name
        try:
            return self._resolver.resolve(asked, kind)
        except (NXDOMAIN, NoAnswer):
            return []
        except (DNSException, OSError) as error:
            raise NoReply(type(error).__name__) from error


def _host_and_port(server: str) -> tuple[str, int]:
    """The address and the port of `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`."""
    host, port = server, ""
    if server.startswith("["):
        host, _bracket, port = server[1:].partition("]")
        port = port.removeprefix(":")
    elif server.count(":") == 1:
        host, _colon, port = server.partition(":")
    return str(ipaddress.ip_address(host)), int(port or PORT)
