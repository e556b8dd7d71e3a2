"""The pages of the workbench as its views draw them, with the drafts of its forms."""

from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from forum.domain.draft_places import CLAIM, CLAIM_CHANGE, LESSON_TEXT
from forum.domain.drafts.views import Subject
from forum.domain.lessons import certainty, giveaways, review_comments
from forum.domain.lessons import holding as lesson_holding
from forum.domain.lessons.unknowns import answers
from forum.domain.lessons.workbench import asking, source_thread
from forum.domain.lessons.workbench import draft as workbench_draft
from forum.domain.lessons.workbench.draft import Shown
from forum.domain.themes import labels
from forum.infra.i18n import _, ngettext
from forum.models.spaces import Audience
from forum.web import draft_slots, holding, reviewers
from forum.web.forms.lesson_text import TextForm
from forum.web.forms.workbench import (
    ClaimForm,
    ExcerptForm,
    Reworded,
    SourceForm,
    SubmissionForm,
)
from forum.web.http.current_user import actor

PARTS = ("claims", "thread", "text", "review")


def workbench(lesson_id: int, *, part: str | None = None, **forms: Any) -> str:
    """Return the workbench of a draft, with the forms that were refused."""
    hands = lesson_holding.hands(actor(), lesson_id)
    if not hands.is_mine:
        return holding.in_other_hands(hands)
    workbench = workbench_draft.workbench(actor(), lesson_id, _shown())
    part = part or request.args.get("part") or ("claims" if workbench.claims else "thread")
    slots = _slots(workbench)
    text_slot = slots[Subject(LESSON_TEXT, lesson_id)]
    saved = workbench.version.saved_count
    text_form = forms.get("text_form") or draft_slots.fill(TextForm, text_slot, saved_count=saved)
    if text_slot.opened is not None and text_slot.opened.base_revision != saved:
        both = text_form.put_together(TextForm.of(workbench.version, workbench.tags))
        if both:
            reason = _("This lesson was saved after you wrote this.")
            return _both_texts(workbench, text_form, text_slot, both, reason)
    context = _forms_of(workbench, slots, text_form, forms)
    if workbench.is_note:
        context["claim_form"].text.label.text = _("Position")
    context |= _comments(workbench)
    context["excerpt_form"].offer(workbench.claims)
    audiences = [Audience(option.audience) for option in workbench.audiences]
    context["submission_form"].offer(audiences)
    context["asked"] = answers.offered(workbench.lesson) if part == "text" else []
    context["ceiling"] = certainty.of_version(workbench.version) if part == "text" else None
    if part == "review":
        again = workbench.returned.reviewer_id if workbench.returned else None
        candidates = asking.offered(actor(), lesson_id, audiences, again=again)
        reviewers.offer(context["submission_form"], candidates)
        reviewers.ask_again(context["submission_form"], candidates, again)
        context["giveaways"] = giveaways.groups(actor(), lesson_id, workbench.wanted)
        context["reader_counts"] = workbench_draft.readers(workbench)
        context["candidates"] = {one.audience: one for one in candidates}
    return render_template(
        "workbench/show.html",
        workbench=workbench,
        hands=hands,
        part=part if part in PARTS else "claims",
        **_beside(workbench, part),
        **context,
    )


def _forms_of(
    workbench: workbench_draft.Workbench,
    slots: dict[Subject, draft_slots.Slot],
    text_form: TextForm | None,
    forms: dict[str, Any],
) -> dict[str, Any]:
    """The forms of a draft by their names in the template: as they were refused, as they were kept, or empty."""
    lesson_id = workbench.lesson.id
    text_slot, claim_slot = slots[Subject(LESSON_TEXT, lesson_id)], slots[Subject(CLAIM, lesson_id)]
    return {
        "text_form": text_form or TextForm.of(workbench.version, workbench.tags),
        "text_slot": text_slot,
        "claim_slot": claim_slot,
        "claim_slots": {claim.id: slots[Subject(CLAIM_CHANGE, claim.id)] for claim in workbench.claims},
        "reworded": forms.get("reworded") or _reworded(slots),
        "claim_form": forms.get("claim_form")
        or draft_slots.fill(ClaimForm, claim_slot)
        or ClaimForm(formdata=None),
        "excerpt_form": forms.get("excerpt_form") or ExcerptForm(formdata=None),
        "source_form": forms.get("source_form") or SourceForm(formdata=None),
        "submission_form": forms.get("submission_form")
        or SubmissionForm(formdata=None, data={"audience": workbench.lesson.audience.value}),
    }


