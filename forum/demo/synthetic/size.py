"""How large a synthetic network is, and what in it is the same at every size, because it is measured."""

from dataclasses import dataclass

A_PAGE = 20  # posts on a page of a thread
# Threads to measure: exactly a page of posts; many pages; exactly a page, and the first lesson made of it.
PAGE_THREAD, LONG_THREAD, TAUGHT_THREAD = 1, 2, 3
FIRST_LESSON = 1
READER = 15  # an ordinary member, who writes nothing
LONGEST = 500  # posts of the long thread, as far as there are ten times as many in all
FOUNDERS = 20  # members from the first day on


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    members: int
    threads: int
    posts: int
    lessons: int

    @property
    def fits(self) -> bool:
        """Every thread has a first post, the measured threads have theirs, and every city a moderator."""
        return (
            self.members >= FOUNDERS + 6
            and self.threads >= 30
            and self.posts >= 400
            and self.everyday_posts >= self.everyday_threads
        )

    @property
    def measured(self) -> dict[int, int]:
        """The measured threads with their number of posts."""
        return {PAGE_THREAD: A_PAGE, LONG_THREAD: min(LONGEST, self.posts // 10), TAUGHT_THREAD: A_PAGE}

    @property
    def everyday_threads(self) -> int:
        """All the other threads."""
        return self.threads - len(self.measured)

    @property
    def everyday_posts(self) -> int:
        """The posts in them."""
        return self.posts - sum(self.measured.values())
