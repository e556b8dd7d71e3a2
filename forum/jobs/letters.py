"""Letters: one row of the mail queue composed now, in the recipient's language, after checking the rule again."""

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Literal

from flask import current_app

from forum.domain.digests import digests, subscriptions, windows
from forum.domain.digests.composing import Make
from forum.domain.digests.letter import DigestLetter
from forum.domain.digests.subscriptions import DigestPreferences
from forum.domain.mailing import kinds, notice_choices, quiet_hours, return_paths, stops
from forum.domain.mailing.stops import ALL, DIGEST
from forum.domain.people import mail_links
from forum.infra import clock, i18n, text
from forum.infra.db import db
from forum.infra.mailer import Message, build
from forum.infra.words import spaced
from forum.jobs import letter_headers, letter_kinds, recipients
from forum.jobs.digest_content import Drawn, digest_content, drawn
from forum.jobs.letter_content import Content, NothingToSend, NotNow
from forum.jobs.letter_links import link, notice_link, post_link
from forum.jobs.recipients import Recipient
from forum.models.accounts import Member
from forum.models.mail import Lane, OutgoingMail
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
class Composed:
    """A digest that was composed together with others a moment ago, with all of its mail and member that it needs."""

    make: Make
    mail: OutgoingMail
    recipient: Recipient


def letter_for(mail: OutgoingMail, composed: Composed | None = None) -> Letter:
    """Return the letter of a row; NothingToSend with the reason why there is none any more, NotNow when it must wait.

    One that is `composed` is made without a look at the row, and without a query.
    """
    if composed is not None:
        mail, recipient, kind = composed.mail, composed.recipient, DIGEST
    else:
        recipient = recipients.stranger(mail) if mail.member_id is None else recipients.member_of(mail)
        kind = _kind_now(mail, recipient.member)
        _refuse_now(mail, recipient)
    with i18n.force_locale(recipient.locale, recipient.timezone):
        if composed is not None:
            content = digest_content(composed.make())
        else:
            content = letter_kinds.KINDS[kind](mail, recipient.member)
        if content.digest is not None and content.digest.is_empty:
            raise NothingToSend(windows.ONLY_OLDER if content.digest.older_threads else windows.EMPTY)
        return _made(mail, kind, content, recipient)


def digest_preview(actor: Actor, preferences: DigestPreferences | None = None) -> Letter:
    """Return a member's digest as mailed now, even while empty; `preferences` go before those that are stored."""
    member = db.session.get_one(Member, actor.id)
    locale = (preferences.locale or member.letter_locale) if preferences else subscriptions.locale_of(member)
    recipient = recipients.as_recipient(member, locale)
    mail = OutgoingMail(
        id=0, kind="digest", lane=Lane.BULK, member_id=actor.id, payload={}, message_id="<preview@localhost>"
    )
    with i18n.force_locale(recipient.locale, recipient.timezone):
        return _made(mail, DIGEST, digest_content(digests.preview(actor, preferences)), recipient)


def _made(mail: OutgoingMail, kind: str, content: Content, recipient: Recipient) -> Letter:
    """The message with its headers, in the language of the moment."""
    ways_out = _ways_out(kind, content, recipient.member_id)
    way_back = return_paths.of_mail(mail.id, recipient.address)
    if content.digest is not None:
        words = drawn(content.digest, unsubscribe_url=str(ways_out["unsubscribe_url"]))
    else:
        words = _drawn(kind, content, ways_out, recipient)
    message = Message(
        to=recipient.address,
        subject=text.one_line(content.subject),
        text=words.text,
        html=words.html,
        is_styled=content.digest is not None,
        message_id=mail.message_id,
        headers=letter_headers.headers_of(
            mail,
            kind=kind,
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


def _kind_now(mail: OutgoingMail, member: Member | None) -> str:
    """As what it leaves: its own kind, or the next reason for the same event where that is stopped; NothingToSend.

    What is told at home stays. The digest asks its own choice, and a bundle that of each kind in it.
    """
    for kind in (mail.kind, *mail.payload.get(kinds.ELSE, ())):
        stop = kinds.stop_of_letter(kind)
        if member is None or stop is None or stop.name == DIGEST:
            return kind
        if not notice_choices.is_stopped(member.id, stop.name):
            return kind
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


def _ways_out(kind: str, content: Content, member_id: int | None) -> dict[str, Any]:
    """What ends a letter of this kind, and every letter that can be stopped; nothing for one that cannot be."""
    stop = stops.named(content.stop) if content.stop else kinds.stop_of_letter(kind)
    if stop is None or member_id is None:
        return {"stop": None, "unsubscribe_url": None}
    alone = stop.name in {DIGEST, ALL.name}
    return {
        "stop": stop,
        "unsubscribe_url": _stop_link(member_id, stop.name),
        "stop_all_url": None if alone else _stop_link(member_id, ALL.name),
        "all_stops": ALL,
        "stops_apart": _apart(member_id, stop),
    }


def _apart(member_id: int, stop: stops.Stop) -> list[tuple[stops.Stop, str]]:
    """The stops in that of a bundle, each with what stops it alone."""
    names = stops.parts(stop.name) if stops.TOGETHER in stop.name else ()
    return [(stops.STOPS[name], _stop_link(member_id, name)) for name in names]


def _stop_link(member_id: int, stop: str) -> str:
    return link("unsubscribe.show", token=mail_links.unsubscribe_token(member_id, stop))


def _drawn(kind: str, content: Content, ways_out: dict[str, Any], recipient: Recipient) -> Drawn:
    """Both parts of a letter of this kind."""
    context = {
        **content.context,
        **ways_out,
        "link": link,
        "post_link": post_link,
        "notice_link": notice_link,
        "reader": recipient.member,
        "subject": content.subject,
        "forum_name": current_app.config["FORUM_NAME"],
    }
    # Straight from the environment: a letter has no viewer and no session.
    templates = (current_app.jinja_env.get_template(f"email/{kind}.{part}") for part in ("html", "txt"))
    html, text = (template.render(**context) for template in templates)
    return Drawn(html, spaced(text))
