"""The page on which a member chooses their digest, with the letter as it would be now."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.digests import digests, subscriptions
from forum.domain.spaces import spaces
from forum.infra import clock
from forum.infra.i18n import _
from forum.models.subscriptions import Delivery, Frequency, LessonChoice
from forum.web.forms import errors_on
from forum.web.forms.digest import DigestForm
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.settings import bp

__all__ = ["bp"]


@bp.get("/settings/digest")
@open_to(members)
def digest() -> ResponseReturnValue:
    """Show the choice as it stands, and a preview."""
    preferences = subscriptions.preferences_of(actor().id)
    form = DigestForm(
        spaces.of_member(actor()),
        frequency=preferences.frequency.value if preferences else None,
        spaces=_wanted(preferences.spaces) if preferences else [],
        axes=_wanted(preferences.axes) if preferences else [],
    )
    return _page(form)


@bp.post("/settings/digest")
@open_to(members)
def choose_digest() -> ResponseReturnValue:
    """Store the choice."""
    form = DigestForm(spaces.of_member(actor()))
    if form.validate():
        with errors_on(form):
            frequency = Frequency(form.frequency.data)
            wanted = form.spaces.data
            subscriptions.choose(
                actor(),
                frequency=frequency,
                spaces={
                    space_id: Delivery.DIGEST if space_id in wanted else Delivery.NOTHING
                    for space_id in actor().roles
                    if wanted
                },
                axes=dict.fromkeys(form.axes.data, Delivery.DIGEST),
                elsewhere=Delivery.NOTHING if wanted else Delivery.DIGEST,
                lessons=LessonChoice.AXES if form.axes.data else LessonChoice.ALL,
            )
            flash(_confirmation(frequency), "ok")
            return redirect(url_for("settings.digest"), 303)
    return _page(form), 422


def _wanted(subscribed: Mapping[Any, Delivery]) -> list[Any]:
    return sorted(key for key, delivery in subscribed.items() if delivery != Delivery.NOTHING)


def _confirmation(frequency: Frequency) -> str:
    if frequency == Frequency.NEVER:
        return _("You get no digest.")
    return _("Your choice is saved. This is what your e-mail looks like.")


def _page(form: DigestForm) -> str:
    preferences = subscriptions.preferences_of(actor().id)
    letter = digests.preview(actor())
    example = letter.ends_at < clock.now() - timedelta(days=1)
    return render_template(
        "settings/digest.html", form=form, letter=letter, wishes=preferences, example=example
    )
