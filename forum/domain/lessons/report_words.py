"""What somebody answers in a report, cleaned: which answers an outcome needs, and what may be said with it."""

import re
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import select

from forum.domain.lines import clean_paragraphs
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.paging import LARGEST, LARGEST_NUMBER
from forum.models.adoptions import AdoptionOutcome, AdoptionReport, Advice, Spoke
from forum.models.threads import Post, Thread
from forum.policy.actors import Actor
from forum.policy.errors import Invalid
from forum.policy.visibility import sees

_IN_ADDRESS = re.compile(
    r"/threads/(?P<thread>\d{1,10})(?:[/?#]|$)(?:[^#]*#post-(?P<number>\d{1,5}))?", re.ASCII
)
ADDRESS_MAX = 500


@dataclass(frozen=True, slots=True)
class Answers:
    """The fields of a report as they were filled in; `post` is the address of one."""

    outcome: str
    problem: str = ""
    what_was_done: str = ""
    what_changed: str = ""
    left_out: str = ""
    differs: str = ""
    what_came: str = ""
    spoke: str = ""
    advice: str = ""
    post: str = ""


_CHOSEN = ("outcome", "spoke", "advice", "post")
TEXTS = tuple(one.name for one in fields(Answers) if one.name not in _CHOSEN)


def clean(actor: Actor, answers: Answers, *, asks_spoke: bool) -> dict[str, Any]:
    """Return the answers as columns of a report; Invalid at the field that is missing, too long or not to be read.

    Without `asks_spoke` it was not asked whether they spoke with the city of the lesson, and nothing is kept of that.
    """
    outcome = _code(AdoptionOutcome, answers.outcome)
    if outcome is None:
        raise Invalid("outcome", _("Choose how it went."))
    missing = _missing(outcome)
    texts = {
        name: clean_paragraphs(
            getattr(answers, name), field=name, limit=AdoptionReport.TEXT_MAX, missing=missing.get(name)
        )
        for name in TEXTS
    }
    return {
        **texts,
        "outcome": outcome,
        "spoke": _code(Spoke, answers.spoke) if asks_spoke else None,
        "advice": _code(Advice, answers.advice),
        "post_id": post_at(actor, answers.post),
    }


def _missing(outcome: AdoptionOutcome) -> dict[str, str]:
    """What has to be said with an outcome, and what is said where it is not."""
    if outcome == AdoptionOutcome.NOT_DONE:
        return {"what_came": _("Say why not: that is what helps others.")}
    done = {"what_was_done": _("Say what you did.")}
    if outcome == AdoptionOutcome.RUNNING:
        return done
    return done | {"what_came": _("Say what happened.")}


def _code(codes: Any, value: str) -> Any:
    return next((one for one in codes if one.value == value), None)


def post_at(actor: Actor, address: str) -> int | None:
    """Return the post at an address that somebody gave, if they read it and it stands; Invalid at `post`."""
    if not address.strip():
        return None
    found = _IN_ADDRESS.search(address.strip())
    thread_id, number = (int(found["thread"]), int(found["number"] or 1)) if found else (0, 0)
    if thread_id > LARGEST or number > LARGEST_NUMBER:
        thread_id = 0
    query = (
        select(Post.id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.thread_id == thread_id, Post.number == number, Post.html != "", sees(Thread, actor))
    )
    post_id = db.session.scalar(query)
    if post_id is None:
        raise Invalid("post", _("At this address stands no post that you can read."))
    return post_id


def erase(member_id: int) -> None:
    """Take out the words of everything that a member reported: their account is erased.

    That a city applied the lesson, when and how that went stays, and with it what others made of it; nothing that they
    typed or said of themselves does, nor does the way to a post.
    """
    for report in db.session.scalars(select(AdoptionReport).where(AdoptionReport.reporter_id == member_id)):
        for name in TEXTS:
            setattr(report, name, "")
        report.spoke = report.advice = report.post_id = None
    db.session.flush()
