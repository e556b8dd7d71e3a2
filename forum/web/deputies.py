"""Who stands in for the only moderator of a space, where a post is their own."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.desk import deputy_desk, waiting
from forum.domain.spaces import deputies, spaces
from forum.infra.i18n import _
from forum.policy.errors import NotFound
from forum.web.forms import errors_on
from forum.web.forms.post_reports import DeputyForm
from forum.web.http import transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

bp = Blueprint("deputies", __name__)


@bp.get("/deputy")
@open_to(members)
def mine() -> ResponseReturnValue:
    spaces_of = deputy_desk.of(actor())
    if not spaces_of:
        raise NotFound
    if not actor().moderates:
        g.on_desk = min(sum(one.number for one in spaces_of), waiting.MOST)
    return render_template("moderation/deputy_of.html", spaces=spaces_of)


@bp.get("/spaces/<slug>/moderation/deputy")
@open_to(members)
def show(slug: str) -> ResponseReturnValue:
    return _page(slug, DeputyForm(formdata=None))


@bp.post("/spaces/<slug>/moderation/deputy")
@form_method
@open_to(members)
def name(slug: str) -> ResponseReturnValue:
    space, form = spaces.by_slug(actor(), slug), DeputyForm()
    if form.validate():
        with errors_on(form):
            deputies.name(actor(), space.id, handle=form.handle.data or "")
            flash(_("Saved. Your deputy is told."), "ok")
            return redirect(url_for(".show", slug=slug), 303)
    transactions.only_look()
    return _page(slug, form), 422


@name.delete
@open_to(members)
def end(slug: str) -> ResponseReturnValue:
    deputies.end(actor(), spaces.by_slug(actor(), slug).id)
    flash(_("This space has no deputy now."), "ok")
    return redirect(url_for(".show", slug=slug), 303)


def _page(slug: str, form: DeputyForm) -> str:
    space = spaces.by_slug(actor(), slug)
    standing = deputies.standing(actor(), space.id)
    return render_template("moderation/deputy.html", space=space, standing=standing, form=form)
