"""The words that are watched for: in a space for its moderators, in the network for its editors."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.held_posts import watching
from forum.domain.spaces import spaces
from forum.infra.i18n import _
from forum.models.held import Watch
from forum.web.forms import errors_on
from forum.web.forms.held import WatchForm
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_delete

bp = Blueprint("watched_words", __name__)


@bp.get("/watched-words")
@open_to(members)
def of_network() -> ResponseReturnValue:
    return _page(None, WatchForm(formdata=None))


@bp.post("/watched-words")
@open_to(members)
def add_to_network() -> ResponseReturnValue:
    return _added(None)


@bp.post("/watched-words/<int:word_id>")
@form_delete()
@open_to(members)
def remove_from_network(word_id: int) -> ResponseReturnValue:
    return _removed(None, word_id)


@bp.get("/spaces/<slug>/watched-words")
@open_to(members)
def of_space(slug: str) -> ResponseReturnValue:
    return _page(spaces.by_slug(actor(), slug), WatchForm(formdata=None))


@bp.post("/spaces/<slug>/watched-words")
@open_to(members)
def add(slug: str) -> ResponseReturnValue:
    return _added(spaces.by_slug(actor(), slug))


@bp.post("/spaces/<slug>/watched-words/<int:word_id>")
@form_delete()
@open_to(members)
def remove(slug: str, word_id: int) -> ResponseReturnValue:
    return _removed(spaces.by_slug(actor(), slug), word_id)


def _added(space: Any) -> ResponseReturnValue:
    form, space_id = WatchForm(), space.id if space else None
    if form.validate():
        with errors_on(form):
            watching.add(actor(), space_id, word=form.word.data or "", watch=Watch(form.watch.data))
            flash(_("Watched for in every post from now on."), "ok")
            return redirect(_address(space), 303)
    return _page(space, form), 422


def _removed(space: Any, word_id: int) -> ResponseReturnValue:
    watching.remove(actor(), space.id if space else None, word_id)
    flash(_("Watched for no more."), "ok")
    return redirect(_address(space), 303)


def _page(space: Any, form: WatchForm) -> str:
    space_id = space.id if space else None
    sentence = request.args.get("sentence", "")[: watching.SENTENCE_MAX]
    return render_template(
        "held/watched_words.html",
        space=space,
        form=form,
        words=watching.every(actor(), space_id),
        most=watching.MOST,
        sentence=sentence,
        found=watching.tried(actor(), space_id, sentence) if sentence else [],
        address=_address(space),
    )


def _address(space: Any) -> str:
    return url_for(".of_space", slug=space.slug) if space else url_for(".of_network")
