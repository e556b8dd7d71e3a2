"""On which page the form of each draft stands."""

from typing import Any

from forum.domain.cahiers.draft_places import CAHIER, CAHIER_CHANGE
from forum.domain.draft_places import (
    CLAIM,
    CLAIM_CHANGE,
    EDIT,
    LESSON_TEXT,
    NOTE,
    NOTE_CHANGE,
    REPLY,
    REVIEW_COMMENT,
    REVIEW_NOTE,
    STORY,
    SUMMARY,
    WELCOME,
)
from forum.domain.held_posts.draft_places import WAITING_POST
from forum.domain.house_rules.draft_places import POLICY, RULES
from forum.domain.moderation.draft_places import AGAINST_LEAVING_OUT, AGAINST_MEASURE, OBJECTION
from forum.web.after_endpoints import AFTER

# Where the form of a draft stands; what else its address needs comes from its place.
ENDPOINTS: dict[str, tuple[str, dict[str, Any]]] = {
    STORY: ("threads.new", {}),
    REPLY: ("threads.show", {"_anchor": "answer"}),
    EDIT: ("posts.change", {}),
    WAITING_POST: ("waiting_posts.show", {}),
    LESSON_TEXT: ("workbench.show", {"part": "text"}),
    CLAIM: ("workbench.show", {"part": "claims", "_anchor": "new-claim"}),
    CLAIM_CHANGE: ("workbench.show", {"part": "claims"}),
    REVIEW_NOTE: ("workbench.show", {"_anchor": "decide"}),
    REVIEW_COMMENT: ("workbench.show", {"_anchor": "comment"}),
    NOTE: ("notes.new", {}),
    WELCOME: ("notes.new_welcome", {}),
    NOTE_CHANGE: ("notes.change", {}),
    SUMMARY: ("summaries.write", {}),
    OBJECTION: ("objections.new", {}),
    AGAINST_LEAVING_OUT: ("left_out_objections.new", {}),
    AGAINST_MEASURE: ("measures.own", {}),
    RULES: ("house_rules.write", {}),
    POLICY: ("policy.write", {}),
    CAHIER: ("cahiers.new", {}),
    CAHIER_CHANGE: ("cahiers.edition", {}),
    **AFTER,
}
