"""What a member is told of a thread or a space, and how it reaches their mailbox.

Chosen for each on a page of its own; all of it together stands among their settings.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.digests import mail_choice, subscriptions
from forum.domain.digests.mail_choice import MailChoice
from forum.domain.mailing import notice_choices
from forum.domain.spaces import spaces
from forum.domain.threads import followed, following
from forum.infra.i18n import _
from forum.models.following import FollowLevel
from forum.models.subscriptions import Delivery, Frequency
from forum.web.forms.following import FollowAndMailForm
from forum.web.http import links
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor

bp = Blueprint("following", __name__)


@bp.get("/settings/following")
@open_to(members)
def index() -> ResponseReturnValue:
    """List the threads and spaces that the member follows or muted, each with its choice."""
    who = actor()
    return render_template(
        "following/index.html",
        threads=followed.threads(who),
        spaces=followed.spaces(who),
        most=followed.MOST,
    )


@bp.get("/threads/<int:thread_id>/following")
@open_to(members)
def of_thread(thread_id: int) -> ResponseReturnValue:
    """Ask what the member wants to be told of a thread, and how it reaches their mailbox."""
    return _of_thread(followed.of_thread(actor(), thread_id))


@bp.post("/threads/<int:thread_id>/following")
@open_to(members)
def follow_thread(thread_id: int) -> ResponseReturnValue:
    """Choose what the member is told of a thread, and how it reaches their mailbox."""
    thread, form = followed.of_thread(actor(), thread_id), FollowAndMailForm()
    if not form.validate():
        return _of_thread(thread, form), 422
    level = FollowLevel(form.level.data)
    following.follow_thread(actor(), thread_id, level=level)
    if _asks_about_mail():
        subscriptions.choose_thread(actor(), thread_id, form.chosen_delivery())
        _turn_on_digest(form)
    flash(
        {
            FollowLevel.ALL: _("From now on you are told of every post in this thread."),
            FollowLevel.ANSWERS: _("From now on you are told of answers to you in this thread."),
            FollowLevel.NOTHING: _("This thread is muted: you are told nothing of it."),
        }[level]
        + _about_mail(form, level),
        "ok",
    )
    return redirect(_back() or links.to_thread(thread), 303)


@bp.get("/spaces/<slug>/following")
@open_to(members)
def of_space(slug: str) -> ResponseReturnValue:
    """Ask what the member wants to be told of a space, and how it reaches their mailbox."""
    return _of_space(spaces.by_slug(actor(), slug))


@bp.post("/spaces/<slug>/following")
@open_to(members)
def follow_space(slug: str) -> ResponseReturnValue:
    """Choose what the member is told of a space, and how it reaches their mailbox."""
    space, form = spaces.by_slug(actor(), slug), FollowAndMailForm()
    if not form.validate():
        return _of_space(space, form), 422
    level = FollowLevel(form.level.data)
    following.follow_space(actor(), space.id, level=level)
    if _asks_about_mail():
        subscriptions.choose_space(actor(), space.id, form.chosen_delivery())
        _turn_on_digest(form)
    flash(
        {
            FollowLevel.ALL: _("From now on you are told of every post in %(space)s.", space=space.name),
            FollowLevel.ANSWERS: _(
                "From now on you are told of answers to you in %(space)s.", space=space.name
            ),
            FollowLevel.NOTHING: _("%(space)s is muted: you are told nothing of it.", space=space.name),
        }[level]
        + _about_mail(form, level),
        "ok",
    )
    return redirect(_back() or links.to_space(space), 303)


def _asks_about_mail() -> bool:
    """The list of all that somebody follows asks what they are told, and leaves their mail as it is."""
    return "delivery" in request.form


def _turn_on_digest(form: FollowAndMailForm) -> None:
    if form.weekly.data and not _has_digest():
        subscriptions.choose_frequency(actor().id, Frequency.WEEKLY)


def _has_digest() -> bool:
    digest = subscriptions.choice_of(actor().id)
    return digest is not None and digest.frequency != Frequency.NEVER


def _about_mail(form: FollowAndMailForm, level: FollowLevel) -> str:
    """What is said of mail beside what is told; nothing where nothing was asked, or nothing is told."""
    delivery = form.chosen_delivery()
    if level == FollowLevel.NOTHING or delivery is None:
        return ""
    if delivery == Delivery.DIGEST and not _has_digest():
        return " " + _(
            "You get no digest now. Answers and mentions come as you chose under Notifications; "
            "you see the rest only on the site."
        )
    if delivery == Delivery.AT_ONCE and mail_choice.FOLLOWED.stop in notice_choices.stopped_by(actor().id):
        return " " + _("You stopped e-mails about what you follow, so that new posts do not come at once.")
    said = {
        Delivery.AT_ONCE: _("It comes by e-mail at once."),
        Delivery.DIGEST: _("By e-mail it comes in the digest."),
        Delivery.NOTHING: _("None of it comes by e-mail."),
    }
    return " " + said[delivery]


def _of_thread(thread: followed.ThreadChoice, form: FollowAndMailForm | None = None) -> str:
    mail = mail_choice.of_thread(actor(), thread.id)
    return render_template(
        "following/choose.html",
        form=form or _filled(thread.level or thread.space_level, mail),
        mail=mail,
        address=url_for("following.follow_thread", thread_id=thread.id),
        back=links.to_thread(thread),
        name=thread.title,
        is_thread=True,
    )


def _of_space(space: Any, form: FollowAndMailForm | None = None) -> str:
    mail = mail_choice.of_space(actor(), space)
    return render_template(
        "following/choose.html",
        form=form or _filled(followed.of_space(actor(), space.id).level, mail),
        mail=mail,
        address=url_for("following.follow_space", slug=space.slug),
        back=links.to_space(space),
        name=space.name,
        is_thread=False,
    )


def _filled(level: FollowLevel | None, mail: MailChoice) -> FollowAndMailForm:
    level = level or (FollowLevel.ALL if mail.brings_all else FollowLevel.ANSWERS)
    delivery = mail.own.value if mail.own else ""
    return FollowAndMailForm(formdata=None, level=level.value, delivery=delivery)


def _back() -> str | None:
    return links.own_path(request.form.get("next"))
