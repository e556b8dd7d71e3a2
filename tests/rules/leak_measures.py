"""What moderators of the closed city decided about a member there, noted of them, and what that member said."""

from datetime import timedelta

from forum.domain.moderation import measure_objections
from forum.domain.spaces import measures, person_page
from forum.domain.spaces.measures import Decision
from forum.infra import clock, days
from forum.models.accounts import Member
from forum.models.measures import MeasureKind
from forum.models.spaces import Space
from tests.factories import actor, make_member

DECIDED, NOTED_OF, AGAINST = "zwartmaatregelmerk", "zwartpersoonsnotitiemerk", "zwartmaatregelbezwaarmerk"
MARKERS = (DECIDED, NOTED_OF, AGAINST)


def decide(closed: Space, moderator: Member) -> None:
    """Mute somebody a while ago, who objects, and note something about them."""
    muted = make_member("Mulan", space=closed)
    last_day = days.today() + timedelta(days=9)
    with clock.at(clock.now() - timedelta(hours=1)):
        decision = Decision(MeasureKind.MUTE, f"Because of {DECIDED}.", last_day)
        measure = measures.take(actor(moderator), closed.id, muted.id, decision)
    person_page.write(actor(moderator), closed.id, muted.id, words=f"She is {NOTED_OF}.")
    measure_objections.make(actor(muted), measure.id, words=f"That was not {AGAINST}.")
