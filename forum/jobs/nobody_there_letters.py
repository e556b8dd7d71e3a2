"""The letters about spaces in which no moderator is there: to the deputy who stands in, and to administrators."""

from forum.domain.desk import long_unattended
from forum.domain.spaces import stand_ins
from forum.infra.i18n import _
from forum.jobs.letter_content import Content, NothingToSend
from forum.models.accounts import Member
from forum.models.mail import OutgoingMail


def stands_in(mail: OutgoingMail, member: Member | None) -> Content:
    """Return the letter to a deputy; NothingToSend where they no longer stand in, or do not see the space."""
    found = stand_ins.told(member, mail.payload["stand_in_id"]) if member is not None else None
    if found is None:
        raise NothingToSend("over")
    subject = _("You stand in for the moderators of %(space)s", space=found.space_name)
    return Content(subject, {"asked": found})


def unattended(mail: OutgoingMail, member: Member | None) -> Content:
    """Return the letter to an administrator; NothingToSend where somebody is there, or they do not see the space."""
    found = long_unattended.told(member, mail.payload["unattended_ids"]) if member is not None else None
    if found is None:
        raise NothingToSend("over")
    if found.number:
        subject = _("Something waits in %(space)s for which nobody is there", space=found.name)
    else:
        subject = _("Nobody is there to moderate %(space)s", space=found.name)
    return Content(subject, {"asked": found})
