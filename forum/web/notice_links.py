"""Where a notification leads: to the thread, lesson or space that it is about, or to a page of the member's own."""

from flask import url_for

from forum.domain.inbox.notices import Group, Line
from forum.web.http import links

# Where a line leads that is about a lesson that somebody makes or checks, or about the member.
AT_WORKBENCH = frozenset(
    {
        "returned", "lost_words", "review_asked", "review_shortened", "review_weakened", "review_declined",
        "review_lapsed", "review_passed", "taken_up",
    }
)  # fmt: skip
# The form in which somebody goes on with what they reported.
OWN_REPORTS = frozenset({"report_asked", "foretelling_due"})
AT_EVIDENCE = frozenset({"evidence_brought", "disputed", "evidence_declined"})
AT_AFFIRMATION = frozenset({"still_true", "overdue", "signalled"})
# The part of the page of a thread.
AT_THREAD = {
    **dict.fromkeys(("responded", "response_hidden", "response_restored"), "responses"),
    "summary_asked": "summary",
}
AT_CONSENTS = frozenset({"permission_asked", "permission_withdrawn", "permission_passed"})
AT_HAND_OVERS = frozenset({"hand_over_offered", "hand_over_accepted", "hand_over_declined", "left_behind"})
OWN_PAGES = {
    "capacity_confirmed": "settings.profile",
    "capacity_refused": "settings.profile",
    "capacity_ended": "settings.profile",
    "drafts_lapse": "drafts.index",
    "post_refused": "waiting_posts.index",
    "mail_changed": "notice_settings.show",
    "report_settled": "post_reports.own",
    "role_taken": "moderation_log.mine",
}
# Where somebody reads why a moderator decided something about them.
AT_MEASURES = frozenset({"measure_warned", "measure_taken", "measure_ended", "measure_kept"})
# The page about one post of theirs, where its author reads why.
AT_OWN_POST = {
    "change_asked": "settling.asked",
    "objection_declined": "objections.new",
    "post_deleted": "objections.new",
    "words_left_out": "rewording.told",
    "left_out_kept": "rewording.told",
    "left_out_lifted": "rewording.told",
    "thread_retitled": "rewording.told",
}


def to(group: Group, line: Line | None = None) -> str:
    """Return the address of what a group is about, or of the very post that a line is about."""
    kind = line.kind if line else group.kind
    if line and kind in AT_CONSENTS:
        return url_for("consents.index")
    if kind in AT_MEASURES:
        return url_for("moderation_log.mine", _anchor="decided")
    if kind == "agreement_asked":
        return url_for("agreements.index")
    if kind == "post_refused":
        return url_for("waiting_posts.index")
    if group.thread_id is not None:
        return _in_thread(group, group.thread_id, line)
    if group.lesson_id is not None:
        return _of_lesson(kind, group.lesson_id, group.public_id)
    if group.space_slug:
        return _of_space(kind, group.space_slug, line)
    return url_for(OWN_PAGES.get(kind, "home.index"))


def _of_space(kind: str, slug: str, line: Line | None) -> str:
    if kind in AT_HAND_OVERS:
        return url_for("handovers.index", _anchor=f"space-{slug}")
    if kind == "join_requested":
        anchor = f"request-{line.asker.request_id}" if line and line.asker else None
        return url_for("members.index", slug=slug, _anchor=anchor)
    if kind in {"deputy_needed", "deputy_named", "deputy_stands_in"}:
        return url_for("settling.index", slug=slug)
    if kind == "space_unattended":
        return url_for("unmoderated.index")
    if kind in {"guest_ends", "guest_over"}:
        return url_for("members.index", slug=slug)
    return url_for("spaces.show", slug=slug)


def _of_lesson(kind: str, lesson_id: int, public_id: str | None) -> str:
    if kind == "permission_closed":
        return url_for("consents.permission", lesson_id=lesson_id)
    if kind in AT_WORKBENCH or public_id is None:
        return url_for("workbench.show", lesson_id=lesson_id)
    if kind in AT_AFFIRMATION:
        return url_for("ageing.ask", public_id=public_id)
    if kind in AT_EVIDENCE:
        return url_for("disputes.index", public_id=public_id)
    return (
        url_for("reports.again", public_id=public_id) if kind in OWN_REPORTS else links.to_lesson(public_id)
    )


def _in_thread(group: Group, thread_id: int, line: Line | None) -> str:
    if line and line.post_id and line.kind == "version_hidden":
        return url_for("history.show", post_id=line.post_id)
    if line and line.post_id and line.kind in AT_OWN_POST:
        return url_for(AT_OWN_POST[line.kind], post_id=line.post_id)
    if line and line.post_number:
        return links.to_post(thread_id, group.slug, line.post_number)
    if line and line.kind == "nomination_closed":
        return url_for("nominations.show", thread_id=thread_id)
    anchor = AT_THREAD.get(line.kind) if line else None
    return url_for("threads.show", thread_id=thread_id, slug=group.slug, _anchor=anchor)
