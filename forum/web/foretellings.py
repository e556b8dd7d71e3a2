"""What somebody foretold of a lesson, how anybody checks that it was not changed, and taking it back."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from forum.domain.lessons import foretellings, report_list
from forum.domain.lessons import page as lesson_page
from forum.infra.i18n import _
from forum.web.http import links
from forum.web.http.access import anyone, members, open_to
from forum.web.http.current_user import actor, viewer
from forum.web.http.form_methods import form_delete

bp = Blueprint("foretellings", __name__)
COMMAND = (
    "python3 -c 'import hashlib, sys; "
    'print(hashlib.sha256(sys.stdin.buffer.read().rstrip(b"\\n")).hexdigest())\''
)


@bp.get("/lessons/<public_id>/foretellings/<int:foretelling_id>")
@open_to(anyone)
def show(public_id: str, foretelling_id: int) -> ResponseReturnValue:
    about = lesson_page.title_of(viewer(), public_id)
    foretold, by = report_list.one_foretold(viewer(), about.lesson, foretelling_id)
    sealed = ""
    if foretold.salt:
        sealed = foretellings.sealed_text(
            foretold.expected, foretold.due_on, foretold.stop_when, foretold.salt
        )
    more = {"by": by, "sealed": sealed, "command": COMMAND}
    return render_template("reports/foretelling.html", about=about, foretold=foretold, **more)


@bp.post("/lessons/<public_id>/foretellings/<int:foretelling_id>")
@form_delete()
@open_to(members)
def withdraw(public_id: str, foretelling_id: int) -> ResponseReturnValue:
    about = lesson_page.title_of(actor(), public_id)
    foretellings.withdraw(actor(), about.lesson.id, foretelling_id)
    flash(_("What you foretold is taken back. That you did so stays with the lesson."), "ok")
    return redirect(links.to_lesson(public_id), 303)
