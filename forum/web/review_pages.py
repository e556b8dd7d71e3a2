"""The page of a version in review: the lesson as readers will get it, beside it what its reviewer answers and says."""

from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.draft_places import REVIEW_COMMENT, REVIEW_NOTE
from forum.domain.drafts.views import Subject
from forum.domain.lessons import completeness, dispute_list, review_changes, review_checklist, review_comments
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.workbench import asking
from forum.domain.themes import labels
from forum.infra.i18n import _
from forum.models.lessons import LessonVersion
from forum.models.reviewing import Question
from forum.web import draft_slots, reviewers
from forum.web.forms.reviewing import CheckForm, CommentForm, ReturnForm
from forum.web.forms.workbench import AskForm
from forum.web.http import transactions
from forum.web.http.access import is_moderator
from forum.web.http.current_user import actor

VISITOR, ELSEWHERE, AUTHOR = "visitor", "elsewhere", "author"  # as whom the lesson is shown


def review(lesson_id: int, **forms: Any) -> str:
    """Return the page of a version in review, with the forms that were refused."""
    who = actor()
    beside = asking.in_review(who, lesson_id)
    shown_as = request.args.get("as", ELSEWHERE)
    page = lesson_page.preview(who, lesson_id, inside=beside.is_maker and shown_as == AUTHOR)
    slots = draft_slots.slots([Subject(REVIEW_NOTE, lesson_id), Subject(REVIEW_COMMENT, lesson_id)])
    note_slot, comment_slot = slots.values()
    ask_form = forms.get("ask_form") or AskForm(formdata=None)
    if beside.candidates is not None:
        reviewers.offer(ask_form, [beside.candidates])
    if beside.answer and not forms:
        transactions.afterwards(lambda: review_checklist.look(who, lesson_id))
    answers = {
        question.value: reply.value
        for question, reply in review_checklist.answers_of(who, page.version).items()
    }
    claims = completeness.claims_of(page.version.id)
    changes = review_changes.since(who, page.lesson, page.version, claims) if beside.answer else None
    roots = {claim.position: claim.root for claim in claims}
    return render_template(
        "workbench/review.html",
        page=page,
        beside=beside,
        answer=beside.answer,
        shown_as=shown_as if shown_as in (VISITOR, AUTHOR) else ELSEWHERE,
        changes=changes,
        dispute_answers=dispute_list.answers_of(page.lesson),
        marked=changes is not None and "clean" not in request.args,
        comments=review_comments.of_lesson(who, page.lesson),
        place_names=labels.REVIEW_PLACES,
        roots=roots,
        shown_places=_shown_places(page.version, roots),
        check_form=forms.get("check_form") or CheckForm(formdata=None, data=answers),
        return_form=forms.get("return_form")
        or draft_slots.fill(ReturnForm, note_slot)
        or ReturnForm(formdata=None),
        comment_form=_comment_form(forms.get("comment_form"), comment_slot),
        ask_form=ask_form,
        slot=note_slot,
        comment_slot=comment_slot,
        on_workbench=is_moderator(),
    )


def checked(lesson_id: int) -> ResponseReturnValue:
    """Return for a script how many questions are answered, and whether the version can be published now."""
    page = lesson_page.preview(actor(), lesson_id)
    answers = review_checklist.answers_of(actor(), page.version)
    ready = len(answers) == len(Question) and not review_comments.open_count(lesson_id)
    said = _("%(num)d of %(all)d answered", num=len(answers), all=len(Question))
    return jsonify(ready=ready, message=said)


def beside(lesson_id: int) -> ResponseReturnValue:
    """Return the way back to where a comment stands."""
    place = request.form.get("place", "")
    anchor = f"at-{place}" if place else "comments"
    return redirect(url_for("workbench.show", lesson_id=lesson_id, _anchor=anchor), 303)


def _shown_places(version: LessonVersion, roots: dict[int, int]) -> set[str]:
    """The places of the version that are on the page: a comment beside another one stands after it."""
    told = (version.context, version.problem, version.what_was_done, version.result)
    shown = {
        "recommendation": version.recommendation or version.advice,
        "conditions": version.conditions,
        "unknowns": version.unknowns,
        "alternative_reading": version.alternative_reading,
        "context": any(told),
    }
    fields = {name for name, has_words in shown.items() if has_words}
    return {"title", "one_sentence", *fields, *(f"{review_comments.CLAIM}{root}" for root in roots.values())}


def _comment_form(refused: CommentForm | None, slot: draft_slots.Slot) -> CommentForm | None:
    """The form that stands open beside one place: refused, asked for by address, or kept as a draft."""
    if refused is not None:
        return refused
    kept: CommentForm | None = draft_slots.fill(CommentForm, slot)
    if kept is not None:
        return kept
    place = request.args.get("comment", "")
    return CommentForm(formdata=None, data={"place": place}) if place else None