def _comments(workbench: workbench_draft.Workbench) -> dict[str, Any]:
    return {
        "comments": review_comments.of_lesson(actor(), workbench.lesson),
        "place_names": labels.REVIEW_PLACES,
        "by_place": {f"{review_comments.CLAIM}{claim.root}": claim for claim in workbench.claims},
    }


def conflict(lesson_id: int, form: TextForm, reason: str) -> str:
    """Return both texts: what was typed here, and what was saved meanwhile; sending again stores what is typed."""
    workbench = workbench_draft.workbench(actor(), lesson_id)
    both = form.put_together(TextForm.of(workbench.version, workbench.tags))
    return _both_texts(workbench, form, draft_slots.slot(LESSON_TEXT, lesson_id), both, reason)


def position() -> tuple[int | None, int | None]:
    """Return the thread beside the draft, and the page of it; None where the form does not say."""
    return request.values.get("thread", type=int), request.values.get("page", type=int)


def back(lesson_id: int, part: str, **more: Any) -> Any:
    """Return the way back to a part of the workbench, beside the same page of the same thread."""
    thread_id, page = position()
    beside: dict[str, Any] = {"thread": thread_id, "page": page, "posts": request.values.get("posts") or None}
    return redirect(url_for("workbench.show", lesson_id=lesson_id, part=part, **(beside | more)), 303)


def _shown() -> Shown:
    """What the address, or the form, says of the thread beside the draft."""
    thread_id, page = position()
    posts = request.values.get("posts", "")
    return Shown(thread_id, page or 1, posts if posts in (source_thread.USED, source_thread.UNUSED) else "")


def _active(workbench: workbench_draft.Workbench) -> int | None:
    """The claim that words go under: the one that was named, else the first without any, else the last."""
    named = request.values.get("claim", type=int) or request.values.get("claim_id", type=int)
    ids = [claim.id for claim in workbench.claims]
    bare = next((claim.id for claim in workbench.claims if not claim.excerpts), None)
    return named if named in ids else bare or (ids[-1] if ids else None)


def _slots(workbench: workbench_draft.Workbench) -> dict[Subject, draft_slots.Slot]:
    lesson_id = workbench.lesson.id
    claims = [Subject(CLAIM_CHANGE, claim.id) for claim in workbench.claims]
    return draft_slots.slots([Subject(LESSON_TEXT, lesson_id), Subject(CLAIM, lesson_id), *claims])


def _reworded(slots: dict[Subject, draft_slots.Slot]) -> Reworded | None:
    """The other wording of a claim in the draft that was opened."""
    for subject, slot in slots.items():
        if subject.form == CLAIM_CHANGE and slot.opened is not None:
            return Reworded(subject.id, str(slot.opened.fields.get("text", "")), "")
    return None


def _both_texts(
    workbench: workbench_draft.Workbench, form: TextForm, slot: draft_slots.Slot, both: set[str], reason: str
) -> str:
    saved = TextForm.of(workbench.version, workbench.tags)
    return render_template(
        "workbench/conflict.html",
        workbench=workbench,
        form=form,
        slot=slot,
        both=both,
        theirs=saved,
        reason=reason,
    )


def _beside(workbench: workbench_draft.Workbench, part: str) -> dict[str, Any]:
    """What stands beside the part that is open: the thread, and the claim that words of it go under."""
    return {
        "addresses": _page_addresses(workbench, part),
        "active": _active(workbench),
        "cite": request.values.get("cite", type=int),
        "shown": _shown().posts,
    }


def _page_addresses(workbench: workbench_draft.Workbench, part: str) -> list[str]:
    """The addresses of the pages of the thread beside the draft."""
    if workbench.thread is None:
        return []
    lesson_id, thread_id = workbench.lesson.id, workbench.thread.id
    address = partial(url_for, "workbench.show", lesson_id=lesson_id, part=part, thread=thread_id)
    address = partial(address, posts=_shown().posts or None)
    return [address(page=number) for number in range(1, workbench.pages + 1)]


def warn_of_lost(number: int) -> None:
    """Say that so many authors agreed to a claim that says something else now."""
    if number:
        flash(
            ngettext(
                "%(num)d author agreed to this claim as it was. For what it says now, ask again.",
                "%(num)d authors agreed to this claim as it was. For what it says now, ask again.",
                number,
            ),
            "care",
        )
