"""What each kind of letter says, and whether it should still be sent; decided at the moment of sending."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.domain.audit import undoable
from forum.domain.consents import letters as round_letters
from forum.domain.digests import digests
from forum.domain.drafts import expiry
from forum.domain.inbox import notice_letter
from forum.domain.lessons import origin_queries, review_letters, weakened
from forum.domain.mailing import mail_policy, returned
from forum.domain.moderation import hiding, revisions
from forum.domain.people import accounts, affirmations, mail_links
from forum.domain.spaces import join_requests
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _, lazy
from forum.jobs import desk_letter, nobody_there_letters
from forum.jobs.digest_content import digest_content
from forum.jobs.letter_content import Content, NothingToSend
from forum.models.accounts import Capacity, Member
from forum.models.lessons import Lesson, LessonVersion, Verdict
from forum.models.mail import OutgoingMail
from forum.models.spaces import AccessRequest, Audience, Invitation, JoinRequest
from forum.models.subscriptions import Digest
from forum.policy.visibility import visible


def _invitation(mail: OutgoingMail, member: Member | None) -> Content:
    invitation = db.session.scalars(
        select(Invitation)
        .where(Invitation.id == mail.invitation_id)
        .options(
            joinedload(Invitation.space),
            joinedload(Invitation.invited_by),
            joinedload(Invitation.responsible),
        )
        .execution_options(populate_existing=True)
    ).one()
    if invitation.withdrawn_at is not None:
        raise NothingToSend("withdrawn")
    if invitation.accepted_at is not None or invitation.expires_at <= clock.now():
        raise NothingToSend("accepted" if invitation.accepted_at else "expired")
    subject = _(
        "%(name)s invites you to %(space)s", name=invitation.inviter.name, space=invitation.space.name
    )
    return Content(subject, {"invitation": invitation, "token": mail_links.invitation_token(invitation)})


def _confirm_email(mail: OutgoingMail, member: Member | None) -> Content:
    request = db.session.get_one(AccessRequest, mail.access_request_id, populate_existing=True)
    owner = accounts.by_email(request.email)
    if owner is not None and owner.confirmed_at is not None:
        raise NothingToSend("confirmed")
    context = {"token": mail_links.confirm_token(request), "asked_at": request.asked_at}
    return Content(_("Confirm your e-mail address"), context)


def _already_member(mail: OutgoingMail, member: Member | None) -> Content:
    return Content(_("You already have an account"), {"email": _require_member(member).email})


def _reset_password(mail: OutgoingMail, member: Member | None) -> Content:
    return Content(_("Choose a new password"), {"token": mail_links.reset_token(_require_member(member))})


def _password_changed(mail: OutgoingMail, member: Member | None) -> Content:
    return Content(_("Your password was changed"), {"changed_at": mail.created_at})


def _join_request(mail: OutgoingMail, member: Member | None) -> Content:
    request = _request(visible(JoinRequest, _require_member(member)), mail)
    if not join_requests.still_waits(request):
        raise NothingToSend("answered" if request.answered_at else "not in use")
    # Its writer is not of the space yet: without a choice of the space, first words.
    space = request.space
    told = mail_policy.told(space.mail_policy, Audience.NETWORK, title="", plain=request.message)
    who = join_requests.who_asks(request)
    subject = _("%(name)s asks to join %(space)s", name=who.name, space=space.name)
    if not told.is_named:
        subject = _("Somebody asks to join %(space)s", space=space.name)
    return Content(subject, {"request": request, "told": told, "who": who})


def _join_answered(mail: OutgoingMail, member: Member | None) -> Content:
    own = select(JoinRequest).where(JoinRequest.member_id == _require_member(member).id)
    request = _request(own, mail)
    _require_standing(mail)
    if request.accepted is None:
        raise NothingToSend("not answered")
    subject = _("You now belong to %(space)s", space=request.space.name)
    if not request.accepted:
        subject = _("An answer to your request to join")
    return Content(subject, {"request": request, "confirmed": join_requests.confirmed_with(request)})


def _cited(mail: OutgoingMail, member: Member | None) -> Content:
    lesson, version = _lesson(mail, member)
    if lesson.current_id is None or lesson.public_id is None:
        raise NothingToSend("not published")
    told = origin_queries.told(lesson, title=version.title, plain=version.one_sentence)
    return Content(_("You are quoted in a lesson"), {"lesson": lesson, "told": told})


def _lesson_returned(mail: OutgoingMail, member: Member | None) -> Content:
    lesson, version = _lesson(mail, member)
    subject = _("Your lesson came back with a note")
    reviewer, told = review_letters.decided(_require_member(member), lesson, version, Verdict.RETURNED)
    return Content(subject, {"lesson": lesson, "reviewer": reviewer, "told": told})


def _require_standing(mail: OutgoingMail) -> None:
    act_id = mail.payload.get("act_id")
    if act_id is not None and not undoable.stands(act_id):
        raise NothingToSend("undone")


def _lesson_lost_words(mail: OutgoingMail, member: Member | None) -> Content:
    _require_standing(mail)
    lesson, version = _lesson(mail, member)
    told = origin_queries.told(lesson, title=version.title)
    context = {"lesson": lesson, "told": told, "bare": weakened.bare(lesson)}
    return Content(_("A lesson lost an excerpt"), context)


def _digest(mail: OutgoingMail, member: Member | None) -> Content:
    digest = db.session.get(Digest, mail.payload["digest_id"], populate_existing=True)
    if digest is None:
        raise NothingToSend("gone")
    reason = digests.skip_reason(digest)
    if reason:
        raise NothingToSend(reason)
    letter = digests.compose(digest)
    return digest_content(letter)


def _notices(mail: OutgoingMail, member: Member | None) -> Content:
    letter = notice_letter.compose(_require_member(member), mail.id)
    if letter is None:
        raise NothingToSend("nothing left")
    return Content(
        letter.subject, {"letter": letter}, stop=letter.stop, about=letter.about, notices=letter.ids
    )


def _drafts_lapse(mail: OutgoingMail, member: Member | None) -> Content:
    told_at = datetime.fromisoformat(mail.payload["told_at"])
    closed, old = expiry.words_for(_require_member(member).id, told_at)
    if closed is None and old is None:
        raise NothingToSend("nothing lapses")
    return Content(_("Some of your drafts will be deleted"), {"closed": closed, "old": old})


def _asked(
    subject: Any, told: Callable[[Member, Any], Any], about: str
) -> Callable[[OutgoingMail, Member | None], Content]:
    """A letter about a question or an act; `told` says by its id what stands in it now, None for nothing.

    `about` is the id in the payload; the undo of an act that it names cancels the letter.
    """

    def compose(mail: OutgoingMail, member: Member | None) -> Content:
        _require_standing(mail)
        found = told(_require_member(member), mail.payload[about])
        if found is None:
            raise NothingToSend("over")
        return Content(str(subject), {"asked": found})

    return compose


_of_round, _of_review = partial(_asked, about="round_id"), partial(_asked, about="request_id")


def _lesson_published(mail: OutgoingMail, member: Member | None) -> Content:
    lesson, version = _lesson(mail, member)
    if lesson.current_id is None or lesson.public_id is None:
        raise NothingToSend("not published")
    reviewer, told = review_letters.decided(_require_member(member), lesson, version, Verdict.APPROVED)
    return Content(_("Your lesson is published"), {"lesson": lesson, "reviewer": reviewer, "told": told})


def _capacity_confirmed(mail: OutgoingMail, member: Member | None) -> Content:
    capacity = _capacity(mail, member)
    _require_standing(mail)
    if capacity.confirmed_at is None or capacity.ended_by_id is not None:
        raise NothingToSend("not confirmed")
    return Content(_("What you speak as is confirmed"), {"capacity": capacity})


def _capacity_refused(mail: OutgoingMail, member: Member | None) -> Content:
    capacity = _capacity(mail, member)
    _require_standing(mail)
    if capacity.refused_at is None:
        raise NothingToSend("not refused")
    return Content(_("What you speak as was not confirmed"), {"capacity": capacity})


def _capacity_ended(mail: OutgoingMail, member: Member | None) -> Content:
    capacity = _capacity(mail, member)
    if capacity.ended_by_id is None:
        raise NothingToSend("not ended")
    return Content(_("What you speak as was ended"), {"capacity": capacity})


def _still_right(mail: OutgoingMail, member: Member | None) -> Content:
    due = affirmations.due(_require_member(member).id)
    if not due:
        raise NothingToSend("answered")
    return Content(_("Is what you speak as still right?"), {"capacities": due})


def _capacity(mail: OutgoingMail, member: Member | None) -> Capacity:
    own = select(Capacity).where(
        Capacity.id == mail.payload["capacity_id"], Capacity.member_id == _require_member(member).id
    )
    capacity = db.session.scalars(own.execution_options(populate_existing=True)).one_or_none()
    if capacity is None:
        raise NothingToSend("gone")
    return capacity


def _require_member(member: Member | None) -> Member:
    if member is None:
        raise NothingToSend("no member")
    return member


def _request(statement: Any, mail: OutgoingMail) -> JoinRequest:
    request: JoinRequest | None = db.session.scalars(
        statement.where(JoinRequest.id == mail.payload["request_id"])
        .options(joinedload(JoinRequest.member), joinedload(JoinRequest.space))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if request is None:
        raise NothingToSend("not visible")
    return request


def _lesson(mail: OutgoingMail, member: Member | None) -> tuple[Lesson, LessonVersion]:
    """The lesson and the version in question, as far as the recipient may see both at this moment."""
    recipient = _require_member(member)
    version = db.session.scalars(
        visible(LessonVersion, recipient).where(LessonVersion.id == mail.payload["version_id"])
    ).one_or_none()
    lesson = db.session.scalars(
        visible(Lesson, recipient).where(Lesson.id == mail.payload["lesson_id"])
    ).one_or_none()
    if lesson is None or version is None:
        raise NothingToSend("not visible")
    return lesson, version


KINDS: Mapping[str, Callable[[OutgoingMail, Member | None], Content]] = {
    "invitation": _invitation,
    "confirm_email": _confirm_email,
    "already_member": _already_member,
    "reset_password": _reset_password,
    "password_changed": _password_changed,
    "address_works": _asked(lazy("Does e-mail reach you again?"), returned.trial, "since"),
    "join_request": _join_request,
    "join_answered": _join_answered,
    "cited": _cited,
    "lesson_returned": _lesson_returned,
    "lesson_published": _lesson_published,
    "review_request": _of_review(lazy("Will you check a lesson?"), review_letters.question),
    "review_reminder": _of_review(lazy("Reminder: will you check a lesson?"), review_letters.question),
    "review_shortened": _of_review(lazy("A lesson that you check lost an excerpt"), review_letters.question),
    "review_weakened": _of_review(lazy("Your lesson in review lost an excerpt"), review_letters.shortened),
    "review_declined": _of_review(lazy("Somebody will not check your lesson"), review_letters.declined),
    "review_lapsed": _of_review(lazy("Nobody has checked your lesson yet"), review_letters.lapsed),
    "consent_request": _of_round(lazy("May your text stand in a lesson?"), round_letters.question),
    "consent_reminder": _of_round(lazy("Reminder: may your text stand in a lesson?"), round_letters.question),
    "consent_withdrawn": _of_round(
        lazy("A question about your text was taken back"), round_letters.taken_back
    ),
    "consent_closed": _of_round(lazy("The question to the authors is closed"), round_letters.closed),
    "lesson_lost_words": _lesson_lost_words,
    "post_hidden": _asked(lazy("What you wrote was hidden"), hiding.told, "post_id"),
    "version_hidden": _asked(
        lazy("A moderator hid an earlier version of your post"), revisions.told, "act_id"
    ),
    "desk_due": desk_letter.compose,
    "deputy_stands_in": nobody_there_letters.stands_in,
    "space_unattended": nobody_there_letters.unattended,
    "drafts_lapse": _drafts_lapse,
    "capacity_confirmed": _capacity_confirmed,
    "capacity_refused": _capacity_refused,
    "capacity_ended": _capacity_ended,
    "still_right": _still_right,
    "notices": _notices,
    "digest": _digest,
}
