"""Every query that finds threads says whether it is of running talk, so that no list forgets the archive.

A module that asks for threads that are not hidden or taken back (`hidden_at`, `withdrawn_at`) either asks RUNNING
too, or stands in AS_BEFORE with why it shows archived threads as well.
"""

import ast
from pathlib import Path

DOMAIN = Path("forum/domain")
READ = "read as before"
FOUND = "search finds it"
LOOKED_AFTER = "moderators and authors still look after its words"
MADE_OF = "a lesson can still be made of it"
QUOTED = "a lesson that rests on it stays as it was"
ONE = "of one thread that somebody opened, named or chose"
AS_BEFORE = {
    "audit/reading.py": LOOKED_AFTER,
    "consents/passages.py": QUOTED,
    "consents/requests.py": QUOTED,
    "desk/decided.py": LOOKED_AFTER,
    "desk/queues/agreements.py": "the question to its authors goes on",
    "desk/queues/left_out.py": LOOKED_AFTER,
    "desk/queues/nominated.py": MADE_OF,
    "desk/queues/objections.py": LOOKED_AFTER,
    "desk/queues/reported.py": LOOKED_AFTER,
    "desk/queues/themes.py": "it asks WAITS, which asks RUNNING",
    "desk/unattended.py": LOOKED_AFTER,
    "digests/digests.py": "when somebody last posted, to show an example",
    "digests/moderator_needs.py": "it asks WAITS, which asks RUNNING",
    "digests/offers.py": ONE,
    "doctor/rows.py": "it counts what is kept",
    "draft_places.py": "a draft says why its reply cannot be sent",
    "held_posts/pointing.py": LOOKED_AFTER,
    "held_posts/queue.py": LOOKED_AFTER,
    "held_posts/waiting.py": LOOKED_AFTER,
    "lessons/by_author.py": QUOTED,
    "lessons/cited_together.py": QUOTED,
    "lessons/dispute_list.py": QUOTED,
    "lessons/fetched.py": QUOTED,
    "lessons/of_thread.py": QUOTED,
    "lessons/origin_filters.py": QUOTED,
    "lessons/origin_queries.py": QUOTED,
    "lessons/page_queries.py": QUOTED,
    "lessons/quotations.py": QUOTED,
    "lessons/report_queries.py": QUOTED,
    "lessons/report_words.py": QUOTED,
    "lessons/reports.py": QUOTED,
    "lessons/workbench/queues/in_my_hands.py": MADE_OF,
    "lessons/workbench/queues/nominated.py": MADE_OF,
    "lessons/workbench/source_thread.py": MADE_OF,
    "moderation/hiding.py": LOOKED_AFTER,
    "moderation/locking.py": "closed before, it is closed in the archive too",
    "moderation/post_reports.py": LOOKED_AFTER,
    "moderation/settlers.py": LOOKED_AFTER,
    "regrouping/answering.py": "the question to its authors goes on",
    "responses/hiding.py": LOOKED_AFTER,
    "search/by_title.py": FOUND,
    "search/similar.py": FOUND,
    "search/similar_candidates.py": FOUND,
    "search/suggested_titles.py": FOUND,
    "search/suggestions.py": FOUND,
    "search/thread_queries.py": FOUND,
    "summaries/draft_places.py": "a draft says why it cannot be sent",
    "syndication/sitemap.py": READ,
    "threads/archived.py": "the archive itself",
    "threads/bookmarks.py": "what somebody keeps stays kept",
    "threads/by_author.py": "what somebody wrote stands on their page",
    "threads/followed.py": "what somebody chose for it stays, for when it comes out",
    "threads/moved.py": READ,
    "threads/overview_counts.py": "it asks the conditions of the list that it counts",
    "threads/page_queries.py": READ,
    "threads/tag_list.py": "where a tag leads that was merged",
    "threads/unread_queries.py": "of threads that a list chose",
}
MOMENTS = {"hidden_at", "withdrawn_at"}


def asks_which_stand(tree):
    """Whether a module has `Thread.hidden_at.is_(None)`, or the same of the other moment, or `Thread.title != ""`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "is_" and isinstance(node.value, ast.Attribute):
            column = node.value
            if column.attr in MOMENTS and isinstance(column.value, ast.Name) and column.value.id == "Thread":
                return True
        if isinstance(node, ast.Call) and ast.unparse(node).startswith(("sees(Thread,", "visible(Thread,")):
            return True
        if isinstance(node, ast.Compare) and ast.unparse(node) == "Thread.title != ''":
            return True
    return False


def names(tree):
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_every_query_of_threads_says_whether_it_is_of_running_talk():
    asks, silent = set(), set()
    for path in sorted(DOMAIN.rglob("*.py")):
        tree = ast.parse(path.read_text())
        if asks_which_stand(tree):
            which = asks if "RUNNING" in names(tree) else silent
            which.add(str(path.relative_to(DOMAIN)))
    assert silent == set(AS_BEFORE)
    assert len(asks) > 10


def test_nothing_else_decides_what_runs():
    """The column is compared where the condition is written; elsewhere only a row that was read is asked."""
    found = set()
    for path in sorted(Path("forum").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                ast.unparse(node).startswith("Thread.archived_at.")
                if isinstance(node, ast.Attribute)
                else False
            ):
                found.add(str(path))
    assert found == {"forum/domain/threads/running.py"}
