"""What whoever checks a version does: answers questions, comments on a place, publishes it or sends it back."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.draft_places import REVIEW_COMMENT, REVIEW_NOTE
from forum.domain.lessons import lessons, review_checklist, review_comments, review_requests, review_set_aside
from forum.infra.i18n import _
from forum.web import draft_slots
from forum.web import review_pages as pages
from forum.web.forms import errors_on
from forum.web.forms.reviewing import CheckForm, CommentForm, ReturnForm
from forum.web.http import links
from forum.web.http.access import is_moderator, members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_delete, form_method
from forum.web.reviews_over import told_when_over
from forum.web.workbench import bp

__all__ = ["bp"]


@bp.post("/workbench/<int:lesson_id>/checklist")
@open_to(members)
@told_when_over
def check(lesson_id: int) -> ResponseReturnValue:
    form = CheckForm()
    if form.validate():
        with errors_on(form):
            review_checklist.answer(actor(), lesson_id, form.answers(), read=form.read())
            if request.accept_mimetypes.best == "application/json":
                return pages.checked(lesson_id)
            flash(_("Your answers are saved."), "ok")
            return redirect(url_for("workbench.show", lesson_id=lesson_id, _anchor="decide"), 303)
    return pages.review(lesson_id, check_form=form), 422


@bp.post("/workbench/<int:lesson_id>/publication")
@open_to(members)
@told_when_over
def publish(lesson_id: int) -> ResponseReturnValue:
    form = CheckForm()
    if form.validate():
        with errors_on(form):
            lesson = lessons.publish(actor(), lesson_id, answers=form.answers(), read=form.read())
            flash(_("Published as %(number)s.", number=lesson.public_id), "ok")
            return redirect(links.to_lesson(str(lesson.public_id)), 303)
    return pages.review(lesson_id, check_form=form), 422


@bp.post("/workbench/<int:lesson_id>/return")
@open_to(members)
@told_when_over
@draft_slots.kept_when_refused
def send_back(lesson_id: int) -> ResponseReturnValue:
    form = ReturnForm()
    if form.validate():
        with errors_on(form):
            lessons.send_back(actor(), lesson_id, note=form.note.data or "", read=form.read())
            draft_slots.accepted(REVIEW_NOTE, lesson_id)
            flash(_("Sent back to its maker with your note."), "ok")
            return redirect(url_for("workbench.index" if is_moderator() else "home.index"), 303)
    return pages.review(lesson_id, return_form=form), 422


@bp.post("/workbench/<int:lesson_id>/comments")
@open_to(members)
@told_when_over
@draft_slots.kept_when_refused
def comment(lesson_id: int) -> ResponseReturnValue:
    form = CommentForm()
    place = form.place.data or ""
    if form.validate():
        with errors_on(form):
            review_comments.add(actor(), lesson_id, place=place, text=form.text.data or "", read=form.read())
            draft_slots.accepted(REVIEW_COMMENT, lesson_id)
            return redirect(url_for("workbench.show", lesson_id=lesson_id, _anchor=f"at-{place}"), 303)
    return pages.review(lesson_id, comment_form=form), 422


@bp.post("/workbench/comments/<int:comment_id>")
@form_delete(otherwise=404)
@open_to(members)
def uncomment(comment_id: int) -> ResponseReturnValue:
    return pages.beside(review_comments.remove(actor(), comment_id))


@bp.post("/workbench/comments/<int:comment_id>/settlement")
@form_method
@open_to(members)
def settle_comment(comment_id: int) -> ResponseReturnValue:
    return pages.beside(review_comments.settle(actor(), comment_id))


@settle_comment.delete
@open_to(members)
def reopen_comment(comment_id: int) -> ResponseReturnValue:
    return pages.beside(review_comments.settle(actor(), comment_id, settled=False))


@bp.post("/workbench/<int:lesson_id>/refusal")
@open_to(members)
@told_when_over
def decline(lesson_id: int) -> ResponseReturnValue:
    review_requests.decline(actor(), lesson_id)
    flash(_("Whoever asked you hears that you do not check this lesson."), "ok")
    return redirect(url_for("home.index"), 303)


@bp.post("/workbench/<int:lesson_id>/dismissal")
@open_to(members)
@told_when_over
def put_away(lesson_id: int) -> ResponseReturnValue:
    review_set_aside.put_away(actor(), lesson_id)
    flash(_("It no longer waits for you. The others who were asked can still review it."), "ok")
    return redirect(url_for("home.index"), 303)
