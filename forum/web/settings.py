"""A member's own settings: profile, capacities, password, devices, language and theme."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from forum.domain.people import affirmations, passwords, profiles
from forum.domain.people import sessions as device_sessions
from forum.infra import days, i18n
from forum.infra.i18n import _
from forum.policy.answering import speaks_for_city
from forum.web.forms import errors_on
from forum.web.forms.settings import CapacityForm, PasswordForm, ProfileForm, WordsForm
from forum.web.http import transactions, unread
from forum.web.http.access import anyone, open_to, signed_in
from forum.web.http.current_user import actor, device_secret, viewer
from forum.web.http.links import own_path

bp = Blueprint("settings", __name__)
FEW = 3


@bp.get("/settings/profile")
@open_to(signed_in)
def profile() -> ResponseReturnValue:
    unread.opened("capacity_confirmed", "capacity_refused", "capacity_ended")
    return _profile(_filled_form(), _new_capacity())


@bp.post("/settings/profile")
@open_to(signed_in)
def save_profile() -> ResponseReturnValue:
    form = ProfileForm(actor().timezone)
    if form.validate():
        with errors_on(form):
            profiles.save(actor(), **_values(form))
            with i18n.force_locale(form.locale.data or i18n.locale()):  # the page that comes is in this one
                flash(_("Your profile is saved."), "ok")
            return redirect(url_for("settings.profile"), 303)
    return _profile(form, _new_capacity()), 422


@bp.post("/settings/capacities")
@open_to(signed_in)
def add_capacity() -> ResponseReturnValue:
    form = CapacityForm()
    if form.validate():
        with errors_on(form):
            added = profiles.add_capacity(actor(), starts_on=form.starts_on.data, **form.capacity())
            flash(
                _("From now on this is shown beside what you write.")
                if added.confirmed_at
                else _("Added. It counts once somebody confirms it: you see here how it stands."),
                "ok",
            )
            return redirect(url_for("settings.profile", _anchor="capacities"), 303)
    return _profile(_filled_form(), form), 422


@bp.post("/settings/capacities/<int:capacity_id>/function")
@open_to(signed_in)
def reword_capacity(capacity_id: int) -> ResponseReturnValue:
    form = WordsForm(capacity_id)
    if form.validate():
        with errors_on(form):
            before = {one.id for one in profiles.capacities_of(actor())}
            held = profiles.reword_capacity(actor(), capacity_id, function=form.function.data or "")
            if held.id not in before:
                flash(_("Added in the new words. They count once somebody confirms them."), "ok")
            elif held.id != capacity_id:
                flash(
                    _("You have this capacity already, and it is confirmed.")
                    if held.confirmed_at
                    else _("You have this capacity already. It counts once somebody confirms it."),
                    "ok",
                )
            return redirect(url_for("settings.profile", _anchor="capacities"), 303)
    return _profile(_filled_form(), _new_capacity(), words={capacity_id: form}), 422


@bp.post("/settings/capacities/<int:capacity_id>/ending")
@open_to(signed_in)
def end_capacity(capacity_id: int) -> ResponseReturnValue:
    profiles.end_capacity(actor(), capacity_id)
    flash(_("This capacity ends today. It stays beside what you wrote until now."), "ok")
    return redirect(url_for("settings.profile", _anchor="capacities"), 303)


@bp.post("/settings/capacities/<int:capacity_id>/affirmation")
@open_to(signed_in)
def affirm_capacity(capacity_id: int) -> ResponseReturnValue:
    affirmations.affirm(actor(), capacity_id)
    flash(_("Thank you. We ask again in a year."), "ok")
    return redirect(url_for("settings.profile", _anchor="capacities"), 303)


@bp.get("/settings/security")
@open_to(signed_in)
def security() -> ResponseReturnValue:
    return _security(PasswordForm(formdata=None))


@bp.post("/settings/security")
@open_to(signed_in)
def change_password() -> ResponseReturnValue:
    form = PasswordForm()
    if form.validate():
        with errors_on(form):
            with transactions.looking_up():
                new = passwords.new_by_current(
                    actor(), current=form.current.data, password=form.password.data
                )
            passwords.change(new, secret=device_secret())
            flash(_("Your new password is set. All other devices are signed out."), "ok")
            return redirect(url_for("settings.security"), 303)
    return _security(form), 422


@bp.get("/settings/sessions")
@open_to(signed_in)
def sessions() -> ResponseReturnValue:
    devices = device_sessions.devices(actor())
    here = next((device.id for device in devices if device_sessions.is_behind(device, device_secret())), None)
    return render_template("settings/sessions.html", devices=devices, here=here)


@bp.post("/settings/sessions/<int:sign_in_id>/ending")
@open_to(signed_in)
def end_session(sign_in_id: int) -> ResponseReturnValue:
    device_sessions.end(actor(), sign_in_id)
    flash(_("That device is signed out."), "ok")
    return redirect(url_for("settings.sessions"), 303)


@bp.post("/settings/sessions/others/ending")
@open_to(signed_in)
def end_other_sessions() -> ResponseReturnValue:
    device_sessions.end_all(actor().id, but=device_secret())
    flash(_("All other devices are signed out."), "ok")
    return redirect(url_for("settings.sessions"), 303)


@bp.post("/settings/language")
@open_to(signed_in)
def language() -> ResponseReturnValue:
    profiles.set_locale(actor(), request.form.get("locale", ""))
    return redirect(own_path(request.form.get("next")) or url_for("home.index"), 303)


@bp.post("/settings/theme")
@open_to(anyone)
def theme() -> ResponseReturnValue:
    chosen = request.form.get("theme")
    session["theme"] = chosen if chosen in profiles.THEMES else None
    if (who := viewer()) is not None:
        profiles.set_theme(who, chosen)
    return redirect(own_path(request.form.get("next")) or url_for("home.index"), 303)


def _security(form: PasswordForm) -> str:
    devices = device_sessions.devices(actor())[:FEW]
    return render_template("settings/security.html", form=form, devices=devices)


def _profile(
    form: ProfileForm, capacity_form: CapacityForm, words: Mapping[int, WordsForm] | None = None
) -> str:
    asked = affirmations.with_due(actor())
    capacities = [capacity for capacity, _due in asked]
    open_ones = [one for one in capacities if one.ends_on is None and one.refused_at is None]
    own = {one.id: WordsForm(one.id, formdata=None, data={"function": one.function}) for one in open_ones}
    return render_template(
        "settings/profile.html",
        form=form,
        capacity_form=capacity_form,
        capacities=capacities,
        words=own | dict(words or {}),
        due={capacity.id for capacity, due in asked if due},
        of_city={one.id for one in capacities if speaks_for_city(one.body, one.city)},
        today=days.today(actor().timezone),
    )


def _filled_form() -> ProfileForm:
    who = actor()
    data = {
        "name": who.name,
        "locale": who.locale or "",
        "timezone": who.timezone,
        "theme": who.theme or "",
        "shortcuts": who.shortcuts,
    }
    return ProfileForm(who.timezone, formdata=None, data=data)


def _new_capacity() -> CapacityForm:
    return CapacityForm(formdata=None, starts_on=days.today(actor().timezone))


def _values(form: ProfileForm) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "locale": form.locale.data or None,
        "timezone": form.timezone.data,
        "theme": form.theme.data or None,
        "shortcuts": form.shortcuts.data,
    }
