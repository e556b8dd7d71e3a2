"""What the page of the design shows of counter-evidence: in dispute with a reply, and answered."""

from forum.domain.lessons.dispute_list import Counter, Reply
from forum.domain.people.bylines import Byline

WORDS = "Bij ons kwam niemand opdagen, een maand tijdverlies per dossier."
REPLY = "Bij mij is dat een klein deel, dus ik merk het minder."


def counters(against: Byline, behind: Byline, day: str) -> tuple[Counter, ...]:
    """Return one that is open and one that is answered, brought by `against` and replied to by `behind`."""
    replies = (Reply(behind, REPLY, is_own=False, is_changed=False),)
    return tuple(
        Counter(
            id=number, root=1, claim_text="", words=WORDS, by=against, is_own=False, decided=True, accepted=True,
            decided_on=day, post=None, report_id=None, declined_because="", next_answer="", ended=ended, ended_on=day,
            ended_because="Allebei klopt, naargelang waar de eigenaars wonen.", ended_in="1.1", replies=replies,
            may_reply=False,
        )
        for number, ended in enumerate((False, True), 1)
    )  # fmt: skip
