"""Letters: one row of the mail queue composed now, in the recipient's language, after checking the rule again."""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from functools import lru_cache
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import Integer, Select, bindparam, inspect, select
from sqlalchemy.orm.exc import ObjectDeletedError
from werkzeug.routing import Map, MapAdapter

from forum.domain.digests import digests, subscriptions, windows
from forum.domain.digests.composing import Make
from forum.domain.digests.items import ThreadNews
from forum.domain.digests.letter import DigestLetter
from forum.domain.digests.subscriptions import DigestPreferences
from forum.domain.inbox.notice_letter import Item
from forum.domain.mailing import bounces, kinds, notice_choices, quiet_hours, return_paths, stops
from forum.domain.mailing.stops import ALL, DIGEST
from forum.domain.people import mail_links
from forum.domain.threads.page import page_of
from forum.infra import clock, i18n, text
from forum.infra.db import db
from forum.infra.mailer import Message, build
from forum.infra.statements import cached
from forum.infra.words import spaced
from forum.jobs import letter_headers, letter_kinds
from forum.jobs.letter_content import Content, NothingToSend, NotNow
from forum.models.accounts import Member
from forum.models.mail import Lane, OutgoingMail
from forum.models.spaces import AccessRequest, Invitation
from forum.models.subscriptions import DigestChoice, QuietHours
from forum.policy.actors import Actor


@dataclass(frozen=True)
class Letter:
    """A message ready to be sent; for a digest also what stands in it."""

    message: EmailMessage
    digest: DigestLetter | None = None
    notices: tuple[int, ...] = ()  # rows that it carries, which no other letter may carry
    address: str = ""  # to which it goes

    @property
    def text(self) -> str:
        """The plain text of the message."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML of the message."""
        return self._part("html")

    def _part(self, kind: Literal["plain", "html"]) -> str:
        part = self.message.get_body((kind,))
        return "" if part is None else str(part.get_content())


@dataclass(frozen=True)
class Recipient:
    """Who gets the letter, in which language and time zone, and between which hours no notice reaches them."""

    address: str
    locale: str
    timezone: str
    member: Member | None
    quiet: QuietHours | None = None


def letter_for(mail: OutgoingMail, digest: Make | None = None) -> Letter:
    """Return the letter of a row; NothingToSend with the reason why there is none any more, NotNow when it must wait.

    `digest` makes one that was composed together with others a moment ago.
    """
    # A digest that was composed is a member's; its row is read together with them.
    of_member = digest is not None or mail.member_id is not None
    recipient = _member(mail) if of_member else _stranger(mail)
    _refuse_stopped(mail, recipient.member)
    _refuse_now(mail, recipient)
    with i18n.force_locale(recipient.locale, recipient.timezone):
        of_kind = letter_kinds.KINDS[mail.kind]
        content = _content_of(digest()) if digest is not None else of_kind(mail, recipient.member)
        if content.digest is not None and content.digest.is_empty:
            raise NothingToSend(windows.ONLY_OLDER if content.digest.older_threads else windows.EMPTY)
        return _made(mail, content, recipient)


def digest_preview(actor: Actor, preferences: DigestPreferences | None = None) -> Letter:
    """Return a member's digest as mailed now, even while empty; `preferences` go before those that are stored."""
    member = db.session.get_one(Member, actor.id)
    locale = (preferences.locale or member.letter_locale) if preferences else subscriptions.locale_of(member)
    recipient = _of_member(member, locale)
    mail = OutgoingMail(
        id=0, kind="digest", lane=Lane.BULK, member_id=actor.id, payload={}, message_id="<preview@localhost>"
    )
    with i18n.force_locale(recipient.locale, recipient.timezone):
        return _made(mail, _content_of(digests.preview(actor, preferences)), recipient)


def _content_of(letter: DigestLetter) -> Content:
    return Content(letter.subject, {"letter": letter}, digest=letter)


def _made(mail: OutgoingMail, content: Content, recipient: Recipient) -> Letter:
    """The message with its headers, in the language of the moment."""
    ways_out = _ways_out(mail, content, recipient.member)
    way_back = return_paths.of_mail(mail.id, recipient.address)
    context = {
        **content.context,
        **ways_out,
        "link": link,
        "thread_link": thread_link,
        "post_link": post_link,
        "notice_link": notice_link,
        "reader": recipient.member,
        "subject": content.subject,
        "forum_name": current_app.config["FORUM_NAME"],
    }
    message = Message(
        to=recipient.address,
        subject=text.one_line(content.subject),
        text=spaced(_render(f"email/{mail.kind}.txt", context)),
        html=_render(f"email/{mail.kind}.html", context),
        message_id=mail.message_id,
        headers=letter_headers.headers_of(
            mail,
            stop=ways_out["stop"].name if ways_out["stop"] else None,
            stop_url=ways_out["unsubscribe_url"],
            help_url=link("statements.help_page"),
            about=content.about,
            way_back=way_back,
        ),
        from_address=current_app.config["MAIL_FROM"],
        envelope_sender=way_back,
    )
    return Letter(build(message), content.digest, content.notices, recipient.address)


