"""What authors are asked about their text, by the names of the tables' rows."""

from typing import Any

from sqlalchemy import select

from forum.infra.db import db
from forum.models.claims import Stance
from forum.models.consents import ConsentAnswer, ConsentRequest, ConsentRound
from forum.models.lessons import Lesson
from forum.models.spaces import Audience
from forum.models.threads import PostRevision
from tests.factories import LONG_AGO, make_post, make_thread
from tests.policy.lesson_rows import make
from tests.policy.people import Town


def requests(town: Town) -> dict[str, ConsentRequest]:
    """Questions to people in every standing, in rounds that are open, closed and withdrawn, answered and not."""
    lesson = make(town)["network, draft"][0]
    post = make_post(
        make_thread(town.here, town.member("aut"), audience=Audience.SPACE),
        town.member("aut"),
        "We rang back.",
    )
    opened, closed = _round(lesson, closed_at=None), _round(lesson, closed_at=LONG_AGO)
    withdrawn = _round(lesson, closed_at=LONG_AGO, withdrawn=True)
    no = ConsentAnswer.NO
    rows = {
        "to an author": _request(town, opened, post, "aut"),
        "refused by an author": _request(town, opened, post, "aut", answer=no),
        "of a round that closed": _request(town, closed, post, "aut"),
        "of a question taken back": _request(town, withdrawn, post, "aut"),
        "to a guest": _request(town, opened, post, "gue"),
        "to its curator": _request(town, opened, post, "cur"),
        "to a former member": _request(town, opened, post, "xme", answer=no),
        "to a member elsewhere": _request(town, opened, post, "ome"),
        "to a suspended member": _request(town, opened, post, "sme"),
        "to an administrator": _request(town, opened, post, "adm"),
    }
    db.session.add_all(rows.values())
    db.session.flush()
    return rows


def _round(lesson: Lesson, **over: Any) -> ConsentRound:
    row = ConsentRound(
        lesson_id=lesson.id,
        version_id=lesson.working_id,
        audience=Audience.NETWORK,
        title="Put talking in the roster",
        opened_at=LONG_AGO,
        opened_by_id=lesson.curator_id,
        last_day=LONG_AGO.date(),
        remind_at=LONG_AGO,
        closes_at=LONG_AGO,
        **over,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _request(
    town: Town, round_: ConsentRound, post: Any, author: str, *, answer: ConsentAnswer | None = None
) -> ConsentRequest:
    revision_id = db.session.scalars(select(PostRevision.id).where(PostRevision.post_id == post.id)).one()
    return ConsentRequest(
        round_id=round_.id,
        post_id=post.id,
        revision_id=revision_id,
        start_at=0,
        end_at=2,
        author_id=town.member(author).id,
        claim_text="Contact keeps people",
        stance=Stance.SUPPORTS,
        said="We",
        sha256="0" * 64,
        words="We",
        as_name="Amina",
        as_function="somebody",
        as_masked="somebody",
        said_when="winter 2026",
        answer=answer,
    )
