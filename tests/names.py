"""A name server of this machine that answers what a test wrote down, over UDP, and keeps what it was asked."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from dns import flags, message, rcode, rdatatype, rrset


@dataclass
class NameServer:
    """Its address, and the names that it was asked for."""

    address: str
    asked: list[str] = field(default_factory=list)


@contextmanager
def name_server(records: Mapping[tuple[str, str], list[str]]) -> Iterator[NameServer]:
    """Answer with `records`, by name and kind; a name with the record SILENT gets no answer, others do not exist."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(0.1)
        server, stop = NameServer(f"127.0.0.1:{listener.getsockname()[1]}"), threading.Event()

        def serve() -> None:
            while not stop.is_set():
                try:
                    wire, asker = listener.recvfrom(4096)
                except TimeoutError:
                    continue
                if (answer := _answer(wire, records, server)) is not None:
                    listener.sendto(answer, asker)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server
        finally:
            stop.set()
            thread.join()


SILENT = "silent"


def _answer(wire: bytes, records: Mapping[tuple[str, str], list[str]], server: NameServer) -> bytes | None:
    query = message.from_wire(wire)
    (question,) = query.question
    name, kind = question.name.to_text().rstrip("."), rdatatype.to_text(question.rdtype)
    server.asked.append(f"{kind} {name}")
    found = records.get((name, kind), [])
    if SILENT in found:
        return None
    answer = message.make_response(query)
    answer.flags |= flags.RA
    if found:
        answer.answer.append(rrset.from_text(question.name, 60, "IN", kind, *found))
    elif not any(known == name for known, _kind in records):
        answer.set_rcode(rcode.NXDOMAIN)
    return answer.to_wire()
