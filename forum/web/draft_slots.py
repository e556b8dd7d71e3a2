"""What a form that keeps drafts is drawn with: its key, the draft that was opened in it, and another one to offer."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import flash, redirect, request, url_for
from werkzeug.datastructures import MultiDict

from forum.domain import draft_places
from forum.domain.draft_places import CLAIM_CHANGE, FORMS
from forum.domain.drafts import acceptance, drafts
from forum.domain.drafts.views import DraftView, Place, Subject
from forum.infra.i18n import _
from forum.infra.paging import LARGEST, id_of
from forum.infra.rates import TooOften
from forum.models.drafts import Draft
from forum.policy.actors import Actor
from forum.policy.errors import DomainError, Forbidden, NotFound
from forum.web.draft_endpoints import ENDPOINTS
from forum.web.http import transactions
from forum.web.http.current_user import actor, viewer


@dataclass(frozen=True, slots=True)
class Slot:
    """One form on one page: `key` is its sending, `revision` the state of the draft that its words are based on."""

    form: str
    subject: int
    key: str
    revision: int = 0
    opened: Draft | None = None  # the draft that the form is filled with
    is_asked: bool = False  # the address named it, so that whoever comes goes on with it
    offer: Draft | None = None  # another one for the same form, to go on with
    thrown_id: int | None = None  # what was just thrown away here
    is_answer: bool = False  # the form was sent and comes back, with what the forum says about it

    @property
    def name(self) -> str:
        """Return what scripts know the form by."""
        return f"{self.form}:{self.subject}"

    @property
    def draft_id(self) -> int | None:
        """Return the id of the draft that was opened."""
        return self.opened.id if self.opened else None

    @property
    def offer_words(self) -> str:
        """Return the title or the first words of the draft that is offered."""
        return draft_places.name_of(self.form, self.offer.fields) if self.offer else ""

    @property
    def other_words(self) -> str:
        """Return the first words of the other copy of the draft that was opened (a query, where there is one)."""
        if self.opened is None or self.opened.other_at is None:
            return ""
        return draft_places.first_words(self.form, self.opened.other_fields or {})


def slot(form: str, subject_id: int, *, begun: bool = True) -> Slot:
    """Return the slot of the one form of a page that its reader may enter (a query, none for a form that was sent)."""
    return slots([Subject(form, subject_id)], begun=begun)[Subject(form, subject_id)]


def slots(subjects: Iterable[Subject], *, begun: bool = True) -> dict[Subject, Slot]:
    """Return the slots of all forms of a page that its reader may enter (one query, none when one of them was sent).

    A form that was sent and comes back keeps its key, and with it its draft. Otherwise the draft named in the address
    is opened in its form, or the newest one where the form resumes; the newest other one is offered.
    Not `begun`: the page knows that there is no draft.
    """
    asked = list(subjects)
    who = viewer()
    if who is None or request.method == "POST":
        return {subject: _sent(subject) for subject in asked}
    kept = drafts.about(who, asked) if begun else []
    wanted, thrown = draft_in_address("draft"), _thrown(who)
    return {subject: _opened(subject, kept, wanted, thrown) for subject in asked}


def fill(form: Callable[..., Any], opened: Slot, **more: Any) -> Any:
    """Return a form with the words of the draft that was opened in it; None when there is none."""
    if opened.opened is None:
        return None
    return form(formdata=MultiDict({**opened.opened.fields, **more, "idempotency_key": opened.key}))


def accepted(form: str, subject_id: int) -> None:
    """The form of this request was accepted: its draft goes; other words in it stay, and the next page says so."""
    remains = acceptance.accept(
        actor(),
        Subject(form, subject_id),
        request.form.get("idempotency_key", ""),
        draft_places.texts_of(form, request.form.getlist),
        revision=_sent_number("draft_revision") or 0,
    )
    if remains:
        flash(_("What you typed elsewhere for this form, and did not send, is kept in your drafts."), "care")


def _sent_subject() -> Subject:
    """Return what the form of this request is about; NotFound for a form that keeps no drafts."""
    form, subject_id = request.form.get("draft_form", ""), request.form.get("draft_subject", type=int)
    if form not in FORMS or subject_id is None or not 0 < subject_id <= LARGEST:
        raise NotFound
    return Subject(form, subject_id)


def draft_in_address(name: str) -> int | None:
    """Return the id of a draft that the address of this page has; None for anything else."""
    number = request.args.get(name, type=int)
    return number if number is not None and 0 < number <= LARGEST else None


def _sent_number(name: str) -> int | None:
    """Return a number that a form carries along; None for anything else."""
    number = request.form.get(name, type=int)
    return number if number is not None and 0 <= number <= LARGEST else None


def opened_beside(draft_id: int) -> int | None:
    """Return the draft that is open in the form beside which this one was thrown away or put back; None for none.

    The form says so, or, for a draft that was begun there since, the address of the page.
    """
    said = urlsplit(request.referrer or "").query
    found = _sent_number("stay") or parse_qs(said).get("draft", [""])[0]
    number = id_of(str(found))
    return number if number and number != draft_id else None


def keep() -> DraftView | None:
    """Keep the words of the form of this request; errors as `drafts.keep`."""
    subject = _sent_subject()
    base = FORMS[subject.form].base
    return drafts.keep(
        actor(),
        subject,
        request.form.get("idempotency_key", ""),
        draft_places.fields_of(subject.form, request.form.getlist),
        revision=_sent_number("draft_revision") or 0,
        base_revision=_sent_number(base) if base else None,
        age=timedelta(seconds=_sent_number("draft_age") or 0),
        enter=draft_places.places,
    )


def kept() -> DraftView | None:
    """Keep the words of a form that was refused, and return their draft; None where that could not be done."""
    try:
        return keep()
    except (DomainError, TooOften):
        return None


def kept_when_refused(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a view that answers a form keep the words that their writer may not send any more, and show them to copy."""

    @wraps(view)
    def kept_or_refused(**values: Any) -> Any:
        try:
            return view(**values)
        except Forbidden:
            transactions.undo()
            transactions.begin_writing()
            draft = kept()
            if draft is None:
                raise
            flash(_("Not sent. What you wrote is kept in your drafts."), "care")
            return redirect(url_for("drafts.show", draft_id=draft.id), 303)

    return kept_or_refused


