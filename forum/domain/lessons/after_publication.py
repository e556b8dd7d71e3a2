"""What a new version that was just published brings with it: counts, lost words, disputes and signals answered."""

from forum.domain.house_rules import versions as policies
from forum.domain.lessons import ageing, disputes, ending, library_counts, weakened
from forum.domain.lessons.unknowns import keeping as unknowns
from forum.models.lessons import Lesson, LessonVersion
from forum.policy.actors import Actor


def settle(actor: Actor, lesson: Lesson, version: LessonVersion) -> None:
    """Bring everything that hangs on the current version of a lesson, itself locked, up to it (system verb).

    It keeps under which policy of the network it was published.
    """
    version.policy_id = policies.policy_id()
    unknowns.follow(version)
    ending.renew(actor, lesson)
    library_counts.recount(lesson)
    weakened.look([lesson])
    disputes.end_with(actor, lesson, version)
    ageing.answer_signals(actor, lesson)