def link(endpoint: str, **values: Any) -> str:
    """Return the full address of a page: letters are read outside any request."""
    config = current_app.config
    return _address(current_app.url_map, config["BASE_URL"], endpoint, tuple(values), *values.values())


# typed: 1 and True are equal and lead to different addresses.
@lru_cache(maxsize=8192, typed=True)
def _address(url_map: Map, base_url: str, endpoint: str, names: tuple[str, ...], *values: Any) -> str:
    """An address, which stands in both parts of a letter and in those of many members."""
    named = dict(zip(names, values, strict=True))
    return str(_adapter(url_map, base_url).build(endpoint, named, method="GET", force_external=True))


@lru_cache(maxsize=4)
def _adapter(url_map: Map, base_url: str) -> MapAdapter:
    """What builds addresses: a letter has dozens, and binding costs more than building."""
    base = urlsplit(base_url)
    return url_map.bind(base.netloc, base.path or "/", url_scheme=base.scheme or "http")


def thread_link(thread: ThreadNews) -> str:
    """Return the full address of the first new post; the title is not in it where no mail may say that."""
    return post_link(thread.id, thread.slug, thread.first_new)


def post_link(thread_id: int, slug: str, number: int) -> str:
    """Return the full address of a post by its number; of the top of its thread for the first, and without a slug."""
    if not slug:
        return link("threads.short", thread_id=thread_id)
    page = {"page": page_of(number)} if page_of(number) > 1 else {}
    address = link("threads.show", thread_id=thread_id, slug=slug, **page)
    return f"{address}#post-{number}" if number > 1 else address


def notice_link(item: Item) -> str:
    """Return the full address of what a notice is about: the very post, or its thread where no title may be said."""
    if item.thread_id is not None:
        return post_link(item.thread_id, item.slug, item.number)
    if item.lesson_id is not None:
        page = {"public_id": item.public_id} if item.public_id else {"lesson_id": item.lesson_id}
        return link("lessons.show" if item.public_id else "workbench.show", **page)
    return link("spaces.show", slug=item.space_slug) if item.space_slug else link("home.index")


def _stranger(mail: OutgoingMail) -> Recipient:
    """Who asks for an account, or is invited."""
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


def _member(mail: OutgoingMail) -> Recipient:
    """The member, read anew together with the mail itself (one query)."""
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
    return _of_member(found.Member, found.locale if mail.kind == DIGEST else None, found.QuietHours)


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


def _of_member(member: Member, locale: str | None, quiet: QuietHours | None = None) -> Recipient:
    zone = member.timezone or current_app.config["TIMEZONE"]
    return Recipient(member.email, _known(locale or member.letter_locale), zone, member, quiet)


def _known(locale: str | None) -> str:
    return locale if locale in i18n.LOCALES else str(current_app.config["DEFAULT_LOCALE"])


def _refuse_stopped(mail: OutgoingMail, member: Member | None) -> None:
    """What is told at home stays; the digest asks its own choice, and a bundle that of each kind in it."""
    stop = kinds.stop_of_letter(mail.kind)
    if member is None or stop is None or stop.name == DIGEST:
        return
    if notice_choices.is_stopped(member.id, stop.name):
        raise NothingToSend("stopped")


def _refuse_now(mail: OutgoingMail, recipient: Recipient) -> None:
    """Quiet hours that were chosen since it was planned hold too, and so do those into which it was held up.

    They are not for what somebody waits for, nor for the digest, whose hour is chosen.
    """
    hours = recipient.quiet
    if hours is None or mail.lane == Lane.DIRECT or mail.kind == DIGEST:
        return
    now = clock.now()
    until = quiet_hours.leaves_at(
        now, zone=recipient.timezone, from_hour=hours.from_hour, until_hour=hours.until_hour
    )
    if until > now:
        raise NotNow(until)


def _ways_out(mail: OutgoingMail, content: Content, member: Member | None) -> dict[str, Any]:
    """What ends a letter of this kind, and every letter that can be stopped; nothing for one that cannot be."""
    stop = stops.named(content.stop) if content.stop else kinds.stop_of_letter(mail.kind)
    if stop is None or member is None:
        return {"stop": None, "unsubscribe_url": None}
    alone = stop.name in {DIGEST, ALL.name}
    return {
        "stop": stop,
        "unsubscribe_url": _stop_link(member, stop.name),
        "stop_all_url": None if alone else _stop_link(member, ALL.name),
        "all_stops": ALL,
        "stops_apart": _apart(member, stop),
    }


def _apart(member: Member, stop: stops.Stop) -> list[tuple[stops.Stop, str]]:
    """The stops in that of a bundle, each with what stops it alone."""
    names = stops.parts(stop.name) if stops.TOGETHER in stop.name else ()
    return [(stops.STOPS[name], _stop_link(member, name)) for name in names]


def _stop_link(member: Member, stop: str) -> str:
    return link("unsubscribe.show", token=mail_links.unsubscribe_token(member.id, stop))


def _render(name: str, context: dict[str, Any]) -> str:
    # Straight from the environment: a letter has no viewer and no session.
    render: Callable[..., str] = current_app.jinja_env.get_template(name).render
    return render(**context)
