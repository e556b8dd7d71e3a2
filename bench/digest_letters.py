"""What it costs to choose and to render the letters of digests, in rounds, without handing them over.

At the end some are sent to memory, as a worker sends them: the statements of claiming and booking count too.
"""

import argparse
import json
import time
from typing import Any

from sqlalchemy import select, text

from bench.handing_over import release
from bench.processes import cpu_seconds
from forum import create_app
from forum.infra import logs
from forum.infra.connections import reading
from forum.infra.db import db
from forum.jobs import letters
from forum.jobs.composed_digests import TOGETHER, ComposedDigests
from forum.jobs.letter_content import NothingToSend
from forum.jobs.sending import Sender
from forum.models.mail import Lane, OutgoingMail


def main() -> None:
    """Print the costs of each round, and the statements of a letter that is sent."""
    asked = argparse.ArgumentParser(description=__doc__)
    for name in ("database", "rounds", "letters", "sent"):
        asked.add_argument(f"--{name}", type=int, required=True)
    given = asked.parse_args()
    with create_app({"SMTP_URL": "memory:"}).app_context():
        composed = ComposedDigests()
        _round(
            composed, 0, min(given.letters, TOGETHER), given.database
        )  # what is made once, before it counts
        rounds = [
            _round(composed, number * given.letters, given.letters, given.database)
            for number in range(given.rounds)
        ]
        print(json.dumps({"rounds": rounds, "sent_statements": _sent(given.sent)}))


def _round(composed: ComposedDigests, first: int, count: int, database: int) -> dict[str, Any]:
    """The costs of a letter among so many, from that one on."""
    began, own, theirs = time.monotonic(), time.process_time(), cpu_seconds(database)
    made = 0
    with logs.count_queries() as counted:
        for at in range(0, count, TOGETHER):
            made += _batch(composed, first + at, min(TOGETHER, count - at))
    return {
        "letters": count,
        "made": made,
        "wall_ms": (time.monotonic() - began) / count * 1000,
        "worker_ms": (time.process_time() - own) / count * 1000,
        "database_ms": (cpu_seconds(database) - theirs) / count * 1000,
        "statements": counted.count / count,
    }


def _batch(composed: ComposedDigests, first: int, count: int) -> int:
    """Make the letters of mails that are claimed together; give how many had something to say."""
    due = select(OutgoingMail).where(OutgoingMail.lane == Lane.BULK).order_by(OutgoingMail.id)
    mails = list(db.session.scalars(due.offset(first).limit(count)))
    db.session.commit()
    made = 0
    for place, mail in enumerate(mails):
        with reading():
            try:
                make = composed.maker(mail, mails[place + 1 :])
                letter = letters.letter_for(mail, make) if make else letters.letter_for(mail)
                made += bool(letter.message.as_bytes())
            except NothingToSend:
                pass
            finally:
                db.session.rollback()
    db.session.expunge_all()
    return made


def _sent(count: int) -> float:
    """Statements of a letter, from claiming to booking."""
    with db.engine.begin() as connection:
        connection.execute(text(release(count)))
    with logs.count_queries() as counted:
        finished = Sender(Lane.BULK, "bench").send_due()
    return counted.count / finished


if __name__ == "__main__":
    main()
