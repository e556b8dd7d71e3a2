"""What a moderator takes out of a post leaves the lessons that quote it: at once, whole, then for good."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.consents import settling
from forum.domain.doctor import words as doctor
from forum.domain.lessons import page, weakened
from forum.domain.moderation import deleting, leaving_out, sealing, undo
from forum.infra import clock
from forum.infra.db import db
from forum.models.claims import Excerpt
from forum.models.consents import ConsentRequest, ConsentRound
from forum.models.spaces import Audience
from forum.models.undo import UndoableAct
from forum.policy.errors import Conflict
from tests.lesson_scenario import WORDS, build

pytestmark = pytest.mark.both_databases


def quoted(scenario, lesson):
    """The words of every excerpt that a reader of the lesson gets, and why the others have none."""
    views = page.page(scenario.actor("second"), lesson.public_id).claims
    return [(one.words, one.withheld) for claim in views for one in claim.excerpts]


def act():
    return db.session.scalars(select(UndoableAct).order_by(UndoableAct.id.desc()).limit(1)).one()


# Of which the excerpt "nobody talks with me" has only the last word.
PARTLY = "thing: nobody"


@pytest.mark.parametrize("verb", ["delete", "leave_out"])
def test_an_excerpt_that_has_a_part_of_them_goes_whole(verb, session):
    scenario = build()
    lesson = scenario.published()
    before = quoted(scenario, lesson)
    words = db.session.scalars(select(Excerpt.words).order_by(Excerpt.id)).first()
    post = scenario.post
    assert words in [each for each, _why in before]
    if verb == "delete":
        deleting.delete(scenario.actor("second"), post.id, reason="A name.")
    else:
        leaving_out.leave_out(scenario.actor("second"), post.id, words=PARTLY, reason="A name.")
    after = quoted(scenario, lesson)
    assert words not in [each for each, _why in after]
    assert ("", "sealed") in after
    assert list(doctor.quoted()) == []
    undo.undo(scenario.actor("second"), act().id)
    assert quoted(scenario, lesson) == before
    if verb == "delete":
        deleting.delete(scenario.actor("second"), post.id, reason="A name.")
    else:
        leaving_out.leave_out(scenario.actor("second"), post.id, words=PARTLY, reason="A name.")
    with clock.at(clock.now() + timedelta(minutes=10)):
        settling.settle_due(db.session.flush)
        sealing.forget_due(db.session.flush)
        assert words not in db.session.scalars(select(Excerpt.words)).all()
        assert list(doctor.quoted()) == []
        with pytest.raises(Conflict):
            undo.undo(scenario.actor("second"), act().id)
        waiting = weakened.waiting(scenario.actor("curator"))
    assert isinstance(waiting, list)


@pytest.mark.parametrize("verb", ["delete", "leave_out"])
def test_what_its_author_was_asked_goes_with_them_and_comes_back(verb, session):
    scenario = build()
    lesson = scenario.draft()
    excerpt = db.session.scalars(select(Excerpt).order_by(Excerpt.id)).first()
    now = clock.now()
    asked = ConsentRound(
        lesson_id=lesson.id,
        version_id=lesson.working_id,
        audience=Audience.NETWORK,
        title="A lesson",
        opened_by_id=scenario.curator.id,
        opened_at=now,
        last_day=now.date(),
        remind_at=now,
        closes_at=now + timedelta(days=14),
    )
    db.session.add(asked)
    db.session.flush()
    said = {"said": excerpt.words, "words": excerpt.words, "sha256": excerpt.sha256}
    shown = dict.fromkeys(("as_name", "as_function", "as_masked", "said_when"), "")
    place = {"revision_id": excerpt.revision_id, "start_at": excerpt.start_at, "end_at": excerpt.end_at}
    request = ConsentRequest(
        id=1_000_001,
        round_id=asked.id,
        post_id=scenario.post.id,
        author_id=scenario.author.id,
        claim_text="Contact keeps people",
        stance="supports",
        **(said | shown | place),
    )
    db.session.add(request)
    db.session.flush()
    if verb == "delete":
        deleting.delete(scenario.actor("second"), scenario.post.id, reason="A name.")
    else:
        leaving_out.leave_out(scenario.actor("second"), scenario.post.id, words=PARTLY, reason="A name.")
    db.session.refresh(request)
    assert (request.said, request.words) == ("", "")
    undo.undo(scenario.actor("second"), act().id)
    db.session.refresh(request)
    assert request.said == request.words == WORDS
