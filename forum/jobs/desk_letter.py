"""The e-mail in the morning about what is due on the desk of a moderator."""

from forum.domain.desk import mornings
from forum.infra.i18n import ngettext
from forum.jobs.letter_content import Content, NothingToSend
from forum.models.accounts import Member
from forum.models.mail import OutgoingMail


def compose(_mail: OutgoingMail, member: Member | None) -> Content:
    """Return the letter; NothingToSend where nothing is due any more."""
    lines = mornings.due_of(member) if member is not None else []
    if not lines:
        raise NothingToSend("nothing due")
    number = sum(line.number for line in lines)
    subject = ngettext(
        "%(num)d thing waits on your moderation desk today",
        "%(num)d things wait on your moderation desk today",
        number,
    )
    return Content(subject, {"lines": lines})
