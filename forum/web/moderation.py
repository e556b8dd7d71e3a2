"""What moderators do with posts, what stands hidden or closed, and what may stand in mails."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.lessons import impact
from forum.domain.moderation import hiding as post_hiding
from forum.domain.moderation import locking
from forum.domain.spaces import mail_rules, spaces
from forum.domain.threads import posts, rendering, without_axis
from forum.infra.i18n import _
from forum.policy.actions import may_hide, may_moderate, require
from forum.web.forms import errors_on
from forum.web.forms.moderation import USUAL, HidingForm, MailPolicyForm
from forum.web.http import links, transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

bp = Blueprint("moderation", __name__)


@bp.get("/spaces/<slug>/moderation/posts")
@open_to(members)
def show(slug: str) -> ResponseReturnValue:
    who, space = actor(), spaces.by_slug(actor(), slug)
    return render_template(
        "moderation/show.html",
        space=space,
        hidden=post_hiding.hidden_posts(who, space.id),
        closed=locking.closed_threads(who, space.id),
        without_axis=without_axis.of_space(who, space.id),
        most_without_axis=without_axis.MOST,
    )


@bp.get("/spaces/<slug>/mail-policy")
@open_to(members)
def mail_policy(slug: str) -> ResponseReturnValue:
    space = spaces.by_slug(actor(), slug)
    policy = mail_rules.chosen(actor(), space.id)
    return _mail_policy(space, MailPolicyForm(formdata=None, policy=policy.value if policy else USUAL))


@bp.post("/spaces/<slug>/mail-policy")
@open_to(members)
def choose_mail_policy(slug: str) -> ResponseReturnValue:
    space, form = spaces.by_slug(actor(), slug), MailPolicyForm()
    if form.validate():
        mail_rules.choose(actor(), space.id, form.chosen())
        flash(_("Saved. It counts for every e-mail that leaves from now on."), "ok")
        return redirect(url_for(".mail_policy", slug=slug), 303)
    mail_rules.chosen(actor(), space.id)
    return _mail_policy(space, form), 422


@bp.get("/posts/<int:post_id>/hiding")
@open_to(members)
def ask_hiding(post_id: int) -> ResponseReturnValue:
    return _question(post_id, HidingForm(formdata=None))


@bp.post("/posts/<int:post_id>/hiding")
@form_method
@open_to(members)
def hiding(post_id: int) -> ResponseReturnValue:
    form = HidingForm()
    if form.validate():
        with errors_on(form):
            post = post_hiding.hide(actor(), post_id, reason=form.reason.data or "", rule=form.chosen_rule)
            flash(_("This post is hidden. Its author reads your reason."), "ok")
            return redirect(links.to_page_of(post.thread, post.number), 303)
    return _question(post_id, form), 422


@hiding.delete
@open_to(members)
def restore(post_id: int) -> ResponseReturnValue:
    with transactions.looking_up():
        thread, seen = posts.place(actor(), post_id)
        is_shown = seen.hidden_at is None and bool(may_moderate(actor(), thread.space_id))
        rendered = None if is_shown else rendering.again(actor(), post_id)
    if is_shown:  # by somebody else, or on another page
        flash(_("This post is not hidden."), "ok")
        return redirect(links.to_thread(thread, number=seen.number), 303)
    post = post_hiding.restore(actor(), post_id, rendered=rendered)
    flash(_("This post can be read again."), "ok")
    return redirect(links.to_thread(post.thread, number=post.number), 303)


def _mail_policy(space: spaces.SpaceFacts, form: MailPolicyForm) -> str:
    return render_template("moderation/mail_policy.html", space=space, form=form)


def _question(post_id: int, form: HidingForm) -> str:
    thread, post = posts.place(actor(), post_id)
    require(may_hide(actor(), post, thread))
    form.offer_rules(thread.space_id)
    losses = impact.of_post(actor(), post_id)
    return render_template("moderation/hiding.html", thread=thread, post=post, form=form, losses=losses)
