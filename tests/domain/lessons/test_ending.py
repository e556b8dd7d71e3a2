"""A published lesson is withdrawn or superseded: its page stays, nothing more is done with it, and it can come back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.cahiers import cahiers, contents
from forum.domain.lessons import (
    ageing,
    claims,
    confirming,
    disputes,
    ending,
    lessons,
    library,
    library_counts,
    page,
    reports,
)
from forum.domain.lessons.report_words import Answers
from forum.domain.moderation import undo as undo_acts
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import worker
from forum.models.claims import Claim
from forum.models.lesson_steps import LessonStep
from forum.models.notifications import Notification
from forum.models.spaces import Audience, Role
from forum.models.threads import Post
from forum.models.undo import UndoableAct
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests import reviewed
from tests.factories import actor, make_member, make_space, make_thread
from tests.lesson_scenario import OPENING, WORDS, build

SAID = Answers("worked", what_was_done="We rang.", what_came="Well.")
WHY = "The rule it rests on is gone."


@pytest.fixture
def scenario(session):
    """Two published lessons, and Kim of Genk who reported on the first."""
    scenario = build()
    scenario.lesson, scenario.other = scenario.published(), scenario.published()
    scenario.public_id = scenario.lesson.public_id
    scenario.kim = make_member("Kim", space=make_space("Genk", city="genk"), city="genk")
    reports.report(actor(scenario.kim), scenario.public_id, SAID)
    db.session.commit()
    worker.run_until_idle()
    return scenario


def told():
    """Who was told that it ended, once all is done."""
    db.session.commit()
    worker.run_until_idle()
    rows = select(Notification.member_id).where(Notification.kind == "lesson_ended")
    return set(db.session.scalars(rows))


def shown_to(scenario):
    """The page of the lesson, as a reader gets it."""
    return page.page(scenario.actor("reader"), scenario.public_id)


def ended_by(scenario, reader):
    """What took its place, as its page says to a reader."""
    try:
        return ending.of_page(reader, page.page(reader, scenario.public_id)).by
    except NotFound:
        return None


def listed(scenario):
    """Whether the library shows it and counts it."""
    shown = [card.id for card in library.page(scenario.actor("reader")).rows]
    assert library.counts(scenario.actor("reader"), library.EVERYTHING).total == len(shown)
    assert library_counts.differences() == []
    return scenario.lesson.id in shown


def test_it_is_withdrawn_for_a_reason_that_all_read_and_undone_before_anybody_hears(scenario):
    public_id = scenario.public_id
    for name in ("reader", "author", "reviewer"):
        with pytest.raises(Forbidden):
            ending.withdraw(scenario.actor(name), public_id, reason=WHY)
    with pytest.raises(Invalid):
        ending.withdraw(scenario.actor("second"), public_id, reason=" ")
    for _twice in range(2):
        ending.withdraw(scenario.actor("second"), public_id, reason=WHY)
    with pytest.raises(Conflict):
        ending.withdraw(scenario.actor("editor"), public_id, reason="Something else.")
    assert not listed(scenario)
    shown = page.page(scenario.actor("reader"), public_id)
    assert (shown.lesson.ended_reason, bool(shown.claims[0].excerpts[0].words)) == (WHY, True)
    assert told() == {scenario.kim.id, scenario.curator.id, scenario.author.id}
    shown_at = db.session.scalars(select(Notification.shown_at).where(Notification.kind == "lesson_ended"))
    assert min(shown_at) > clock.now(), "nothing shows while it can be undone"
    act_id = db.session.scalars(select(UndoableAct.id)).one()
    undo_acts.undo(scenario.actor("second"), act_id)
    db.session.commit()
    assert (listed(scenario), told()) == (True, set())
    kinds = select(LessonStep.kind).where(LessonStep.lesson_id == scenario.lesson.id).order_by(LessonStep.id)
    assert [kind.value for kind in db.session.scalars(kinds)][-2:] == ["withdraw", "undo_end"]


def test_nothing_more_is_done_with_one_that_ended(scenario):
    kim, public_id = actor(scenario.kim), scenario.public_id
    root = page.page(kim, public_id).claims[0].root
    ending.withdraw(scenario.actor("editor"), public_id, reason=WHY)
    made = db.session.scalars(select(Notification.id)).first()
    assert made is not None
    for refused in (
        lambda: reports.report(scenario.actor("reader"), public_id, SAID),
        lambda: disputes.bring(kim, public_id, claim=root, words="No."),
        lambda: ageing.signal(kim, public_id, reason="No."),
        lambda: ageing.affirm(scenario.actor("curator"), public_id),
        lambda: confirming.confirm(scenario.actor("editor"), public_id),
    ):
        with pytest.raises(Forbidden, match="ingetrokken"):
            refused()
    with clock.at(clock.now() + timedelta(days=600)):
        assert (ageing.ask_due(), ageing.tell_overdue(), ageing.sink_due()) == (0, 1, 1), (
            "the other one alone"
        )


def test_another_takes_its_place_only_where_all_who_read_it_read_that(scenario):
    public_id, second = scenario.public_id, scenario.actor("second")
    for wrong in ("les-1999-001", public_id, ""):
        with pytest.raises(Invalid) as caught:
            ending.supersede(second, public_id, by=wrong, reason=WHY)
        assert caught.value.field == "by"
    scenario.other.audience = Audience.SPACE
    db.session.flush()
    with pytest.raises(Invalid, match="lezen"):
        ending.supersede(second, public_id, by=scenario.other.public_id, reason=WHY)
    scenario.other.audience = Audience.NETWORK
    db.session.flush()
    for _twice in range(2):
        ending.supersede(second, public_id, by=scenario.other.public_id, reason=WHY)
    ended = ending.of_page(scenario.actor("reader"), shown_to(scenario))
    assert ended.by == (scenario.other.public_id, "Put talking in the roster")
    scenario.other.audience = Audience.SPACE
    db.session.flush()
    assert ending.of_page(scenario.actor("reader"), shown_to(scenario)).by is None
    with pytest.raises(Forbidden):
        ending.bring_back(second, public_id)
    for _twice in range(2):
        ending.bring_back(scenario.actor("editor"), public_id)
    scenario.other.audience = Audience.NETWORK
    library_counts.recount_all()
    db.session.commit()
    assert listed(scenario)


def test_a_new_version_lets_it_stand_again_and_its_draft_is_kept(scenario):
    curator = scenario.actor("curator")
    lessons.revise(curator, scenario.lesson.id)
    ending.withdraw(scenario.actor("editor"), scenario.public_id, reason=WHY)
    assert scenario.lesson.working_id is not None
    lessons.submit(curator, scenario.lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), scenario.lesson.id)
    db.session.commit()
    assert (scenario.lesson.ended_at, scenario.lesson.ended_reason, listed(scenario)) == (None, "", True)
    guest = make_member("Gust", space=scenario.space, role=Role.GUEST)
    with pytest.raises(Forbidden):
        ending.bring_back(actor(guest), scenario.public_id)


def test_a_masked_one_and_an_open_one_never_take_each_others_place(session):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    other = build(Audience.NETWORK)
    opened = other.published()
    for one, two, who in ((lesson, opened, scenario), (opened, lesson, other)):
        with pytest.raises(Invalid, match="gemaskeerd"):
            ending.supersede(who.actor("second"), one.public_id, by=two.public_id, reason=WHY)


def test_the_one_that_takes_its_place_is_found_however_somebody_types_it(scenario):
    second, number = scenario.actor("second"), scenario.other.public_id
    les, year, last = number.split("-")
    for typed in (
        number.title(),
        f"  {number.upper()} ",
        f"{les} {year} {last}",
        f"Les\u2013{year} - {last}",
        f"https://leerkring.example/lessons/{number}/v/1.0",
        f"http://localhost/lessons/{number}?x=1#reports",
    ):
        assert (
            ending.supersede(second, scenario.public_id, by=typed, reason=WHY).superseded_by_id
            == scenario.other.id
        )
        ending.bring_back(scenario.actor("editor"), scenario.public_id)
    for wrong in (number[:-1], f"{number}1", f"x{number}", last, f"{les}-{year}"):
        with pytest.raises(Invalid):
            ending.supersede(second, scenario.public_id, by=wrong, reason=WHY)


def test_one_that_becomes_masked_later_is_not_named_to_who_may_not_know_its_city(scenario):
    second, curator, number = scenario.actor("second"), scenario.actor("curator"), scenario.other.public_id
    ending.supersede(second, scenario.public_id, by=number, reason=WHY)
    closed = make_thread(
        scenario.space, scenario.author, title="Closed", body=OPENING, audience=Audience.SPACE
    )
    version = lessons.revise(curator, scenario.other.id)
    lessons.add_source(curator, scenario.other.id, closed.id)
    claim = db.session.scalars(select(Claim).where(Claim.version_id == version.id)).first()
    post = db.session.scalars(select(Post).where(Post.thread_id == closed.id)).one()
    claims.quote(curator, claim.id, post_id=post.id, words=WORDS, stance="supports")
    scenario.agree_to(post, scenario.other, WORDS)
    lessons.submit(curator, scenario.other.id, audience=Audience.NETWORK)
    for reader in (None, scenario.actor("reader"), scenario.actor("author")):
        assert (ended_by(scenario, reader) is None) == (reader is None), "nobody is masked yet"
    reviewed.publish(scenario.actor("reviewer"), scenario.other.id)
    known = {name: ended_by(scenario, scenario.actor(name)) for name in ("reader", "kim", "author")}
    assert known == {"reader": None, "kim": None, "author": (number, "Put talking in the roster")}


def test_the_question_before_it_counts_whom_it_names_and_they_hear_of_it(scenario):
    signalled, collects = make_member("Sam", space=scenario.space), scenario.editor
    ageing.signal(actor(signalled), scenario.public_id, reason="The rule is gone.")
    cahier = cahiers.create(actor(collects), cahiers.Words("Title", "Words", Audience.NETWORK))
    contents.add(actor(collects), cahier.slug, scenario.public_id)
    _about, number = ending.to_end(scenario.actor("second"), scenario.public_id)
    ending.withdraw(scenario.actor("second"), scenario.public_id, reason=WHY)
    heard = {scenario.kim.id, scenario.curator.id, scenario.author.id, signalled.id, collects.id}
    assert (told(), number) == (heard, 5)
