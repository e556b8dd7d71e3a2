"""Where the walks take place: a thread, nine people, and another lesson."""

from dataclasses import dataclass

from hypothesis import strategies as st
from sqlalchemy import select

from forum.domain.lessons.report_words import Answers
from forum.infra.db import db
from forum.models.accounts import Capacity, Member
from forum.models.lessons import Lesson
from forum.models.spaces import Audience
from tests import lesson_scenario
from tests.factories import make_member, make_space
from tests.lesson_scenario import LessonScenario

PEOPLE = ("curator", "second", "author", "reviewer", "editor", "reader", "kim", "lou", "una")
BEGINNINGS = (
    "confirmed", "asked", "applied", "disputed", "revised", "published", "in review", "shared", "draft", "begun",
)  # fmt: skip
CHECKS = {Audience.SPACE: "second", Audience.NETWORK: "reviewer", Audience.PUBLIC: "editor"}
WORKED = Answers("worked", what_was_done="We rang them.", what_came="They came.")


def mostly(*right: str) -> st.SearchStrategy[str]:
    """Anybody, and about half the time one of those who may."""
    return st.sampled_from(right * (len(PEOPLE) // len(right)) + PEOPLE)


@dataclass
class Town(LessonScenario):
    """The same with people of other cities, of whom nobody confirmed what Una speaks as, and another lesson."""

    kim: Member
    lou: Member
    una: Member
    other: Lesson


def town(audience: Audience) -> Town:
    """Make one with a thread for that audience; every walk leaves it as it found it."""
    made = lesson_scenario.build(audience)
    of = {
        name: make_member(name.title(), space=make_space(city.title(), city=city))
        for name, city in (("kim", "genk"), ("lou", "leuven"), ("una", "brugge"))
    }
    unconfirmed = db.session.scalars(select(Capacity).where(Capacity.member_id == of["una"].id)).one()
    unconfirmed.confirmed_at = unconfirmed.confirmation = unconfirmed.counts_until = None
    return Town(**vars(made), **of, other=made.published(audience, by=CHECKS[audience]))
