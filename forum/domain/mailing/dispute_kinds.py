"""What is told of counter-evidence, and of lessons that get older: rows of the table in `kinds.py`, in its order."""

from forum.domain.mailing.ageing_kinds import AGEING
from forum.domain.mailing.kind import Kind
from forum.infra.i18n import lazy

AFTER = (
    Kind(
        "evidence_brought",
        lazy("Somebody contradicts a lesson of your space"),
        ("evidence.brought",),
        lazy("The moderators of the space"),
        stop="own_lessons",
    ),
    Kind(
        "disputed",
        lazy("A claim that quotes you, or of your lesson, is disputed"),
        ("evidence.accepted",),
        lazy("Who makes the lesson, and the authors whom the claim quotes"),
        stop="cited",
    ),
    Kind(
        "evidence_accepted",
        lazy("Your counter-evidence stands in the lesson"),
        ("evidence.accepted",),
        lazy("Who brought it"),
        stop="applications",
    ),
    Kind(
        "evidence_declined",
        lazy("Your counter-evidence was declined"),
        ("evidence.declined",),
        lazy("Who brought it"),
        stop="applications",
    ),
    Kind(
        "dispute_settled",
        lazy("A dispute about a claim has ended"),
        ("evidence.settled",),
        lazy("Who brought the evidence, who makes the lesson, and the authors whom the claim quotes"),
        stop="cited",
    ),
    *AGEING,
)
