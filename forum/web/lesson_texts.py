"""How the text of a lesson is stored: by its form, and by a script at each pause, which gets JSON."""

import uuid
from typing import Any

from flask import flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from forum.domain.draft_places import LESSON_TEXT
from forum.domain.lessons import lessons
from forum.domain.lessons.text_form import LISTS, SOURCES
from forum.domain.lessons.workbench import draft as workbench_draft
from forum.domain.themes import tags
from forum.infra import clock, i18n
from forum.infra.i18n import _
from forum.models.lessons import LessonVersion
from forum.policy.errors import Conflict, Forbidden
from forum.web import draft_slots
from forum.web import workbench_pages as pages
from forum.web.forms import errors_on
from forum.web.forms.lesson_text import TextForm
from forum.web.http import links, transactions
from forum.web.http.current_user import actor
from forum.web.http.error_pages import is_for_script


def save(lesson_id: int) -> ResponseReturnValue:
    """Store what the form of this request has, and answer with a page, or to a script with what it goes on with."""
    form = TextForm()
    return _to_script(lesson_id, form) if is_for_script() else _to_person(lesson_id, form)


def _to_person(lesson_id: int, form: TextForm) -> ResponseReturnValue:
    then = links.own_path(request.form.get("then"))  # a tab was pressed: what is typed is saved first
    if form.validate():
        saved_count = form.saved_count.data or 0
        try:
            with errors_on(form):
                version = _stored(lesson_id, form)
                draft_slots.accepted(LESSON_TEXT, lesson_id)
                if (more := request.form.get("more")) in (*LISTS, SOURCES):
                    return pages.back(lesson_id, "text", more=more, _anchor=f"{more}-next")
                flash(_("The text of the lesson is saved."), "ok")
                if version.saved_count > saved_count + 1:
                    flash(_("What was changed somewhere else meanwhile stands in it too."), "ok")
                return redirect(then, 303) if then else pages.back(lesson_id, "text")
        except Conflict as error:
            return pages.conflict(lesson_id, form, error.reason), 409
    if then and draft_slots.kept():
        flash(_("Something in the text is not right yet, so it is not saved. It is kept as a draft."), "care")
        return redirect(then, 303)
    return pages.workbench(lesson_id, part="text", text_form=form), 422


def _to_script(lesson_id: int, form: TextForm) -> ResponseReturnValue:
    """`fields` are those that the form goes on with, so that the next time is based on what is saved now."""
    try:
        if form.validate():
            with errors_on(form):
                version = _stored(lesson_id, form)
                return jsonify(
                    revision=request.form.get("draft_revision", 0, type=int),
                    message=_("Saved at %(hour)s", hour=i18n.hour(clock.now())),
                    fields=_goes_on(lesson_id, form, version),
                )
    except Conflict:
        transactions.undo()
        return jsonify(message=_changed_elsewhere(lesson_id, form), compare=True), 409
    except Forbidden as error:
        transactions.undo()
        return jsonify(message=error.reason), 403
    wrong = [(field.label.text, field.errors) for field in form if field.errors]
    said = [f"{str(label).rstrip(':')}: {' '.join(map(str, errors))}" for label, errors in wrong[:1]]
    return jsonify(message=" ".join([*said, *map(str, form.form_errors)])), 422


def _stored(lesson_id: int, form: TextForm) -> LessonVersion:
    return lessons.save(
        actor(),
        lesson_id,
        saved_count=form.saved_count.data or 0,
        base=form.base_marks.data or "",
        tags=tags.split(form.tags.data or ""),
        **form.values(),
    )


def _goes_on(lesson_id: int, form: TextForm, version: LessonVersion) -> dict[str, Any]:
    """What the form is based on from now on.

    Fields that somebody else changed meanwhile stand in it as they were: it stays based on the state before, so that
    they are looked at again the next time.
    """
    sent = form.saved_count.data or 0
    merged = version.saved_count > sent + 1
    fields: dict[str, Any] = {
        "saved_count": sent if merged else version.saved_count,
        "base_marks": form.marks(),
    }
    if draft_slots.kept_before(LESSON_TEXT, lesson_id) is not None:  # the draft is in the lesson by now
        draft_slots.accepted(LESSON_TEXT, lesson_id)
        fields |= {"idempotency_key": str(uuid.uuid4()), "draft_revision": 0}
    return fields


def _changed_elsewhere(lesson_id: int, form: TextForm) -> str:
    """Which field was changed here and somewhere else."""
    workbench = workbench_draft.workbench(actor(), lesson_id)
    both = form.put_together(TextForm.of(workbench.version, workbench.tags))
    label = next((str(form[name].label.text) for name in form.names() if name in both), _("Text"))
    return _("“%(field)s” was changed somewhere else too.", field=label)
