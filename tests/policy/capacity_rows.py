"""What somebody speaks as, in every state, and the acts that ask what it is worth, by the names of the rows."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from forum.domain.lessons import claims, consent_checks, lessons, reports, reviews
from forum.domain.lessons.unknowns import agenda, keeping, sharing
from forum.domain.people import capacities
from forum.domain.people.bylines import byline
from forum.domain.responses import page as responses_page
from forum.domain.responses import responses
from forum.domain.spaces import confirmations, memberships
from forum.domain.threads import excerpts, post_store, threads
from forum.infra import clock, days
from forum.infra.db import db
from forum.jobs import event_processing
from forum.models.accounts import Body, Capacity, Confirmation, Level, Member, NetworkAppointment, NetworkRole
from forum.models.responses import ResponseKind
from forum.models.spaces import Audience, Invitation, Membership, Role, Space, SpaceKind
from forum.models.threads import Post
from forum.policy.errors import Conflict, Forbidden, NotFound
from tests.factories import LONG_AGO, actor, join, make_member, make_space, make_thread
from tests.lesson_scenario import OPENING, LessonScenario, build

SAID = "With us everybody stayed, because the team leader rang them at home."


@dataclass
class Holder:
    """Somebody who speaks as something: Kim, a guest of Gent who moderates a group, and who answers for Gent."""

    scenario: LessonScenario
    gent: Space
    member: Member
    held: Capacity
    answers: Member  # a moderator of Gent
    post: Post | None = None

    def hold(self, **values: Any) -> None:
        """Let the capacity be in this state."""
        for name, value in values.items():
            setattr(self.held, name, value)
        db.session.flush()

    def confirm(self) -> None:
        """Let it be confirmed from now on."""
        capacities.confirm(self.held, Confirmation.MODERATOR, by_id=self.scenario.reviewer.id)

    def end(self) -> None:
        """End it, as somebody who answers for Gent does."""
        capacities.end(self.held, by_id=self.scenario.reviewer.id)

    def refuse(self) -> None:
        """Refuse it, as somebody who answers for Gent does."""
        self.hold(refused_at=clock.now(), refused_by_id=self.scenario.reviewer.id, refused_reason="No.")


@dataclass(frozen=True)
class State:
    """What is so before the acts of today, and what comes after them, before anybody looks."""

    before: tuple[Callable[[Holder], None], ...] = ()
    after: tuple[Callable[[Holder], None], ...] = ()


def _own(kim: Holder) -> None:
    memberships.grant(None, kim.member.id, kim.gent.id, Role.MODERATOR)
    kim.answers = kim.member


def _brought(kim: Holder) -> None:
    """Who answers for Gent alone brought Kim into the network, also into Aalst."""
    wout = kim.answers
    db.session.add(
        Invitation(
            space_id=kim.scenario.space.id, email=kim.member.email, role=Role.GUEST, locale="en",
            invited_by_id=wout.id, responsible_id=wout.id,
            invited_at=LONG_AGO, expires_at=LONG_AGO, accepted_at=LONG_AGO,
            accepted_by_id=kim.member.id,
        )
    )  # fmt: skip
    for row in db.session.scalars(select(Membership).where(Membership.member_id == kim.member.id)):
        row.granted_by_id = wout.id
    db.session.flush()


def _academic(kim: Holder) -> None:
    kim.hold(body=Body.ACADEMIC, city=None)


def _editor(kim: Holder) -> None:
    kim.hold(body=Body.NETWORK, city=None)
    db.session.add(NetworkAppointment(member_id=kim.member.id, role=NetworkRole.EDITOR, since_at=LONG_AGO))
    db.session.flush()


def _until_confirmation(kim: Holder) -> None:
    # A report has a day alone, which begins at midnight in UTC: after today's in Brussels, where it is late.
    kim.hold(counts_until=clock.now() + timedelta(days=1))


STATES = {
    "confirmed": State(before=(Holder.confirm,)),
    "waiting": State(),
    "waiting, confirmed after it": State(after=(Holder.confirm,)),
    "waiting since before there was confirmation": State(before=(_until_confirmation,)),
    "refused": State(before=(Holder.refuse,)),
    "refused after it": State(after=(Holder.refuse,)),
    "ended": State(before=(Holder.confirm, Holder.end)),
    "ended after it": State(before=(Holder.confirm,), after=(Holder.end,)),
    "ended unconfirmed": State(before=(Holder.end,)),
    "own": State(before=(_own,)),
    "own, confirmed": State(before=(_own, Holder.confirm)),
    "of somebody brought alone into another city": State(before=(_brought,)),
    "guest's body": State(before=(_academic,)),
    "guest's body, confirmed": State(before=(_academic, Holder.confirm)),
    "editor, waiting for Gent": State(before=(_editor, lambda kim: kim.hold(body=Body.CITY, city="gent"))),
    "editor of the network": State(before=(_editor, Holder.confirm)),
}


def answers(state: State) -> dict[str, str]:
    """What each act answers to somebody who speaks as something in this state."""
    kim = _holder()
    for happens in state.before:
        happens(kim)
    well = _published(kim)
    kim.post = threads.reply(actor(kim.member), kim.scenario.thread.id, body=SAID, idempotency_key="one")
    responses.respond(actor(kim.member), kim.scenario.thread.id, kind=ResponseKind.ALSO)
    _report(kim, well.id)
    _share(kim, well.id)
    for happens in state.after:
        happens(kim)
    event_processing.process_due()
    found = {code: act(kim) for code, act in LOOKS.items()}
    return found | {
        "ado": "x" if db.session.get_one(type(well), well.id).ready_at is not None else ".",
        # Last, because it changes the capacity.
        "con": _confirmed_by_gent(kim),
    }


def columns_set(state: State) -> set[str]:
    """The columns of a capacity that have a value in this state."""
    kim = _holder()
    for happens in (*state.before, *state.after):
        happens(kim)
    names = [column.name for column in Capacity.__table__.columns]
    return {name for name in names if getattr(kim.held, name) is not None}


def _holder() -> Holder:
    scenario = build()
    place = select(Membership.space_id).where(Membership.member_id == scenario.reviewer.id)
    gent = db.session.get_one(Space, db.session.scalars(place).one())
    kim = make_member("Kim", space=gent, role=Role.GUEST)
    join(kim, make_space("Water", kind=SpaceKind.GROUP), Role.MODERATOR)
    db.session.execute(delete(Capacity).where(Capacity.member_id == kim.id))
    held = capacities.add(
        kim.id, function="coach", level=Level.FIELD, body=Body.CITY, city="gent", starts_on=LONG_AGO.date()
    )
    return Holder(scenario, gent, kim, held, scenario.reviewer)


def _beside(kim: Holder) -> LessonScenario:
    """The same people with another thread of Aalst, which does not quote Kim."""
    other = make_thread(kim.scenario.space, kim.scenario.author, body=OPENING, audience=Audience.NETWORK)
    return replace(kim.scenario, thread=other)


def _published(kim: Holder) -> Any:
    """A published lesson on which one other city reported that it went well."""
    lesson = _beside(kim).published()
    genk = make_member("Gust", city="genk")
    reports.record(lesson.id, city="genk", reporter_id=genk.id, outcome="worked", reported_on=days.today())
    assert lesson.ready_at is None
    return lesson


def _report(kim: Holder, lesson_id: int) -> None:
    reports.record(
        lesson_id, city="gent", reporter_id=kim.member.id, outcome="worked", reported_on=days.today()
    )


def _share(kim: Holder, lesson_id: int) -> None:
    """Kim says of what the lesson does not know that their city wonders too; who may not say it does not."""
    with suppress(Forbidden):
        sharing.share(actor(kim.member), keeping.open_of(lesson_id)[0].id)


def _shares_a_question(kim: Holder) -> str:
    found = agenda.open_questions(kim.scenario.actor("editor")).rows
    return "x" if any("gent" in question.cities for question in found) else "."


def _lights_the_ring(kim: Holder) -> str:
    thread = kim.scenario.thread
    post_store.recount(thread)
    return "x" if "gent" in thread.cities else "."


def _carries_a_lesson(kim: Holder) -> str:
    assert kim.post is not None
    lesson, curator = kim.scenario.draft(), kim.scenario.actor("curator")
    claim = claims.add(curator, lesson.id, text="A call keeps people")
    claims.quote(curator, claim.id, post_id=kim.post.id, words="rang them at home", stance="supports")
    quotes = excerpts.under(lessons.working(lesson).id)
    named, _masked = consent_checks.cities(lesson, quotes, Audience.NETWORK)
    return "x" if "gent" in named else "."


def _is_the_second_pair_of_eyes(kim: Holder) -> str:
    scenario = _beside(kim)
    lesson = scenario.draft()
    version = lessons.working(lesson)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    return "x" if reviews.answer_for(actor(kim.member), lesson, version) else "."


def _stands_beside_the_post(kim: Holder) -> str:
    """`x` with the function alone, `?` with the mark that nobody confirmed it, `.` without a function."""
    assert kim.post is not None
    held = db.session.get(Capacity, kim.post.capacity_id) if kim.post.capacity_id else None
    shown = byline("Kim", "kim", held, said_at=kim.post.created_at)
    return ("?" if shown.unconfirmed else "x") if shown.job else "."


def _confirms_others(kim: Holder) -> str:
    other = make_member("Other")
    waits = capacities.add(
        other.id, function="coach", level=Level.FIELD, body=Body.CITY, city="gent", starts_on=LONG_AGO.date()
    )
    try:
        confirmations.confirm(actor(kim.member), waits.id)
    except NotFound:
        return "."
    return "x"


def _confirmed_by_gent(kim: Holder) -> str:
    """`x` confirmed, `=` it was already, `c` that was answered otherwise or ended, `f` not by this person."""
    before = kim.held.confirmed_at
    try:
        confirmations.confirm(actor(kim.answers), kim.held.id)
    except Conflict:
        return "c"
    except Forbidden:
        return "f"
    return "=" if before is not None else "x"


def _recognises_the_story(kim: Holder) -> str:
    return "x" if "gent" in responses_page.of_thread(None, kim.scenario.thread.id).recognised else "."


LOOKS: dict[str, Callable[[Holder], str]] = {
    "rng": _lights_the_ring,
    "res": _recognises_the_story,
    "unk": _shares_a_question,
    "rst": _carries_a_lesson,
    "eye": _is_the_second_pair_of_eyes,
    "byl": _stands_beside_the_post,
    "oth": _confirms_others,
}
