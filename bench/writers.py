"""How long eight members take to write in one space, compared with eight spaces: nobody waits for another thread.

Each is a process of its own, which says "ready", takes the numbers of a thread and a member on a line, writes its
replies, each a transaction, and says "done".
"""

import json
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from bench.processes import ROOT, run_quietly
from forum import create_app
from forum.domain.threads import threads
from forum.infra.db import db
from forum.models.spaces import Audience, Membership, Role
from forum.models.themes import Axis, Need
from forum.policy.actors import Actor, actor_of

WRITERS, REPLIES, TURNS = 8, 15, 7
BODY = "We tried this in two streets for six weeks. *Nobody* came the first time, eleven people the second."

Place = tuple[int, int]  # a thread and the member who writes in it
Writer = subprocess.Popen[str]


def writing(environment: Mapping[str, str]) -> list[float]:
    """How many times as long one space takes as eight, turn by turn, in the forum of an environment."""
    command = [sys.executable, "-m", "bench.writers"]
    together, apart = json.loads(run_quietly([*command, "begin"], environment))
    with _writers([*command, "write"], environment) as writers:
        _turn(writers, together)
        _turn(writers, apart)
        return [_turn(writers, together) / _turn(writers, apart) for _number in range(TURNS)]


@contextmanager
def _writers(command: list[str], environment: Mapping[str, str]) -> Iterator[list[Writer]]:
    writers = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for _number in range(WRITERS)
    ]
    try:
        for writer in writers:
            _expect(writer, "ready")
        yield writers
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()


def _turn(writers: list[Writer], places: list[Place]) -> float:
    """Seconds until all of them are done."""
    began = time.monotonic()
    for writer, (thread_id, member_id) in zip(writers, places, strict=True):
        assert writer.stdin is not None
        writer.stdin.write(f"{thread_id} {member_id}\n")
        writer.stdin.flush()
    for writer in writers:
        _expect(writer, "done")
    return time.monotonic() - began


def _expect(writer: Writer, word: str) -> None:
    assert writer.stdout is not None
    said = writer.stdout.readline().strip()
    if said != word:
        raise RuntimeError(f"A writer said {said!r} instead of {word!r}.")


def _begin() -> tuple[list[Place], list[Place]]:
    """Begin a thread for each writer: eight in the largest space, and one in each of eight others."""
    people: dict[int, list[int]] = {}
    current = select(Membership.space_id, Membership.member_id).where(
        Membership.ended_at.is_(None), Membership.role == Role.MEMBER
    )
    for space_id, member_id in db.session.execute(current.order_by(Membership.id)):
        people.setdefault(space_id, []).append(member_id)
    largest, *others = sorted(people, key=lambda space_id: len(people[space_id]), reverse=True)
    together = [(begin_thread(largest, member_id), member_id) for member_id in people[largest][:WRITERS]]
    first = {space_id: people[space_id][0] for space_id in others[:WRITERS]}
    apart = [(begin_thread(space_id, member_id), member_id) for space_id, member_id in first.items()]
    db.session.commit()
    return together, apart


def begin_thread(space_id: int, member_id: int, body: str = BODY) -> int:
    """Begin a thread that the space's own people can read; gives its id."""
    thread = threads.start(
        _actor(member_id),
        space_id,
        title="Play streets in winter",
        body=body,
        need=Need.STORIES,
        axis=next(iter(Axis)),
        audience=Audience.SPACE,
        idempotency_key=str(uuid.uuid4()),
        once_more=True,
    )
    return thread.id


def reply(thread_id: int, member_id: int, body: str = BODY) -> None:
    """Write a reply, as a transaction."""
    threads.reply(_actor(member_id), thread_id, body=body, idempotency_key=str(uuid.uuid4()), once_more=True)
    db.session.commit()


def _actor(member_id: int) -> Actor:
    found: Any = actor_of(member_id)
    if found is None:
        raise RuntimeError(f"Member {member_id} may not write.")
    return found


def main() -> None:
    """Begin the threads and print them, or write in those that are named on the lines that come in."""
    with create_app({"RATES_ENABLED": False}).app_context():
        if sys.argv[1] == "begin":
            print(json.dumps(_begin()))
            return
        print("ready", flush=True)
        for line in sys.stdin:
            thread_id, member_id = map(int, line.split())
            for _number in range(REPLIES):
                reply(thread_id, member_id)
            print("done", flush=True)


if __name__ == "__main__":
    main()
