"""What is told of hand-overs: rows of the table in `kinds.py`, in its order."""

from forum.domain.mailing.kind import Kind
from forum.infra.i18n import lazy
from forum.models.subscriptions import Delivery

_OFFERED = lazy("Who offered it, and whose it was")

HAND_OVERS = (
    Kind(
        "taken_up",
        lazy("Somebody else goes on with a lesson of yours"),
        ("lesson.taken_up",),
        lazy("Whose lesson it was until then, and who shared its draft as a deputy"),
        stop="own_lessons",
    ),
    Kind(
        "hand_over_offered",
        lazy("Somebody offers you what they hold in a space"),
        ("hand_over.offered",),
        lazy("Who may take it over"),
        stop="requests",
    ),
    Kind(
        "hand_over_accepted",
        lazy("What you offered was taken over"),
        ("hand_over.accepted",),
        _OFFERED,
        stop="requests",
    ),
    Kind(
        "hand_over_declined",
        lazy("What you offered was not taken over"),
        ("hand_over.declined",),
        _OFFERED,
        stop="requests",
    ),
    Kind(
        "left_behind",
        lazy("Somebody who no longer moderates left something behind"),
        ("role.given", "role.taken", "member.suspended"),
        lazy("The other moderators of the space"),
        stop="requests",
    ),
    Kind(
        "permission_passed",
        lazy("Another moderator looks after a question about your text"),
        ("consent_round.passed",),
        lazy("The authors who were asked"),
        default=Delivery.NOTHING,
    ),
    Kind(
        "review_passed",
        lazy("Somebody else is asked to check your lesson"),
        ("review.passed",),
        lazy("Who makes the lesson, and who sent it for review"),
        default=Delivery.NOTHING,
    ),
)
