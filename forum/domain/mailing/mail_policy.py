"""How much of what is written in a space may stand in a mail: the one answer for notices and digests alike."""

from dataclasses import dataclass

from forum.infra import words
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.spaces import Audience, MailPolicy, Space

FULL_LENGTH = 4_000  # characters: a bundle of long posts stays a mail that clients show whole
EXCERPT_LENGTH = 280


@dataclass(frozen=True, slots=True)
class Told:
    """What a mail may tell of one post or lesson: "" where it may say nothing of it.

    `kept_back`: it had words that the policy does not let stand there.
    """

    policy: MailPolicy
    title: str
    words: str
    kept_back: bool = False

    @property
    def is_named(self) -> bool:
        """Whether title and speaker may stand in the mail; else only that there is something new in the space."""
        return self.policy != MailPolicy.LINK

    @property
    def what_stays(self) -> str:
        """What to say of what is left out, "" if nothing is. It names no space: a lesson may hide where it is from."""
        if not self.is_named:
            return _("Read title, names and text on the site: this space keeps them out of e-mails.")
        return _("Read the text on the site: this space keeps it out of e-mails.") if self.kept_back else ""

    def named(self, name: str) -> str:
        """Return the name of somebody, or that it is somebody where no name may stand in the mail; "" stays ""."""
        return name if self.is_named or not name else _("somebody")


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
        MailPolicy.FULL: shortened(plain, FULL_LENGTH),
        MailPolicy.EXCERPT: words.summary(plain, EXCERPT_LENGTH),
    }.get(policy, "")
    kept_back = bool(plain.strip()) and not shown
    return Told(policy, "" if policy == MailPolicy.LINK else title, shown, kept_back)


def told_in(space_id: int, audience: Audience, *, title: str = "", plain: str = "") -> Told:
    """Return the same for a space by its id: of a thread, a lesson or a question there that this audience reads."""
    space = db.session.get_one(Space, space_id)
    return told(space.mail_policy, audience, title=title, plain=plain)


def shortened(plain: str, length: int) -> str:
    """Return words as they are, or up to the last whole one within that length, with a sign that more follows."""
    whole = plain.strip()
    return whole if len(whole) <= length else f"{whole[:length].rsplit(None, 1)[0]} …"
