"""What readers reported in a space, for its moderators and its deputy; and the author who is asked to change a post."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from forum.domain.audit import undoable
from forum.domain.desk import of_space
from forum.domain.lessons import impact
from forum.domain.moderation import settling
from forum.domain.spaces import spaces
from forum.domain.themes.report_labels import REASONS
from forum.infra.i18n import _
from forum.models.post_reports import ReportOutcome
from forum.models.undo import UndoKind
from forum.policy.errors import NotFound
from forum.web import decisions
from forum.web.desk_returns import on_from_desk, place_on_desk, told_on_desk, told_when_decided
from forum.web.forms import errors_on
from forum.web.forms.post_reports import SettlingForm
from forum.web.http import transactions, unread
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor

bp = Blueprint("settling", __name__)


@bp.get("/spaces/<slug>/reports")
@open_to(members)
def index(slug: str) -> ResponseReturnValue:
    desk = of_space.page(actor(), slug)
    unread.opened("deputy_needed", "deputy_named", "deputy_stands_in", space_id=desk.space.id)
    return render_template("post_reports/index.html", desk=desk, most=of_space.MOST)


@bp.get("/posts/<int:post_id>/settlement")
@open_to(members)
@told_when_decided("reported", "post_id")
def ask(post_id: int) -> ResponseReturnValue:
    return _page(post_id, SettlingForm(formdata=None))


@bp.post("/posts/<int:post_id>/settlement")
@open_to(members)
@told_on_desk
def settle(post_id: int) -> ResponseReturnValue:
    form = SettlingForm()
    if form.validate():
        with errors_on(form):
            post = settling.settle(actor(), post_id, form.verdict())
            sentence = _done(post.hidden_at is not None, form.verdict().outcome)
            act_id = undoable.of_post(actor(), post, UndoKind.SETTLE, UndoKind.HIDE)
            return decisions.done(sentence, post.thread.space_id, act_id=act_id)
    transactions.only_look()
    return _page(post_id, form), 422


@bp.get("/posts/<int:post_id>/request")
@open_to(members)
def asked(post_id: int) -> ResponseReturnValue:
    found = settling.last_asked(actor(), post_id)
    if found is None:
        raise NotFound
    unread.opened_post("change_asked", post_id)
    return render_template("post_reports/asked.html", asked=found)


def _done(is_hidden: bool, outcome: ReportOutcome) -> str:
    if is_hidden:
        return _("This post is hidden. Its author reads your reason.")
    if outcome == ReportOutcome.ASKED:
        return _("The author is asked to change it, once the ten minutes to undo this are over.")
    return _("The post stays as it is.")


def _page(post_id: int, form: SettlingForm) -> str:
    found = settling.to_settle(actor(), post_id)
    form.offer_rules(found.thread.space_id)
    return render_template(
        "post_reports/settle.html",
        found=found,
        space=spaces.by_id(actor(), found.thread.space_id),
        form=form,
        losses=impact.of_post(actor(), post_id),
        reasons=REASONS,
        at_desk=place_on_desk(),
        from_desk=on_from_desk(),
    )
