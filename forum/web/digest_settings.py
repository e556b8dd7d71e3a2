"""The page on which a member chooses their digest, with the mail as it would be now."""

from datetime import timedelta
from typing import Any

from flask import (
    Response,
    current_app,
    flash,
    get_template_attribute,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from forum.domain.digests import digests, subscriptions
from forum.domain.digests.offers import Offers, offers
from forum.domain.digests.subscriptions import DigestPreferences
from forum.domain.themes import tags
from forum.infra import clock
from forum.infra.paging import LARGEST
from forum.models.subscriptions import Delivery, Frequency, LessonChoice
from forum.policy.errors import NotFound
from forum.web.forms import errors_on
from forum.web.forms.digest import EVERYTHING, UNREAD, DigestForm, digest_form, with_present_tags
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.mailbox import LETTER_POLICY, for_a_frame
from forum.web.settings import bp

__all__ = ["bp"]
PREVIEW = "digest_preview"  # in `extensions`: makes the mail of an actor, as the worker does


@bp.get("/settings/digest")
@open_to(members)
def digest() -> ResponseReturnValue:
    """Show the choice as it stands, and a preview."""
    preferences = _preferences()
    found = _offers(preferences)
    return _page(digest_form(found, _values(preferences, found)), found, preferences)


@bp.post("/settings/digest")
@open_to(members)
def choose_digest() -> ResponseReturnValue:
    """Store the choice, or with `preview` only show its mail. What a form does not have stays as it is."""
    preferences = _preferences()
    found = _offers(preferences)
    form = digest_form(found, _values(preferences, found), formdata=with_present_tags(request.form))
    if form.validate():
        with errors_on(form):
            if "preview" in request.form:
                return _page(form, found, preferences, _as_if_chosen(form))
            subscriptions.choose(actor(), **_chosen(form))
            flash(_confirmation(), "ok")
            return redirect(url_for("settings.digest"), 303)
    return _page(form, found, preferences), 422


@bp.get("/settings/digest/letter")
@open_to(members)
def digest_letter() -> ResponseReturnValue:
    """Show the mail as it would be now by itself: its HTML, or with `part=text` its plain text.

    With fields of the form, as it would be with that choice; nothing is stored.
    """
    letter = current_app.extensions[PREVIEW](actor(), _asked_choice())
    if letter.digest.is_empty:
        raise NotFound
    if request.args.get("part") == "text":
        return Response(letter.text, content_type="text/plain; charset=utf-8")
    # The mail to the letter; a browser that shows it in our page is told where its links open.
    html = for_a_frame(letter.html) if request.headers.get("Sec-Fetch-Dest") == "iframe" else letter.html
    headers = {"Content-Security-Policy": LETTER_POLICY, "Vary": "Sec-Fetch-Dest"}
    return Response(html, content_type="text/html; charset=utf-8", headers=headers)


def _asked_choice() -> DigestPreferences | None:
    if "frequency" not in request.args:
        return None
    preferences = _preferences()
    found = _offers(preferences)
    sent = with_present_tags(request.args)
    form = digest_form(found, _values(preferences, found), formdata=sent, meta={"csrf": False})
    if form.validate():
        with errors_on(form):
            return _as_if_chosen(form)
    raise NotFound


def _as_if_chosen(form: DigestForm) -> DigestPreferences:
    return subscriptions.as_if_chosen(actor(), **_chosen(form))


def _preferences() -> DigestPreferences:
    return subscriptions.preferences_of_many([actor().id])[actor().id]


def _offers(preferences: DigestPreferences) -> Offers:
    return offers(actor(), preferences, also_thread=_asked_thread())


def _asked_thread() -> int | None:
    """The thread from which a link led here, to choose about it."""
    thread_id = request.args.get("thread", type=int)
    return thread_id if thread_id is not None and 0 < thread_id <= LARGEST else None


def _values(preferences: DigestPreferences, found: Offers) -> dict[str, Any]:
    of_rows = {
        **{f"own_spaces_{key}": how for key, how in preferences.spaces.items()},
        **{f"spaces_{key}": how for key, how in preferences.spaces.items()},
        **{f"axes_{key}": how for key, how in preferences.axes.items()},
        **{f"tags_{key}": how for key, how in preferences.tags.items()},
        **{f"threads_{key}": how for key, how in preferences.threads.items()},
    }
    return {
        **{name: how.value for name, how in of_rows.items()},
        "frequency": preferences.frequency.value if preferences.chosen_at else None,
        "weekday": preferences.weekday,
        "hour": preferences.hour,
        "locale": preferences.locale or "",
        "only_unread": UNREAD if preferences.only_unread else EVERYTHING,
        "lessons": preferences.lessons.value,
        "elsewhere": preferences.elsewhere.value,
    }


def _chosen(form: DigestForm) -> dict[str, Any]:
    typed = tags.clean(tags.split(form.new_tags.data or ""))
    return {
        "frequency": Frequency(form.frequency.data),
        "weekday": form.weekday.data,
        "hour": form.hour.data,
        "locale": form.locale.data or None,
        "only_unread": form.only_unread.data == UNREAD,
        "lessons": LessonChoice(form.lessons.data),
        "elsewhere": Delivery(form.elsewhere.data),
        # That their own spaces stand in the digest needs no saying.
        "spaces": form.chosen("own_spaces", unless=Delivery.DIGEST) | form.chosen("spaces"),
        "axes": form.chosen("axes"),
        "tags": form.chosen("tags"),
        "typed": dict.fromkeys(typed, Delivery(form.new_tags_delivery.data)),
        "threads": form.chosen("threads"),
    }


def _confirmation() -> str:
    """When the next one comes, if ever, with a link to the preview: the page that follows makes it."""
    sentence: str = get_template_attribute("settings/_chosen.html", "chosen")(digests.next_at(actor()))
    return sentence


def _page(
    form: DigestForm,
    found: Offers,
    preferences: DigestPreferences,
    tried: DigestPreferences | None = None,
) -> str:
    """`tried`: a choice that is not stored, whose mail is shown."""
    letter = current_app.extensions[PREVIEW](actor(), tried)
    example = letter.digest.ends_at < clock.now() - timedelta(days=1)
    changed = sum(space.id in preferences.spaces for space in found.other_spaces)
    return render_template(
        "settings/digest.html",
        form=form,
        letter=letter,
        chosen=preferences.chosen_at is not None,
        tried=form.changes if tried else {},
        never=(tried or preferences).frequency == Frequency.NEVER,
        example=example,
        as_if_new=preferences.chosen_at is None and tried is None,
        others_chosen=changed,
        thread=_asked_thread(),
    )
