"""Whether everything works, for the administrators of the network, and what to do about mail that does not leave."""

import re

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain import system
from forum.domain.mailing import hold
from forum.infra.i18n import _, lazy
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

bp = Blueprint("system", __name__)
# Whatever has no name here, of an older or a newer forum, is called by its code.
LETTERS = {
    "address_works": lazy("Whether an address works again"),
    "already_member": lazy("Somebody asked for access again"),
    "capacity_confirmed": lazy("Capacity confirmed"),
    "capacity_ended": lazy("Capacity ended"),
    "capacity_refused": lazy("Capacity not confirmed"),
    "cited": lazy("Quoted in a lesson"),
    "confirm_email": lazy("Confirmation of an address"),
    "consent_closed": lazy("Answers about being quoted"),
    "consent_reminder": lazy("Reminder of a question about being quoted"),
    "consent_request": lazy("Question about being quoted"),
    "consent_withdrawn": lazy("Question about being quoted, taken back"),
    "deputy_stands_in": lazy("Somebody stands in as a deputy"),
    "desk_due": lazy("What is due on a desk, in the morning"),
    "digest": lazy("Digest"),
    "drafts_lapse": lazy("Drafts that will be deleted"),
    "invitation": lazy("Invitation"),
    "join_answered": lazy("Answer to a request to join"),
    "join_request": lazy("Request to join"),
    "lesson_lost_words": lazy("Lesson lost an excerpt"),
    "lesson_published": lazy("Lesson published"),
    "lesson_returned": lazy("Lesson sent back"),
    "notices": lazy("What happened, at once"),
    "password_changed": lazy("Password changed"),
    "post_hidden": lazy("Post hidden, to its author"),
    "reset_password": lazy("New password"),
    "review_declined": lazy("Reviewer said no"),
    "review_lapsed": lazy("Review not done in time"),
    "review_reminder": lazy("Reminder of a review"),
    "review_request": lazy("Request for a review"),
    "review_shortened": lazy("Lesson in review lost an excerpt"),
    "review_weakened": lazy("Lesson in review lost an excerpt, to its makers"),
    "space_unattended": lazy("Space without anybody who moderates, to administrators"),
    "still_right": lazy("Yearly question about capacities"),
    "version_hidden": lazy("Earlier version hidden, to its author"),
}
LANES = {
    "direct": lazy("Access and passwords"),
    "notice": lazy("Told at once"),
    "bulk": lazy("Digests"),
    "slow": lazy("Files"),
}
WORK = {
    "open_digests": lazy("Making digests"),
    "look_at_drafts": lazy("Deleting old drafts"),
    "count_desks": lazy("Counting what waits for moderators"),
    "mail_desks": lazy("Telling moderators in the morning what is due"),
    "look_at_consents": lazy("Closing questions about being quoted"),
    "look_at_reviews": lazy("Reminding reviewers"),
    "settle_removals": lazy("Taking words out for good"),
    "forget_access_requests": lazy("Forgetting old requests for access"),
    "forget_notifications": lazy("Forgetting old notices"),
    "forget_missed_searches": lazy("Forgetting what was looked for in vain"),
    "forget_bookmarks": lazy("Forgetting bookmarks that were taken away"),
    "look_at_spaces": lazy("Telling deputies and administrators where no moderator is there"),
    "look_at_guests": lazy("Ending the time of guests"),
    "link_log": lazy("Putting lines of the log into their chains"),
    "index_texts": lazy("Making older texts findable"),
    "look_at_ageing": lazy("Asking whether lessons still hold"),
    "ask_reporters": lazy("Asking how it went on"),
    "ask_about_capacities": lazy("Yearly question about capacities"),
}
DISKS = {"instance": lazy("Files of the forum"), "database": lazy("Database"), "backups": lazy("Backups")}
# The name of an exception, which is the stored reason of a letter that could not be made.
EXCEPTION_NAME = re.compile(r"[A-Z][A-Za-z]*(Error|Exception)")


def _known(reason: str) -> str:
    """A reason of our own as a sentence in the language of the page; nothing for the words of a program."""
    if EXCEPTION_NAME.fullmatch(reason):
        return _("The e-mail could not be made (%(error)s).", error=reason)
    return ""


@bp.get("/admin/system")
@open_to(members)
def show() -> ResponseReturnValue:
    words = {"letters": LETTERS, "lanes": LANES, "work": WORK, "disks": DISKS, "known": _known}
    return render_template("admin/system.html", system=system.overview(actor()), words=words)


@bp.post("/admin/mail/<int:mail_id>/sending")
@form_method
@open_to(members)
def sending(mail_id: int) -> ResponseReturnValue:
    system.send_again(actor(), mail_id)
    sentence = _("This e-mail is queued again.")
    if hold.is_held():
        sentence = _("This e-mail is sent again once e-mail is no longer held.")
    flash(sentence, "ok")
    return redirect(url_for("system.show"), 303)


@sending.delete
@open_to(members)
def not_sending(mail_id: int) -> ResponseReturnValue:
    system.let_go(actor(), mail_id)
    flash(_("This e-mail is no longer tried."), "ok")
    return redirect(url_for("system.show"), 303)
