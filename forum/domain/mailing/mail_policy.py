"""How much of what is written in a space may stand in a mail: the one answer for notices and digests alike."""

from dataclasses import dataclass

from forum.infra import words
from forum.models.spaces import Audience, MailPolicy

FULL_LENGTH = 4_000  # characters: a bundle of long posts stays a mail that clients show whole
EXCERPT_LENGTH = 280


@dataclass(frozen=True, slots=True)
class Told:
    """What a mail may tell of one post: "" where it may say nothing of it."""

    policy: MailPolicy
    title: str
    words: str

    @property
    def is_named(self) -> bool:
        """Whether title and speaker may stand in the mail; else only that there is something new in the space."""
        return self.policy != MailPolicy.LINK


def policy_of(chosen: MailPolicy | None, audience: Audience) -> MailPolicy:
    """Return what may stand in a mail about a thread.

    `chosen` is that of its space; without it, first words, but only the title of what only its own people read.
    """
    if chosen is not None:
        return chosen
    return MailPolicy.TITLE if audience == Audience.SPACE else MailPolicy.EXCERPT


def told(chosen: MailPolicy | None, audience: Audience, *, title: str, plain: str) -> Told:
    """Return what a mail may tell of a post, out of the `title` of its thread and `plain`, its readable text."""
    policy = policy_of(chosen, audience)
    shown = {
        MailPolicy.FULL: _shortened(plain, FULL_LENGTH),
        MailPolicy.EXCERPT: words.summary(plain, EXCERPT_LENGTH),
    }.get(policy, "")
    return Told(policy, "" if policy == MailPolicy.LINK else title, shown)


def _shortened(plain: str, length: int) -> str:
    whole = plain.strip()
    return whole if len(whole) <= length else f"{whole[:length].rsplit(None, 1)[0]} …"
