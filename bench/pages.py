"""The pages that are measured, and how much each may cost."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """One address, as a visitor or as the reader who is signed in."""

    name: str
    path: str
    signed_in: bool


HOME, HOME_VISITOR = "home, member", "home, visitor"
SPACE, LIBRARY, LESSON, MEMBERS, SETTINGS = "space", "library", "lesson", "members", "settings"
AXIS, PROFILE, THREADS, UNANSWERED = "axis", "profile", "all threads", "all threads, unanswered of one axis"
DIRECTORY, FOUND = "directory", "directory, found by a word and an axis"
THREAD, THREAD_VISITOR = "thread of 20 posts", "thread of 20 posts, visitor"
TAUGHT, LONG = "the same with a lesson", "last page of a long thread"

LIMITS = [
    Page("limit 1: 40 kB of ready HTML", "/ready", False),
    Page("limit 2: one query, 20 rows", "/rows", False),
]
# At most so many times limit 2.
MOST_TIMES = {
    HOME_VISITOR: 5.0,
    HOME: 5.0,
    SPACE: 5.0,
    AXIS: 5.0,
    PROFILE: 5.0,
    DIRECTORY: 5.0,
    FOUND: 5.0,
    THREADS: 8.0,
    UNANSWERED: 8.0,
    THREAD: 3.0,  # with quotes, answers, responses and a summary of where it stands
    LIBRARY: 5.0,
    LESSON: 5.0,
    MEMBERS: 5.0,
    SETTINGS: 5.0,
}
MOST_QUERIES = 8
MORE_QUERIES = {THREAD: 10, TAUGHT: 10, LONG: 10}
MOST_GROWTH = (
    1.2  # from the smallest forum to the largest, and as much more as the turns differ among themselves
)
# Rows depend a little on what was said last: in one network a thread more, in another a thread less.
MORE_ROWS, FEW_ROWS = 1.25, 50
MOST_TOGETHER = 1.25  # times as long as in eight spaces, for eight writers in one
MOST_MEMORY = 150.0  # megabytes, to seed a network of any size
