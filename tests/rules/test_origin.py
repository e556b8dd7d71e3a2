"""Where a lesson comes from is asked of `lessons/origin`: nothing else reads it for a page, list, letter or figure.

Its space, its cities, its makers, its days and the notes on its versions lead to whoever is masked in it.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.source import ROOT, modules, plant

pytestmark = pytest.mark.any_database

LESSONS = frozenset({
    "space_id", "space", "curator_id", "curator", "earlier_curators", "published_by_id", "published_by",
    "published_at", "changed_at", "review_on", "due_quarter",
})  # fmt: skip
VERSIONS = frozenset({
    "cities", "origin_cities", "change_note", "published_at", "sealed_at", "created_by_id", "created_by",
})  # fmt: skip
REVIEWS = frozenset({"reviewer_id", "reviewer", "city", "capacity_id", "note"})
# What a row, or a variable that holds one, is called; and what of it leads back.
OWNERS = {
    "Lesson": LESSONS, "lesson": LESSONS,
    "LessonVersion": VERSIONS, "version": VERSIONS, "before": VERSIONS, "newer": VERSIONS, "older": VERSIONS,
    "LessonReview": REVIEWS, "review": REVIEWS,
}  # fmt: skip
PLACES = {
    "forum.domain.lessons.origin", "forum.domain.lessons.origin_filters", "forum.domain.lessons.origin_queries",
}  # fmt: skip
ASKED = ("may_moderate", "roles.get")  # who may do something is no news about the lesson
RULE = "decides who may read or do what, and shows nothing"
MAKERS = "for the makers, in their own space"
KEPT = "stores or settles a version, and shows nothing"
CHECKS = "finds out who is somebody else, and shows none of it"
LETTERS = "finds to whom a letter goes; those about a lesson ask origin"
# Who else may read which of it, and why.
ALLOWED: dict[str, tuple[set[str], str]] = {
    **dict.fromkeys(
        ("forum.policy.ageing", "forum.policy.disputing", "forum.policy.reporting", "forum.domain.lessons.disputes"),
        ({"space_id"}, "refuses who belongs to its space and may not write there"),
    ),
    "forum.policy.reviewing": ({"curator_id"}, RULE),
    "forum.policy.ending": ({"curator_id"}, RULE),
    "forum.policy.holding": ({"curator_id"}, RULE),
    "forum.policy.visibility": ({"space_id"}, RULE),
    "forum.domain.draft_places": ({"space_id"}, MAKERS),
    "forum.domain.consents.desk": ({"space_id"}, MAKERS),
    "forum.domain.consents.letters": ({"curator_id", "space_id"}, "to its makers, and to who is quoted"),
    "forum.domain.consents.removals": ({"changed_at"}, "the order of an author's own excerpts"),
    "forum.domain.consents.requests": ({"space_id"}, "for who is quoted, of a thread that they wrote in"),
    "forum.domain.consents.rounds": ({"space_id"}, MAKERS),
    "forum.domain.desk.decided": ({"space_id"}, MAKERS),
    "forum.domain.desk.queues.disputed": ({"space_id"}, MAKERS),
    "forum.domain.desk.queues.permissions": ({"space_id"}, MAKERS),
    "forum.domain.desk.queues.recognisable": ({"space_id"}, MAKERS),
    "forum.domain.desk.queues.without_words": ({"space_id"}, MAKERS),
    "forum.domain.doctor.reviews": (
        {
            "capacity_id", "city", "created_by_id",
            "curator_id", "earlier_curators", "origin_cities", "published_at", "reviewer_id",
        },
        "for whoever runs the machine"
    ),
    "forum.domain.doctor.words": ({"cities"}, "compares what is stored, for whoever runs the machine"),
    "forum.domain.moderation.still_waiting": ({"space_id"}, MAKERS),
    "forum.domain.regrouping.dry_run": ({"space_id"}, MAKERS),
    "forum.domain.handovers.lesson_kind": ({"curator_id", "space_id"}, MAKERS),
    "forum.domain.handovers.question_kind": ({"curator_id", "space_id"}, MAKERS),
    "forum.domain.handovers.review_kind": ({"space_id"}, RULE),
    "forum.domain.inbox.own_stops": (
        {"created_by_id", "curator_id"}, "whether the member makes any, for their own settings"
    ),
    "forum.domain.lessons.ageing": ({"review_on"}, KEPT),
    "forum.domain.lessons.audiences": ({"space_id"}, RULE),
    "forum.domain.lessons.confirmers": ({"curator_id"}, CHECKS),
    "forum.domain.lessons.confirming": ({"curator_id", "space_id"}, "leaves out its own city and who makes it"),
    "forum.domain.lessons.consent_checks": ({"space_id"}, RULE),
    "forum.domain.lessons.dispute_list": ({"curator_id"}, "how who replies stands, as origin shows who made it"),
    "forum.domain.lessons.earlier_curators": ({"curator_id", "earlier_curators"}, KEPT),
    "forum.domain.lessons.ending": ({"curator_id"}, LETTERS),
    "forum.domain.lessons.fetched": ({"space_id"}, MAKERS),
    "forum.domain.lessons.held": ({"curator_id"}, KEPT),
    "forum.domain.lessons.holding": ({"curator_id", "space_id"}, MAKERS),
    "forum.domain.lessons.giveaways": ({"curator_id", "reviewer_id", "space_id"}, MAKERS),
    "forum.domain.lessons.impact": ({"published_at"}, "the order of lessons that rest on one thread, for who reads it"),
    "forum.domain.lessons.lessons": ({"curator_id", "published_at", "published_by_id", "sealed_at"}, KEPT),
    "forum.domain.lessons.library_counts": ({"cities", "space_id"}, "counts by what origin lets be named"),
    "forum.domain.lessons.library_keys": ({"review_on"}, "keeps its quarter, and shows nothing"),
    "forum.domain.lessons.library_sorts": ({"due_quarter"}, "an order by its quarter, which masked ones show"),
    "forum.domain.lessons.behind_claims": ({"curator_id"}, CHECKS),
    "forum.domain.lessons.claim_views": ({"published_at"}, "whether a version is published, as page does"),
    "forum.domain.lessons.own_cases": ({"curator_id", "space_id"}, CHECKS),
    "forum.domain.lessons.making": ({"reviewer_id"}, CHECKS),
    "forum.domain.lessons.page_facts": (
        {"published_at", "published_by_id", "sealed_at"},
        "reads for origin, and of one that is kept from its reader no names",
    ),
    "forum.domain.lessons.quotations": ({"space_id"}, RULE),
    "forum.domain.lessons.review_candidates": ({"curator_id", "sealed_at", "space_id"}, CHECKS),
    "forum.domain.lessons.review_answers": (
        {"created_by_id", "curator_id", "reviewer_id", "space_id"}, "what came back to its makers"
    ),
    "forum.domain.lessons.review_comments": (
        {"curator_id", "published_at"},
        "whether one of them settled a comment, who is called its maker; which comments are of a version that is gone",
    ),
    "forum.domain.lessons.review_facts": ({"space_id"}, CHECKS),
    "forum.domain.lessons.review_letters": (
        {"note", "reviewer"}, "who decided, and the note that came back, for the curator"
    ),
    "forum.domain.lessons.review_losses": ({"sealed_at"}, CHECKS),
    "forum.domain.lessons.reviews": (
        {"created_by_id", "curator_id", "origin_cities", "reviewer", "reviewer_id"}, CHECKS
    ),
    "forum.domain.lessons.rights": ({"sealed_at"}, KEPT),
    "forum.domain.lessons.state_machine": ({"changed_at", "published_by_id"}, RULE),
    "forum.domain.lessons.taking_over": ({"curator_id"}, CHECKS),
    "forum.domain.lessons.unknowns.keeping": ({"published_at"}, KEPT),
    "forum.domain.lessons.unlooked": ({"curator_id"}, MAKERS),
    "forum.domain.lessons.versions": (
        {"cities", "created_by_id", "curator_id", "origin_cities", "sealed_at"}, KEPT
    ),
    "forum.domain.lessons.weakened": ({"space_id"}, MAKERS),
    "forum.domain.lessons.workbench.beginnings": ({"space_id"}, "drafts for their makers; others as of_thread leads"),
    "forum.domain.lessons.workbench.desk": (
        {"curator_id", "sealed_at", "space_id"}, "for the makers; who else waits asks origin"
    ),
    "forum.domain.lessons.workbench.draft": ({"curator_id", "space_id"}, MAKERS),
    "forum.domain.lessons.workbench.evidence": ({"space_id"}, MAKERS),
    "forum.domain.lessons.workbench.queues.disputed": ({"space_id"}, MAKERS),
    "forum.domain.lessons.workbench.queues.due_for_review": ({"review_on", "space_id"}, MAKERS),
    "forum.domain.lessons.workbench.queues.in_my_hands": ({"curator_id", "space_id"}, MAKERS),
    "forum.domain.lessons.workbench.queues.ripe": ({"space_id"}, MAKERS),
    "forum.reactions.ageing": ({"curator_id", "review_on", "space_id"}, LETTERS),
    "forum.reactions.cited": ({"curator_id"}, LETTERS),
    "forum.reactions.disputes": ({"space_id"}, LETTERS),
    "forum.reactions.lessons": ({"created_by_id", "curator_id"}, LETTERS),
    "forum.reactions.reports": ({"curator_id"}, LETTERS),
}  # fmt: skip
IN_TEMPLATES = re.compile(
    r"\b(?:lesson|version|review)\.(space\w*|curator\w*|published_\w+|changed_at|review_on|origin_cities|change_note"
    r"|cities|sealed_at|created_by\w*|reviewer\w*)\b"
)
TEMPLATES: dict[str, tuple[set[str], str]] = {
    "templates/email/_digest.html": ({"change_note"}, "of the digest's own row, which origin filled"),
    "templates/email/_digest.txt": ({"change_note"}, "of the digest's own row, which origin filled"),
}


def reads(root: Path) -> dict[str, set[str]]:
    """The modules that read where a lesson comes from, with what they read."""
    found = {
        module.name: set(_read(module.tree))
        for module in modules(root).values()
        if module.floor not in {"models", "demo"} and module.name not in PLACES
    }
    return {name: what for name, what in found.items() if what}


def _read(tree: ast.Module) -> Iterator[str]:
    asked = {
        id(argument)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(ASKED)
        for argument in node.args
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and id(node) not in asked:
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else ast.unparse(node.value)
            if node.attr in OWNERS.get(owner, ()):
                yield node.attr


def in_templates(root: Path) -> dict[str, set[str]]:
    """The same of templates."""
    found = {
        path.relative_to(root).as_posix(): set(IN_TEMPLATES.findall(path.read_text()))
        for path in sorted((root / "templates").rglob("*.*"))
    }
    return {name: what for name, what in found.items() if what}


RULES = {reads: ALLOWED, in_templates: TEMPLATES}
PLANTED = [
    (
        reads,
        "forum/domain/spaces/made_here.py",
        "rows = select(Lesson.title).where(Lesson.space_id == space_id)\n",
    ),
    (reads, "forum/web/feeds.py", "entry.updated = version.published_at.isoformat()\n"),
    (reads, "forum/web/files.py", "writer.add(page.lesson.curator.name)\n"),
    (reads, "forum/domain/figures.py", "checked = select(LessonReview.city)\n"),
    (in_templates, "templates/lessons/card.html", "<p>{{ page.lesson.space.name }}</p>"),
    (in_templates, "templates/lessons/show.html", "{{ version.change_note }}"),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_only_origin_reads_where_a_lesson_comes_from(rule):
    """What is allowed is still read, too: a reason that is not needed any more goes."""
    allowed = {name: what for name, (what, _why) in RULES[rule].items()}
    assert rule(ROOT) == allowed


@pytest.mark.parametrize(("rule", "path", "text"), PLANTED)
def test_each_rule_can_fail(rule, path, text, tmp_path):
    assert rule(plant(tmp_path, {path: text})) != {}


def test_to_ask_whether_somebody_may_is_no_such_reading(tmp_path):
    asked = "require(may_moderate(actor, lesson.space_id))\nrole = actor.roles.get(lesson.space_id)\n"
    assert reads(plant(tmp_path, {"forum/web/a.py": asked})) == {}
