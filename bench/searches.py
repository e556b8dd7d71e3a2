"""`python -m bench.searches`: what the benchmark of search asks the forum of its environment, said as JSON.

It writes closed posts first, and measures what a post costs to write with the keys of its words and without.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from bench.prepare import sign_in
from bench.processes import cpu_seconds
from bench.writers import BODY, begin_thread, reply
from forum import create_app
from forum.demo.synthetic import words
from forum.domain.indexing import writing
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.spaces import Audience, Membership, Role
from forum.models.themes import Axis, Need
from forum.models.threads import Post, PostRevision, Thread

READERS = 20  # none of them asks as often as is allowed at most
RARE = 40  # words of this kind, each in one post
CLOSED = {"qalvoride": 1, "qelvunide": 20, "qirvosude": 500}  # words, and in how many closed posts they stand
NOBODYS = "qolvinude"  # made like these, so that it is looked for alike
A_THREAD = 25  # posts with such a word
TURNS, BLOCK = 8, 25  # of writing posts with keys and as many without
COMMON = ("buurt", "collega", "onthaal", "ploeg", "bewoner", "dienst", "vrijwilliger")
TWO = ("winter school", "vergadering papier", "gemeentehuis telde", "afspraak onderhoudt", "scherm proef")
PHRASES = (*words.WHAT[:5], "buurt belde drie keer", "ploeg zag na een")


def kinds() -> dict[str, list[str]]:
    """The questions of each kind, as what follows `?` in the address."""
    facets = f"&axis={next(iter(Axis)).value}&need={next(iter(Need)).value}"
    return {
        "rare word": [f"q={each}" for each in _rare()],
        "common word": [f"q={each}" for each in COMMON],
        "two words": [f"q={each.replace(' ', '+')}" for each in TWO],
        "phrase": [f"q=%22{each.replace(' ', '+')}%22" for each in PHRASES],
        "without a word": [f"q={each}+-school" for each in COMMON],
        "filtered": [f"q={each}{facets}" for each in COMMON],
    }


def _rare() -> list[str]:
    """Numbers that stand in one post each, which everybody of the network may read."""
    last = db.session.scalar(select(func.max(Post.id))) or 0
    step = max(1, last // (2 * RARE))
    query = (
        select(PostRevision.plain)
        .join(Post, Post.id == PostRevision.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.id.in_(range(step, last, step)), Thread.audience == Audience.NETWORK)
    )
    found = [plain.partition("Verslag ")[2].partition(".")[0] for plain in db.session.scalars(query)]
    return [each for each in found if each.isdigit()][:RARE]


def write_closed() -> list[int]:
    """Write the closed posts; return members who cannot open them."""
    space_id, author_id = _writer()
    for word, posts in CLOSED.items():
        for first in range(0, posts, A_THREAD):
            thread_id = begin_thread(space_id, author_id, f"{BODY} {word}")
            for _post in range(min(A_THREAD, posts - first) - 1):
                reply(thread_id, author_id, f"{BODY} {word}")
            db.session.commit()
    inside = select(Membership.member_id).where(Membership.space_id == space_id)
    outside = select(Member.id).where(Member.suspended_at.is_(None), Member.id.not_in(inside))
    return list(db.session.scalars(outside.where(Member.approved_at.is_not(None)).limit(READERS)))


def cost_of_writing(database: int) -> dict[str, float]:
    """Milliseconds of processor time for a reply with the keys of its words, and without; `database`: its process."""
    space_id, author_id = _writer()
    thread_id = begin_thread(space_id, author_id)
    db.session.commit()
    texts = [each.said(number)[0] for number, each in enumerate(words.pool(1)[:BLOCK])]

    def block() -> float:
        began = time.process_time() + (cpu_seconds(database) if database else 0)
        for body in texts:
            reply(thread_id, author_id, body)
        return (time.process_time() + (cpu_seconds(database) if database else 0) - began) / BLOCK * 1000

    costs: dict[str, list[float]] = {"with": [], "without": []}
    block()
    for _turn in range(TURNS):
        costs["with"].append(block())
        costs["without"].append(_without_keys(block))
    return {name: round(statistics.median(each), 2) for name, each in costs.items()}


def _writer() -> tuple[int, int]:
    """A space, and one of its members."""
    own = select(Membership.space_id, Membership.member_id).where(
        Membership.ended_at.is_(None), Membership.role == Role.MEMBER
    )
    row = db.session.execute(own.order_by(Membership.space_id.desc(), Membership.id)).first()
    if row is None:
        raise RuntimeError("This network has no members.")
    return row.space_id, row.member_id


def _without_keys(block: Callable[[], float]) -> float:
    event.remove(Session, "after_flush", writing._follow)
    try:
        return block()
    finally:
        writing.init_app()


def main() -> None:
    """Write, measure, print; the argument is the first process of the database, or 0 where it has none."""
    app = create_app({"RATES_ENABLED": False})
    with app.app_context():
        outside = write_closed()
        said = {
            "kinds": kinds(),
            "closed": [*CLOSED, NOBODYS],
            "writing": cost_of_writing(int(sys.argv[1])),
            "cookies": [sign_in(app, member_id) for member_id in outside],
        }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
