"""Who may publish or return a version of a lesson: never who made it or is cited in it."""

from dataclasses import dataclass

from forum.infra.i18n import _
from forum.models.accounts import NetworkRole
from forum.models.lessons import Lesson, LessonState
from forum.models.spaces import Audience, Role
from forum.policy.actions import YES, Answer, deny, may_moderate, signed_in
from forum.policy.actors import Actor


@dataclass(frozen=True, slots=True)
class ReviewerFacts:
    """What a member is to one version, at the moment of the act."""

    made: bool = False  # they submitted it
    # The lesson was theirs before somebody took it over, or they worked on it as a deputy.
    made_before: bool = False
    cited: bool = False
    by_name: bool = False  # they are asked by name, and did not decline
    # Others are asked by name, and neither they nor a group; of those others somebody still can and has time.
    of_another: bool = False
    # In which they hold a capacity today that is confirmed, and not by who made it.
    cities: frozenset[str] = frozenset()
    by_maker: bool = False  # they hold some, and who made it confirmed all of them
    # Where the version comes from: its space, its makers and every cited source.
    origin: frozenset[str] = frozenset()
    from_origin: bool = False  # they belong to one of those cities too
    by_editor: bool = False  # an editor of the network made or submitted it
    masked: bool = False  # a source may not be named, so where it comes from is not theirs to know

    @property
    def elsewhere(self) -> frozenset[str]:
        """The cities for which they may check it; none for who belongs to where it comes from."""
        return frozenset() if self.from_origin else self.cities - self.origin


def may_review(actor: Actor | None, lesson: Lesson, facts: ReviewerFacts) -> Answer:
    """Publish or return a version: never who made it or is cited in it, from elsewhere once it leaves its space.

    What is asked of somebody by name is theirs to decide, until they decline, can no longer check it or let their term
    pass, or a group is asked as well.
    """
    answer = _may_check(actor, lesson, facts)
    if answer and facts.of_another:
        return deny(_("Somebody else is asked by name to check this lesson."))
    return answer


def _may_check(actor: Actor | None, lesson: Lesson, facts: ReviewerFacts) -> Answer:
    answer = signed_in(actor)
    if actor is None or not answer:
        return answer
    if lesson.state != LessonState.IN_REVIEW:
        return deny(_("This lesson is not waiting for a review."))
    if actor.id != lesson.curator_id and facts.made:
        return deny(_("You asked for this review yourself: somebody else has to publish it."))
    if actor.id == lesson.curator_id or facts.made_before:
        return deny(_("You made this lesson yourself: somebody else has to publish it."))
    if facts.cited:
        return deny(_("This lesson quotes you: somebody else has to check it."))
    if lesson.audience == Audience.SPACE:
        named = facts.by_name and actor.roles.get(lesson.space_id) == Role.MEMBER
        return YES if named else may_moderate(actor, lesson.space_id)
    return _may_review_elsewhere(actor, lesson, facts)


def _may_review_elsewhere(actor: Actor, lesson: Lesson, facts: ReviewerFacts) -> Answer:
    if not (actor.moderates or actor.network_roles or (facts.by_name and actor.is_full)):
        return deny(_("Only a moderator, or somebody who is asked by name, can publish a lesson."))
    editor = NetworkRole.EDITOR in actor.network_roles
    if lesson.audience == Audience.PUBLIC and not editor:
        return deny(_("A lesson for everybody is published by an editor of the network."))
    # An editor is elsewhere for every city, but editors do not publish each other's lessons.
    if facts.elsewhere or (editor and not facts.by_editor):
        return YES
    if facts.masked and not may_moderate(actor, lesson.space_id):
        # Each reason below says what they are to who made it, or to its cities.
        return deny(_("Somebody else has to check this lesson."))
    if editor:
        return deny(
            _("An editor made this lesson: it is published by somebody with a function in another city.")
        )
    if facts.from_origin or facts.cities:
        return deny(_("A lesson that leaves its space is published by somebody from another city."))
    if facts.by_maker:
        return deny(_("Who made this lesson confirmed your function, too: somebody else has to check it."))
    return deny(_("Your function in another city has to be confirmed before you can publish this lesson."))
