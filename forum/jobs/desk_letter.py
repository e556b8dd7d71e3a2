"""The e-mail in the morning about what is due on the desk of a moderator, or for a deputy."""

from forum.domain.desk import mornings
from forum.infra.i18n import _, ngettext
from forum.jobs.letter_content import Content, NothingToSend
from forum.models.accounts import Member
from forum.models.mail import OutgoingMail


def compose(_mail: OutgoingMail, member: Member | None) -> Content:
    """Return the letter; NothingToSend where nothing is due any more."""
    lines = mornings.due_of(member) if member is not None else []
    if member is None or not lines:
        raise NothingToSend("nothing due")
    number = sum(line.number for line in lines)
    subject = ngettext(
        "%(num)d thing waits on your moderation desk today",
        "%(num)d things wait on your moderation desk today",
        number,
    )
    if mornings.moderates(member):
        return Content(subject, {"lines": lines, "place": "desk.index", "open_it": _("Open the desk")})
    subject = ngettext(
        "%(num)d thing waits for you as a deputy today",
        "%(num)d things wait for you as a deputy today",
        number,
    )
    return Content(subject, {"lines": lines, "place": "deputies.mine", "open_it": _("Open what waits")})
