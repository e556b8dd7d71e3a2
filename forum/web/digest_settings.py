"""The page where a member chooses her digest, with the letter as it would be now."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for

from forum.domain.digests import digests, subscriptions
from forum.domain.spaces import spaces
from forum.infra import clock
from forum.infra.i18n import _
from forum.models.subscriptions import Frequency
from forum.web.forms import errors_on
from forum.web.forms.digest import DigestForm
from forum.web.http.access import members, open_to
from forum.web.http.current_user import viewer
from forum.web.settings import bp

__all__ = ["bp"]


@bp.get("/settings/digest")
@open_to(members)
def digest() -> Any:
    """The choice as it stands, and a preview."""
    wishes = subscriptions.preferences_of(viewer().id)
    form = DigestForm(
        spaces.of_member(viewer()),
        frequency=wishes.frequency.value if wishes else None,
        spaces=sorted(wishes.space_ids) if wishes else [],
        axes=sorted(wishes.axes) if wishes else [],
    )
    return _page(form)


@bp.post("/settings/digest")
@open_to(members)
def choose_digest() -> Any:
    """Keep the choice."""
    form = DigestForm(spaces.of_member(viewer()))
    if form.validate():
        with errors_on(form):
            frequency = Frequency(form.frequency.data)
            subscriptions.choose(
                viewer(), frequency=frequency, space_ids=form.spaces.data, axes=form.axes.data
            )
            flash(_chosen(frequency), "ok")
            return redirect(url_for("settings.digest"), 303)
    return _page(form), 422


def _chosen(frequency: Frequency) -> str:
    if frequency == Frequency.NEVER:
        return _("You get no digest.")
    return _("Your choice is kept. This is what your letter looks like.")


def _page(form: DigestForm) -> str:
    wishes = subscriptions.preferences_of(viewer().id)
    letter = digests.preview(viewer())
    example = letter.ends_at < clock.now() - timedelta(days=1)
    return render_template("settings/digest.html", form=form, letter=letter, wishes=wishes, example=example)
