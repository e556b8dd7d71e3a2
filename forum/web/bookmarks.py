"""What a member keeps for themselves: the list, and one post with its note."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.threads import bookmarks, posts
from forum.infra.i18n import _
from forum.policy.errors import NotFound
from forum.web.forms import errors_on
from forum.web.forms.bookmarks import BookmarkForm
from forum.web.http import links
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

bp = Blueprint("bookmarks", __name__)


@bp.get("/bookmarks")
@open_to(members)
def index() -> ResponseReturnValue:
    cursor = request.args.get("after")
    page = bookmarks.page(actor(), cursor=cursor)
    return render_template(
        "bookmarks/index.html",
        page=page,
        acts=bookmarks.last_taken(actor()),
        older=url_for(".index", after=page.next_cursor) if page.next_cursor else None,
        newer=url_for(".index") if cursor else None,
    )


@bp.get("/posts/<int:post_id>/bookmark")
@open_to(members)
def ask(post_id: int) -> ResponseReturnValue:
    kept = bookmarks.one(actor(), post_id)
    return _question(post_id, BookmarkForm(formdata=None, note=kept.note if kept else ""), kept)


@bp.post("/posts/<int:post_id>/bookmark")
@form_method
@open_to(members)
def keep(post_id: int) -> ResponseReturnValue:
    form = BookmarkForm()
    if form.validate():
        with errors_on(form):
            bookmarks.keep(actor(), post_id, note=form.note.data or "")
            flash(_("Kept. Only you see it, in your settings under “What you keep”."), "ok")
            return redirect(_back(post_id), 303)
    return _question(post_id, form, bookmarks.one(actor(), post_id)), 422


@keep.delete
@open_to(members)
def take_away(post_id: int) -> ResponseReturnValue:
    bookmarks.take_away(actor(), post_id)
    flash(_("You no longer keep this."), "ok")
    return redirect(url_for(".index"), 303)


def _question(post_id: int, form: BookmarkForm, kept: bookmarks.Kept | None) -> str:
    return render_template(
        "bookmarks/keep.html",
        post_id=post_id,
        form=form,
        kept=kept,
        back=_back(post_id),
        came_from=_came_from(),
    )


def _back(post_id: int) -> str:
    """Return where the member was: the page that the form names, as the list does, or the post that they read.

    The list, where they can read that no longer.
    """
    if came_from := _came_from():
        return came_from
    try:
        thread, post = posts.place(actor(), post_id)
    except NotFound:
        return url_for(".index")
    return links.to_thread(thread, number=post.number)


def _came_from() -> str | None:
    return links.own_path(request.values.get("next"))
