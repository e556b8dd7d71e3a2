"""To whom a letter goes, asked again when it is made: one that is suspended or whose address is stopped gets none."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

from flask import current_app
from sqlalchemy import Integer, Select, bindparam, inspect, not_, select
from sqlalchemy.orm.exc import ObjectDeletedError

from forum.domain.mailing import bounces
from forum.domain.mailing.stops import DIGEST
from forum.infra import i18n
from forum.infra.db import db
from forum.infra.in_lists import in_list
from forum.infra.statements import cached, select_rows
from forum.jobs.letter_content import NothingToSend
from forum.models.accounts import Member
from forum.models.mail import OutgoingMail
from forum.models.spaces import AccessRequest, Invitation
from forum.models.subscriptions import DigestChoice, QuietHours


@dataclass(frozen=True)
class Recipient:
    """Who gets the letter, in which language and time zone, and between which hours no notice reaches them.

    A digest that is made together with others needs no more of its member than the id.
    """

    address: str
    locale: str
    timezone: str
    member: Member | None
    quiet: QuietHours | None = None
    member_id: int | None = None


def stranger(mail: OutgoingMail) -> Recipient:
    """Return who asks for an account, or is invited; NothingToSend where that is no longer so."""
    zone = current_app.config["TIMEZONE"]
    if mail.access_request_id is not None:
        request = db.session.get(AccessRequest, mail.access_request_id, populate_existing=True)
        if request is None:
            raise NothingToSend("gone")
        return Recipient(request.email, _known(request.locale), zone, None)
    invitation = db.session.get(Invitation, mail.invitation_id, populate_existing=True)
    if invitation is None:
        raise NothingToSend("withdrawn")
    if bounces.is_stopped(invitation.email):
        raise NothingToSend(bounces.REASON)
    return Recipient(invitation.email, _known(invitation.locale), zone, None)


def member_of(mail: OutgoingMail) -> Recipient:
    """Return the member, read anew together with the mail itself (one query); NothingToSend where they get none now."""
    state = inspect(mail)
    assert state.identity is not None
    found = db.session.execute(
        _mail_and_member(), {"mail_id": state.identity[0]}, execution_options={"populate_existing": True}
    ).one_or_none()
    if found is None:
        raise ObjectDeletedError(state)
    if found.Member is None or found.Member.suspended_at is not None:
        raise NothingToSend("suspended")
    if found.is_stopped and mail.kind not in bounces.ASKED_FOR:
        raise NothingToSend(bounces.REASON)
    return as_recipient(found.Member, found.locale if mail.kind == DIGEST else None, found.QuietHours)


@cached
def _mail_and_member() -> Select[Any]:
    query: Any = (
        select(
            OutgoingMail,
            Member,
            bounces.stopped(Member.email).label("is_stopped"),
            DigestChoice.locale,
            QuietHours,
        )
        .outerjoin(Member, Member.id == OutgoingMail.member_id)
        .outerjoin(DigestChoice, DigestChoice.member_id == Member.id)
        .outerjoin(QuietHours, QuietHours.member_id == Member.id)
        .where(OutgoingMail.id == bindparam("mail_id", type_=Integer))
    )
    return cast(Select[Any], query)


def as_recipient(member: Member, locale: str | None, quiet: QuietHours | None = None) -> Recipient:
    """Return a member as recipient of a letter in `locale`; None: in the language of their other letters."""
    zone = member.timezone or current_app.config["TIMEZONE"]
    return Recipient(member.email, _known(locale or member.letter_locale), zone, member, quiet, member.id)


def of_digests(mail_ids: Collection[int]) -> dict[int, tuple[OutgoingMail, Recipient]]:
    """Return by its id what of each mail its letter needs, and its member (one query).

    Without those that may get none now. The rows of the mails stay as the session has them: what is returned is none.
    """
    zone = current_app.config["TIMEZONE"]
    return {
        row.id: (
            OutgoingMail(
                id=row.id,
                kind=row.kind,
                lane=row.lane,
                member_id=row.member_id,
                payload=row.payload,
                message_id=row.message_id,
            ),
            Recipient(
                row.email,
                _known(row.digest_locale or row.locale or row.locale_seen),
                row.timezone or zone,
                member=None,
                member_id=row.member_id,
            ),
        )
        for row in select_rows(_digests_and_members(), {"mail_ids": list(mail_ids)})
    }


@cached
def _digests_and_members() -> Select[Any]:
    mail = OutgoingMail
    query: Any = (
        select(
            *(mail.id, mail.kind, mail.lane, mail.member_id, mail.payload, mail.message_id),
            *(Member.email, Member.timezone, Member.locale, Member.locale_seen),
            DigestChoice.locale.label("digest_locale"),
        )
        .join(Member, Member.id == mail.member_id)
        .outerjoin(DigestChoice, DigestChoice.member_id == Member.id)
        .where(
            in_list(mail.id, "mail_ids"),
            mail.kind == DIGEST,
            Member.suspended_at.is_(None),
            not_(bounces.stopped(Member.email)),
        )
    )
    return cast(Select[Any], query)


def _known(locale: str | None) -> str:
    return locale if locale in i18n.LOCALES else str(current_app.config["DEFAULT_LOCALE"])
