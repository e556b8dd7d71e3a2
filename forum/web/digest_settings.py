"""The page where a member chooses her digest, with the letter as it would be now."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for

from forum.domain.digests import digests, subscriptions
from forum.infra import clock
from forum.infra.i18n import _
from forum.models.subscriptions import Frequency
from forum.policy.errors import Invalid
from forum.web.forms import attach
from forum.web.forms.digest import DigestForm
from forum.web.http.access import members, open_to
from forum.web.http.current_user import viewer
from forum.web.settings import bp

__all__ = ["bp"]


@bp.get("/settings/digest")
@open_to(members)
def digest() -> Any:
    """The choice as it stands, and a preview."""
    wishes = subscriptions.wishes_of(viewer().id)
    form = DigestForm(
        subscriptions.my_spaces(viewer()),
        frequency=wishes.frequency.value if wishes else None,
        spaces=sorted(wishes.space_ids) if wishes else [],
        axes=sorted(wishes.axes) if wishes else [],
    )
    return _page(form)


@bp.post("/settings/digest")
@open_to(members)
def choose_digest() -> Any:
    """Keep the choice."""
    form = DigestForm(subscriptions.my_spaces(viewer()))
    if not (form.validate_on_submit() and _keep(form)):
        return _page(form), 422
    never = form.frequency.data == Frequency.NEVER
    flash(
        _("You get no digest.") if never else _("Your choice is kept. This is what your letter looks like."),
        "ok",
    )
    return redirect(url_for("settings.digest"), 303)


def _keep(form: DigestForm) -> bool:
    frequency = Frequency(form.frequency.data)
    try:
        subscriptions.choose(viewer(), frequency=frequency, space_ids=form.spaces.data, axes=form.axes.data)
    except Invalid as error:
        attach(form, error)
        return False
    return True


def _page(form: DigestForm) -> str:
    wishes = subscriptions.wishes_of(viewer().id)
    letter = digests.preview(viewer())
    example = letter.ends_at < clock.now() - timedelta(days=1)
    return render_template("settings/digest.html", form=form, letter=letter, wishes=wishes, example=example)
