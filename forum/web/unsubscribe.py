"""Stop mail from a link in it: without signing in, at once, one kind only, and never by a GET.

Mails are forwarded, so whoever has the link reads and changes how often the digest comes and what is stopped, and
nothing else: no names of spaces or threads, nothing of what stands in a mail.
"""

from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.digests import link_changes, subscriptions
from forum.domain.inbox import own_stops
from forum.domain.mailing import notice_choices, stops
from forum.domain.mailing.stops import DIGEST, Stop
from forum.domain.people import mail_links
from forum.infra.i18n import _
from forum.infra.rates import TooOften
from forum.models.subscriptions import Delivery, Frequency
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.web.accounts import address
from forum.web.forms.notices import LinkForm
from forum.web.http import transactions, waiting
from forum.web.http.access import anyone, open_to
from forum.web.http.current_user import viewer
from forum.web.http.origins import by_link_alone

bp = Blueprint("unsubscribe", __name__)


@bp.errorhandler(NotFound)
def broken(_error: NotFound) -> ResponseReturnValue:
    """Say of a link that was cut, or is none of ours, that nothing changed and what to do."""
    transactions.only_look()
    return render_template("unsubscribe/broken.html"), 404


@bp.get("/unsubscribe/<token>")
@open_to(anyone)
def show(token: str) -> ResponseReturnValue:
    """Show a page with a button. Mail scanners follow links, so a GET changes nothing."""
    member_id = mail_links.unsubscribing(token).member_id
    if not mail_links.is_account(member_id):
        return render_template("unsubscribe/gone.html")
    choice = subscriptions.choice_of(member_id)
    frequency = choice.frequency.value if choice is not None else None
    stopped = sorted(notice_choices.stopped_by(member_id))
    return _page(token, LinkForm(formdata=None, frequency=frequency, stopped=stopped))


@bp.post("/unsubscribe/<token>")
@open_to(anyone)
@by_link_alone  # mail clients press this button themselves (RFC 8058)
def stop(token: str) -> ResponseReturnValue:
    """Stop at once. The answer is a page, not a redirect: mail clients do not follow one."""
    asked = mail_links.unsubscribing(token)
    undo_token = link_changes.stop(asked.member_id, asked.stop, by=_themself(asked.member_id))
    return render_template(
        "unsubscribe/done.html", token=token, stop=stops.named(asked.stop), undo_token=undo_token
    )


@bp.post("/unsubscribe/<token>/undo")
@open_to(anyone)
def undo(token: str) -> ResponseReturnValue:
    """Take back what this link stopped: what came of that list comes as it did, and nothing else changes."""
    asked = mail_links.unsubscribing(token)
    counted = None if _themself(asked.member_id) else address()
    try:
        with _noted(asked.member_id):
            is_done = link_changes.undo(
                asked.member_id, asked.stop, request.form.get("undo", ""), address=counted
            )
    except TooOften as error:
        nothing = _(
            "Nothing was changed. Without signing in, what was stopped can be turned on again only so often in a day."
        )
        flash(_refusal(nothing, error.retry_after), "care")
    else:
        if is_done:
            flash(_("You get the same by e-mail as before."), "ok")
        else:
            flash(
                _("Nothing was changed: this can be taken back for a day, until something else is chosen."),
                "care",
            )
    return redirect(url_for(".show", token=token), 303)


@bp.post("/unsubscribe/<token>/choices")
@open_to(anyone)
def choose(token: str) -> ResponseReturnValue:
    """Keep how often the digest comes and what is stopped."""
    member_id = mail_links.unsubscribing(token).member_id
    form = LinkForm()
    if not form.validate():
        return _page(token, form), 422
    frequency = Frequency(form.frequency.data) if form.frequency.data else None
    stopped = _with_others(member_id, form.stopped.data)
    if _themself(member_id):
        refused_for = 0.0
        link_changes.keep(member_id, frequency, stopped)
    else:
        refused_for = link_changes.choose(member_id, frequency, stopped, address=address())
    if refused_for:
        only = _(
            "Without signing in, e-mails can be turned on again or come in another rhythm only so often in a day. "
            "What you stopped is saved, and nothing else."
        )
        flash(_refusal(only, refused_for), "care")
    else:
        flash(_("Your choice is saved."), "ok")
    return redirect(url_for(".show", token=token), 303)


def _with_others(member_id: int, stopped: Collection[str]) -> set[str]:
    """What is stopped, also of what the page does not show to this member."""
    shown = {stop.name for stop in _offered(member_id)}
    others = own_stops.others(member_id, shown, stops_all=shown <= {*stopped})
    return {*stopped} | {name for name, how in others.items() if how == Delivery.NOTHING}


def _offered(member_id: int) -> list[Stop]:
    """Those that can reach the member; all to whoever is not signed in: which are there tells nothing of the member."""
    return own_stops.offered(_themself(member_id))


def _refusal(what: str, seconds: float) -> str:
    otherwise = _("Or sign in, and choose in your settings what you want to receive.")
    return " ".join((what, waiting.in_words(seconds), otherwise))


def _themself(member_id: int) -> Actor | None:
    """The member, when it is they who are signed in here."""
    who = viewer()
    return who if who is not None and who.id == member_id else None


def _noted(member_id: int) -> AbstractContextManager[None]:
    """Let the member be told, unless it is they who do it."""
    return nullcontext() if _themself(member_id) else link_changes.noted(member_id)


def _page(token: str, form: LinkForm) -> str:
    asked = mail_links.unsubscribing(token)
    stopped = notice_choices.stopped_by(asked.member_id)
    choice = subscriptions.choice_of(asked.member_id)
    if choice is not None and choice.frequency == Frequency.NEVER:
        stopped.add(DIGEST)
    form.show_only(_offered(asked.member_id))
    return render_template(
        "unsubscribe/show.html",
        token=token,
        form=form,
        stop=stops.named(asked.stop),
        is_stopped=set(stops.parts(asked.stop)) <= stopped,
    )