def kept_before(form: str, subject_id: int) -> Draft | None:
    """Return the draft of the sending of this request, whatever stands in the form now; None when there is none."""
    key, about = request.form.get("idempotency_key"), drafts.about(actor(), [Subject(form, subject_id)])
    return next((draft for draft in about if draft.idempotency_key == key), None)


def leave(form: str, subject_id: int, *, is_changed: bool) -> dict[str, Any]:
    """Throw away what was typed in the form of this request, which for a day can be put back: its writer cancelled.

    Return what the address of the page to which they come back says of it, for `left`.
    """
    draft = kept() if is_changed else kept_before(form, subject_id)
    return {"thrown": drafts.discard(actor(), draft.id).id, "_anchor": "thrown"} if draft is not None else {}


def left(*forms: str) -> int | None:
    """Return the draft of one of these forms that its writer just gave up, for the page that they come back to."""
    who = viewer()
    thrown = _thrown(who) if who is not None else None
    if thrown is None or thrown.subject is None or thrown.subject.form not in forms:
        return None
    return thrown.id


def unsendable() -> str | None:
    """Return the address of the words of the draft that this page should open, when they cannot be sent at present."""
    draft_id, who = draft_in_address("draft"), viewer()
    if draft_id is None or who is None:
        return None
    try:
        draft = drafts.one(who, draft_id, enter=draft_places.places)
    except NotFound:
        return None
    return None if draft.place is None or draft.place.may_write else address(draft)


def address(draft: DraftView, opened: int | None = None) -> str:
    """Return the address of the form of a draft, or of its words where it cannot be sent; "" where nothing is told.

    `opened` is another draft of the same form, to be open in it.
    """
    if draft.subject is None or draft.place is None:
        return ""
    if not draft.place.may_write:
        return url_for("drafts.show", draft_id=draft.id)
    return form_address(draft.subject, draft.place, draft=opened or draft.id)


def form_address(subject: Subject, place: Place, **query: Any) -> str:
    """Return the address of the form about a subject."""
    endpoint, values = ENDPOINTS[subject.form]
    values = {**values, **place.address}
    if subject.form == CLAIM_CHANGE:
        values |= {"claim": values.pop("claim_id"), "_anchor": f"claim-{subject.id}"}
    return url_for(endpoint, **(values | query))


def _sent(subject: Subject) -> Slot:
    form, subject_id = request.form.get("draft_form", subject.form), request.form.get("draft_subject")
    key = request.form.get("idempotency_key", "")
    if (form, subject_id or str(subject.id)) != (subject.form, str(subject.id)) or not drafts.KEY.fullmatch(
        key
    ):
        return Slot(*subject, str(uuid.uuid4()))
    return Slot(*subject, key, _sent_number("draft_revision") or 0, is_answer=True)


def _thrown(who: Actor) -> DraftView | None:
    """What the address of this page says was just thrown away, if it was."""
    draft_id = draft_in_address("thrown")
    return drafts.thrown_away(who, draft_id, enter=draft_places.places) if draft_id is not None else None


def _opened(subject: Subject, kept: list[Draft], wanted: int | None, thrown: DraftView | None) -> Slot:
    own = [draft for draft in kept if (draft.form, draft.subject_id) == subject]
    asked = next((draft for draft in own if draft.id == wanted), None)
    draft = own[0] if asked is None and own and FORMS[subject.form].resumes else asked
    offer = next((other for other in own if other is not draft), None)
    thrown_id = thrown.id if thrown is not None and thrown.subject == subject else None
    if draft is None:
        return Slot(*subject, str(uuid.uuid4()), offer=offer, thrown_id=thrown_id)
    is_asked = asked is not None
    return Slot(*subject, draft.idempotency_key, draft.revision, draft, is_asked, offer, thrown_id)
