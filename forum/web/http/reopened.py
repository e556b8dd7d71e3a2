"""Addresses that only take forms, opened again: a browser that comes back to a refused form is led to where it stands.

A tab that is restored, a bookmark or a link that somebody copied asks such an address with GET. Nothing is looked up
here, so that nothing can be learnt: the page that it leads to asks who may see it.
"""

from collections.abc import Mapping
from typing import Any

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException

# The page on which the form of an address stands; what that needs of the address is taken over.
PAGES = {
    "accounts.sign_in_and_resume": "accounts.sign_in",
    "accounts.sign_out": "home.index",
    "admin.suspension": "admin.index",
    "ageing.signal": "ageing.new",
    "agreements.ask": "threads.short",
    "beginnings.add_evidence": "threads.short",
    "cahiers.add": "cahiers.edition",
    "cahiers.move": "cahiers.edition",
    "cahiers.pin": "cahiers.edition",
    "cahiers.say_why": "cahiers.edition",
    "capacities.confirm": "home.index",
    "capacities.end": "home.index",
    "capacities.refuse": "home.index",
    "confirmations.confirm": "lessons.show",
    "consents.look": "consents.permission",
    "consents.take": "consents.permission",
    "desk.needs_no_answer": "threads.short",
    "desk.note": "desk.index",
    "desk.take": "desk.index",
    "disputes.accept": "disputes.index",
    "disputes.answer_in_draft": "disputes.index",
    "disputes.decline": "disputes.index",
    "disputes.reply": "disputes.index",
    "disputes.settle": "disputes.index",
    "disputes.take_back": "disputes.index",
    "drafts.exchange": "drafts.index",
    "drafts.restore": "drafts.index",
    "handovers.accept": "handovers.index",
    "handovers.decline": "handovers.index",
    "handovers.offer": "handovers.index",
    "handovers.withdraw": "handovers.index",
    "held_posts.approve": "held_posts.show",
    "held_posts.refuse": "held_posts.show",
    "held_posts.see": "held_posts.index",
    "holding.take_up": "workbench.show",
    "home.read_all": "home.index",
    "house_rules.accept": "house_rules.show",
    "house_rules.publish": "house_rules.write",
    "invitations.accept_own": "invitations.accept",
    "invitations.send": "members.index",
    "invitations.withdraw": "home.index",
    "measures.end": "measures.show",
    "measures.note": "measures.show",
    "measures.take": "measures.show",
    "members.answer": "home.index",
    "members.end": "members.index",
    "members.remove": "members.index",
    "members.request_to_join": "members.ask",
    "members.role": "members.index",
    "missed.set_aside": "missed.index",
    "notes.move_up": "notes.change",
    "notes.save": "notes.change",
    "notice_settings.take_back": "notice_settings.show",
    "notices.read_all": "notices.index",
    "policy.publish": "policy.write",
    "post_reports.report": "post_reports.new",
    "reports.go_on": "reports.follow_up",
    "returned_mail.ask": "settings.security",
    "rewording.pin": "threads.short",
    "settings.add_capacity": "settings.profile",
    "settings.affirm_capacity": "settings.profile",
    "settings.end_capacity": "settings.profile",
    "settings.end_other_sessions": "settings.sessions",
    "settings.end_session": "settings.sessions",
    "settings.language": "settings.profile",
    "settings.reword_capacity": "settings.profile",
    "settings.theme": "settings.profile",
    "spaces.put_welcome_away": "spaces.show",
    "summaries.ask": "summaries.history",
    "summaries.save": "summaries.write",
    "summaries.take_back": "summaries.history",
    "system.sending": "system.show",
    "tags.merge": "tags.show",
    "tags.undo": "tags.index",
    "threads.lock": "threads.short",
    "threads.reply": "threads.short",
    "threads.start": "threads.new",
    "undoing.undo": "home.index",
    "unknowns.share": "unknowns.index",
    "unmoderated.name": "unmoderated.index",
    "unsubscribe.choose": "unsubscribe.show",
    "unsubscribe.undo": "unsubscribe.show",
    "waiting_posts.take_back": "waiting_posts.show",
    "watched_words.remove": "watched_words.of_space",
    "watched_words.remove_from_network": "watched_words.of_network",
    "workbench.add_claim": "workbench.show",
    "workbench.add_source": "workbench.show",
    "workbench.answer": "workbench.show",
    "workbench.ask_back": "workbench.show",
    "workbench.ask_reviewer": "workbench.show",
    "workbench.change_claim": "workbench.index",
    "workbench.check": "workbench.show",
    "workbench.comment": "workbench.show",
    "workbench.create": "threads.short",
    "workbench.decline": "workbench.show",
    "workbench.move_claim": "workbench.index",
    "workbench.publish": "workbench.show",
    "workbench.put_away": "workbench.show",
    "workbench.quote": "workbench.show",
    "workbench.revise": "lessons.show",
    "workbench.save": "workbench.show",
    "workbench.send_back": "workbench.show",
    "workbench.settle_comment": "workbench.index",
    "workbench.submit": "workbench.show",
    "workbench.uncomment": "workbench.index",
    "workbench.unquote": "workbench.index",
}
# No form of a page is sent there.
FOR_SCRIPTS = frozenset({"mentions.suggest", "previews.show", "similar.typed"})


def page() -> str | None:
    """Return the address of the page with the form that the address of this request takes; None for anything else."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None or request.method not in {"GET", "HEAD"}:
        return None
    try:
        endpoint, values = adapter.match(method="POST")
    except HTTPException:
        return None
    return address(endpoint, values) if endpoint in PAGES else None


def address(endpoint: str, values: Mapping[str, Any]) -> str:
    """Return the address of the page of an endpoint that takes a form with these values in its address."""
    there = PAGES[endpoint]
    needed = next(current_app.url_map.iter_rules(there)).arguments
    return url_for(there, **{name: value for name, value in values.items() if name in needed})
