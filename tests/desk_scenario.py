"""A desk with one thing of every kind on it, for a moderator who may settle all of them."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select

from forum.domain.handovers import offers
from forum.domain.held_posts import choosing, pointing, sending, watching
from forum.domain.held_posts.choosing import Choice
from forum.domain.lessons import disputes, lessons, page, review_checklist
from forum.domain.moderation import (
    hiding,
    leaving_out,
    leaving_out_objections,
    measure_objections,
    narrowing,
    objections,
    post_reports,
)
from forum.domain.moderation.post_reports import Said
from forum.domain.people import capacities
from forum.domain.spaces import join_requests, measures
from forum.domain.spaces.measures import Decision
from forum.domain.threads import nominations
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.accounts import Body, Level, Member
from forum.models.consents import ConsentRound
from forum.models.held import PointedOut, Watch
from forum.models.lessons import Lesson
from forum.models.measures import MeasureKind
from forum.models.post_reports import ReportReason
from forum.models.sealing import Sealing
from forum.models.spaces import Audience, Role, Space
from forum.models.themes import Need
from tests.factories import actor, make_member, make_post, make_space, make_thread
from tests.lesson_scenario import LessonScenario, build


@dataclass
class DeskScenario:
    """Sien moderates Aalst; everything waits for her there. `items`: the key of each kind."""

    lessons: LessonScenario
    sien: Member
    wouter: Member  # moderates Aalst, too
    space: Space
    items: dict[str, str] = field(default_factory=dict)


def ask(space: Space, name: str = "Karim", message: str = "I do home visits.") -> int:
    """Somebody of the network asks to belong to a space; return the id of the request."""
    asker = make_member(name, space=make_space("Genk", city="genk"), city="genk")
    return join_requests.request_to_join(actor(asker), space.id, message=message).id


def hold(space: Space, name: str = "Tine") -> int:
    """A member of a space says what they speak as, which nobody confirmed; return its id."""
    tine = make_member(name, space=space)
    held = {"function": "social worker", "level": Level.FIELD, "body": Body.OCMW, "city": space.city}
    return capacities.add(tine.id, starts_on=date(2025, 1, 1), **held).id


def plant() -> DeskScenario:
    """Everything that waits, one of each kind."""
    found = build()
    desk = DeskScenario(
        found, found.second, make_member("Wouter", space=found.space, role=Role.MODERATOR), found.space
    )
    for kind, make in MAKERS.items():
        desk.items[kind] = f"{kind}-{make(desk)}"
    db.session.commit()
    return desk


def _published(desk: DeskScenario) -> int:
    """A lesson that lost its words, and against which somebody brought evidence."""
    lesson = desk.lessons.published()
    lesson.weakened_at = clock.now()
    return lesson.id


def _disputed(desk: DeskScenario) -> int:
    lesson = db.session.get_one(Lesson, int(desk.items["without_words"].rpartition("-")[2]))
    public_id = lesson.public_id or ""
    root = page.page(desk.lessons.actor("reader"), public_id).claims[0].root
    words = {"words": "With us nobody came.", "post": ""}
    return disputes.bring(desk.lessons.actor("reader"), public_id, claim=root, with_report=False, **words).id


def _doubted(desk: DeskScenario) -> int:
    lesson = desk.lessons.draft(text="A second one")
    lessons.submit(desk.lessons.actor("curator"), lesson.id, audience=desk.lessons.thread.audience)
    review_checklist.answer(desk.lessons.actor("reviewer"), lesson.id, {"unknown": "doubt"})
    return lesson.id


def _asked(desk: DeskScenario) -> int:
    lesson = lessons.draft(actor(desk.sien), desk.lessons.thread.id, title="In my hands")
    now = clock.now()
    asked = ConsentRound(
        lesson_id=lesson.id,
        version_id=lesson.working_id,
        audience=lesson.audience,
        title="In my hands",
        remind_at=now,
        opened_by_id=desk.sien.id,
        opened_at=now - timedelta(days=10),
        last_day=days.today() + timedelta(days=1),
        closes_at=days.end_of(days.today() + timedelta(days=1)),
        withdrawn=False,
    )
    db.session.add(asked)
    db.session.flush()
    lesson.round_id = asked.id
    return asked.id


def _nominated(desk: DeskScenario) -> int:
    nominations.nominate(desk.lessons.actor("author"), desk.lessons.thread.id)
    return desk.lessons.thread.id


def _offered(desk: DeskScenario) -> int:
    lesson = lessons.draft(desk.lessons.actor("curator"), desk.lessons.thread.id, title="To hand over")
    given = [("lesson", lesson.id)]
    return offers.offer(desk.lessons.actor("curator"), desk.space.id, given, successor_id=desk.sien.id)[0]


def _story(desk: DeskScenario) -> int:
    return make_thread(desk.space, desk.lessons.author, title="One door, three services").id


def _themeless(desk: DeskScenario) -> int:
    by = make_member("Piet", space=desk.space)
    return make_thread(desk.space, by, title="About what?", axis=None, need=Need.FACTS).id


def _reported(desk: DeskScenario) -> int:
    post = make_post(desk.lessons.thread, desk.lessons.author, "The one with the red coat said so.")
    said = Said(ReportReason.IDENTIFIES, "Everybody knows who that is.")
    post_reports.report(desk.lessons.actor("reader"), post.id, said)
    return post.id


def _objected(desk: DeskScenario) -> int:
    thread = make_thread(desk.space, desk.wouter, title="Who was it?")
    make_post(thread, desk.lessons.curator)
    post = make_post(thread, desk.lessons.author, "It was not like that.")
    hiding.hide(actor(desk.wouter), post.id, reason="Somebody is in it.")
    objections.make(desk.lessons.actor("author"), post.id, words="Nobody is in it.")
    return post.id


def _left_out(desk: DeskScenario) -> int:
    thread = make_thread(desk.space, desk.wouter, title="Who opens the door?")
    make_post(thread, desk.lessons.curator)
    post = make_post(thread, desk.lessons.author, "Jan Peeters does.")
    with clock.at(clock.now() - timedelta(hours=1)):
        leaving_out.leave_out(actor(desk.wouter), post.id, words="Jan Peeters", reason="It is a name.")
    sealing_id = db.session.scalars(select(Sealing.id).where(Sealing.post_id == post.id)).one()
    leaving_out_objections.make(desk.lessons.actor("author"), sealing_id, words="Everybody knows him.")
    return sealing_id


def _measured(desk: DeskScenario) -> int:
    muted, last_day = make_member("Mies", space=desk.space), days.today() + timedelta(days=3)
    with clock.at(clock.now() - timedelta(hours=1)):
        decision = Decision(MeasureKind.MUTE, "Too loud.", last_day)
        measure = measures.take(actor(desk.wouter), desk.space.id, muted.id, decision)
    measure_objections.make(actor(muted), measure.id, words="I was asked to.")
    return measure.id


def _held(desk: DeskScenario) -> int:
    tomorrow = days.today() + timedelta(days=1)
    choosing.choose(actor(desk.wouter), desk.space.id, Choice(everybody_until=tomorrow))
    by, key = desk.lessons.actor("author"), str(uuid.uuid4())
    held = sending.reply(by, desk.lessons.thread.id, body="And one more thing.", idempotency_key=key)
    choosing.choose(actor(desk.wouter), desk.space.id, Choice())
    return held.id


def _pointed_out(desk: DeskScenario) -> int:
    watching.add(actor(desk.wouter), desk.space.id, word="scooter", watch=Watch.POINT_OUT)
    post = make_post(desk.lessons.thread, desk.lessons.author, "He came on a scooter.")
    pointing.look(post.id, is_change=False)
    return db.session.scalars(select(PointedOut.id).where(PointedOut.post_id == post.id)).one()


def _agreed(desk: DeskScenario) -> int:
    make_member("Far", space=make_space("Far away"))
    thread = make_thread(desk.space, desk.lessons.author, title="Ours only", audience=Audience.SPACE)
    thread.answered_at = clock.now()  # it waits for no answer
    return narrowing.ask_authors(actor(desk.wouter), thread.id, audience=Audience.NETWORK).id


MAKERS: dict[str, Callable[[DeskScenario], int]] = {
    "join_request": lambda desk: ask(desk.space),
    "capacity": lambda desk: hold(desk.space),
    "unanswered": _story,
    "theme": _themeless,
    "without_words": _published,
    "disputed": _disputed,
    "recognisable": _doubted,
    "permission": _asked,
    "hand_over": _offered,
    "reported": _reported,
    "objections": _objected,
    "left_out": _left_out,
    "measures": _measured,
    "held": _held,
    "pointed_out": _pointed_out,
    "agreements": _agreed,
    # Last: a lesson that is begun from the thread takes it up.
    "nominated": _nominated,
}
