"""What a member is told of a thread or a space: chosen for each, and all of it together among their settings."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.spaces import spaces
from forum.domain.threads import followed, following
from forum.infra.i18n import _
from forum.models.following import FollowLevel
from forum.web.forms.following import FollowForm
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
    """Ask what the member wants to be told of a thread."""
    return _of_thread(followed.of_thread(actor(), thread_id))


@bp.post("/threads/<int:thread_id>/following")
@open_to(members)
def follow_thread(thread_id: int) -> ResponseReturnValue:
    """Choose what the member is told of a thread."""
    thread, form = followed.of_thread(actor(), thread_id), FollowForm()
    if not form.validate():
        return _of_thread(thread, form), 422
    level = FollowLevel(form.level.data)
    following.follow_thread(actor(), thread_id, level=level)
    flash(
        {
            FollowLevel.ALL: _("From now on you are told of every post in this thread."),
            FollowLevel.ANSWERS: _("From now on you are told of answers to you in this thread."),
            FollowLevel.NOTHING: _("This thread is muted: you are told nothing of it."),
        }[level],
        "ok",
    )
    return redirect(_back() or links.to_thread(thread), 303)


@bp.get("/spaces/<slug>/following")
@open_to(members)
def of_space(slug: str) -> ResponseReturnValue:
    """Ask what the member wants to be told of a space."""
    return _of_space(spaces.by_slug(actor(), slug))


@bp.post("/spaces/<slug>/following")
@open_to(members)
def follow_space(slug: str) -> ResponseReturnValue:
    """Choose what the member is told of a space."""
    space, form = spaces.by_slug(actor(), slug), FollowForm()
    if not form.validate():
        return _of_space(space, form), 422
    level = FollowLevel(form.level.data)
    following.follow_space(actor(), space.id, level=level)
    flash(
        {
            FollowLevel.ALL: _("From now on you are told of every post in %(space)s.", space=space.name),
            FollowLevel.ANSWERS: _(
                "From now on you are told of answers to you in %(space)s.", space=space.name
            ),
            FollowLevel.NOTHING: _("%(space)s is muted: you are told nothing of it.", space=space.name),
        }[level],
        "ok",
    )
    return redirect(_back() or links.to_space(space), 303)


def _of_thread(thread: followed.ThreadChoice, form: FollowForm | None = None) -> str:
    return render_template(
        "following/choose.html",
        form=form or _filled(thread.level or thread.space_level),
        address=url_for("following.follow_thread", thread_id=thread.id),
        back=links.to_thread(thread),
        name=thread.title,
        is_thread=True,
        mail=url_for("settings.digest", thread=thread.id, _anchor="threads"),
    )


def _of_space(space: Any, form: FollowForm | None = None) -> str:
    return render_template(
        "following/choose.html",
        form=form or _filled(followed.of_space(actor(), space.id).level),
        address=url_for("following.follow_space", slug=space.slug),
        back=links.to_space(space),
        name=space.name,
        is_thread=False,
        mail=url_for("settings.digest", _anchor="spaces"),
    )


def _filled(level: FollowLevel | None) -> FollowForm:
    return FollowForm(formdata=None, data={"level": (level or FollowLevel.ANSWERS).value})


def _back() -> str | None:
    return links.own_path(request.form.get("next"))
