"""Letters: one row of the mail queue composed now, in the recipient's language, after checking the rule again."""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from forum.domain.digests.letter import DigestLetter, ThreadNews
from forum.domain.people import mail_links
from forum.domain.threads.page import page_of
from forum.infra import i18n, text
from forum.infra.db import db
from forum.infra.mailer import Message, build
from forum.jobs import letter_kinds
from forum.jobs.letter_kinds import NothingToSend
from forum.models.accounts import Member
from forum.models.mail import OutgoingMail
from forum.models.spaces import AccessRequest, Invitation

AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


@dataclass(frozen=True)
class Letter:
    """A message ready to be sent; for a digest also what stands in it."""

    message: EmailMessage
    digest: DigestLetter | None = None


@dataclass(frozen=True)
class Recipient:
    """Who gets the letter, in which language and time zone."""

    address: str
    locale: str
    timezone: str
    member: Member | None


def letter_for(mail: OutgoingMail) -> Letter:
    """Return the letter of a row; NothingToSend with the reason why there is none any more."""
    recipient = _recipient(mail)
    with i18n.force_locale(recipient.locale, recipient.timezone):
        content = letter_kinds.KINDS[mail.kind](mail, recipient.member)
        context = {
            **content.context,
            "link": link,
            "thread_link": thread_link,
            "post_link": post_link,
            "reader": recipient.member,
            "subject": content.subject,
            "forum_name": current_app.config["FORUM_NAME"],
            "unsubscribe_url": _unsubscribe_url(mail, recipient.member),
        }
        message = Message(
            to=recipient.address,
            subject=text.one_line(content.subject),
            text=_render(f"email/{mail.kind}.txt", context),
            html=_render(f"email/{mail.kind}.html", context),
            message_id=mail.message_id,
            headers=_headers(mail, context["unsubscribe_url"]),
            from_address=current_app.config["MAIL_FROM"],
        )
    return Letter(build(message), content.digest)


def link(endpoint: str, **values: Any) -> str:
    """Return the full address of a page: letters are read outside any request."""
    base = urlsplit(current_app.config["BASE_URL"])
    adapter = current_app.url_map.bind(base.netloc, base.path or "/", url_scheme=base.scheme or "http")
    return str(adapter.build(endpoint, values, method="GET", force_external=True))


def thread_link(thread: ThreadNews) -> str:
    """Return the full address of the first new post for whoever read a part of the thread; of its top for others."""
    return post_link(thread.id, thread.slug, thread.first_unread or 1)


def post_link(thread_id: int, slug: str, number: int) -> str:
    """Return the full address of a post by its number; of the top of its thread for the first."""
    page = {"page": page_of(number)} if page_of(number) > 1 else {}
    address = link("threads.show", thread_id=thread_id, slug=slug, **page)
    return f"{address}#post-{number}" if number > 1 else address


def _recipient(mail: OutgoingMail) -> Recipient:
    zone = current_app.config["TIMEZONE"]
    if mail.access_request_id is not None:
        request = db.session.get(AccessRequest, mail.access_request_id, populate_existing=True)
        if request is None:
            raise NothingToSend("gone")
        return Recipient(request.email, _known(request.locale), zone, None)
    if mail.member_id is None:
        invitation = db.session.get(Invitation, mail.invitation_id, populate_existing=True)
        if invitation is None:
            raise NothingToSend("withdrawn")
        return Recipient(invitation.email, _known(invitation.locale), zone, None)
    member = db.session.get(Member, mail.member_id, populate_existing=True)
    if member is None or member.suspended_at is not None:
        raise NothingToSend("suspended")
    return Recipient(member.email, _known(member.letter_locale), member.timezone or zone, member)


def _known(locale: str | None) -> str:
    return locale if locale in i18n.LOCALES else str(current_app.config["DEFAULT_LOCALE"])


def _unsubscribe_url(mail: OutgoingMail, member: Member | None) -> str | None:
    if mail.kind not in letter_kinds.STOPPABLE or member is None:
        return None
    return link("unsubscribe.show", token=mail_links.unsubscribe_token(member.id))


def _headers(mail: OutgoingMail, unsubscribe_url: str | None) -> dict[str, str]:
    if unsubscribe_url is None:
        return dict(AUTOMATIC)
    host = urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
    return {
        **AUTOMATIC,
        "Precedence": "bulk",
        "List-Id": f"<{mail.kind.replace('_', '-')}.{host}>",
        "List-Unsubscribe": f"<{unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _render(name: str, context: dict[str, Any]) -> str:
    # Straight from the environment: a letter has no viewer and no session.
    render: Callable[..., str] = current_app.jinja_env.get_template(name).render
    return render(**context)
