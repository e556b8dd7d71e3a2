"""What stands with the story of a thread on its page: who recognises it, where it stands, who nominates it."""

from typing import Any

from forum.domain.responses import page as responses_page
from forum.domain.summaries import page as summary_page
from forum.domain.threads import nominations
from forum.domain.threads.views import ThreadPage
from forum.policy.actors import Actor

NONE = responses_page.Responses()


def of(who: Actor | None, thread: ThreadPage) -> dict[str, Any]:
    """Return it by its names in the template (a query for each that there is)."""
    has_summary = thread.has_summary and thread.number == 1
    return {
        "responses": responses_page.of_thread(who, thread.id) if thread.has_responses else NONE,
        "nominated": nominations.of_threads([thread.id])[thread.id] if thread.has_nominations else None,
        "summary": summary_page.of_thread(thread.id) if has_summary else None,
    }
