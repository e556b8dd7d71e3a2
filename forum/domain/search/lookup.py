"""The index of words, asked once for all that a question needs of it: ids of texts, whoever may read them.

Only where they are few: then the rule of reading is asked of these rows alone, by statements that are planned once.
Where there are more, it is asked with the words in the same statement.
"""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select

from forum.domain.search.sought import Search
from forum.infra.search_ids import UNKNOWN, Ids, Wanted, few
from forum.infra.search_questions import Node, Without
from forum.models.claims import Claim
from forum.models.search import ClaimText, PostText, TitleText, VersionText

# Of lessons there are thousands where there are a million posts: nearly always they are all looked up by their ids.
MOST_VERSIONS = 5_000
_VERSION: tuple[Any, Any] = (Claim.version_id, Claim.id)


@dataclass(frozen=True, slots=True)
class Lookup:
    """What has all that is looked for (`some`: some of it), by ids, as far as they are looked up.

    `versions`: for each word the versions of lessons that have it, themselves or in a claim; none where there are more.
    `titles`: of threads. `posts`: where there are more, the newest. `any_titles`, `any_posts`: that have some of it,
    where all of it is looked for; none where there are more.
    """

    search: Search
    some: bool = False
    versions: tuple[set[int] | None, ...] = ()
    titles: Ids = UNKNOWN
    posts: Ids = UNKNOWN
    any_titles: Ids = UNKNOWN
    any_posts: Ids = UNKNOWN

    @property
    def all_versions(self) -> set[int] | None:
        """The versions of lessons that have it; none where they are not known for each of the words."""
        known = [each for each in self.versions if each is not None]
        if not known or len(known) < len(self.versions):
            return None
        return set.union(*known) if self.some else set.intersection(*known)

    @property
    def wanted(self) -> Node:
        """What a text has to have."""
        return self.search.any_of if self.some else self.search.all_of

    @property
    def wanted_here(self) -> Node:
        """What a title or a post has to have, and not to have."""
        return self.without(self.wanted)

    def without(self, node: Node) -> Node:
        """Return a question for what has this and nothing that is left out."""
        return Without(node, self.search.none_of) if self.search.excluded else node


def look_up(search: Search, *, some: bool) -> Lookup:
    """Return what has all that is looked for (`some`: some of it).

    No query without words, else one. On PostgreSQL one more for phrases, and one or two where many posts have it.
    """
    if not search.wanted:
        return Lookup(search, some)
    asked = Lookup(search, some)
    wanted = {
        "titles": Wanted(TitleText, asked.wanted_here),
        "posts": Wanted(PostText, asked.wanted_here, newest=True),
    }
    if not some and len(search.wanted) > 1:
        any_here = asked.without(search.any_of)
        wanted |= {"any_titles": Wanted(TitleText, any_here)}
        wanted |= {"any_posts": Wanted(PostText, any_here)}
    if not search.excluded:
        for number, sought in enumerate(search.wanted):
            wanted |= {f"version {number}": Wanted(VersionText, sought.node, most=MOST_VERSIONS)}
            wanted |= {f"claim {number}": Wanted(ClaimText, sought.node, _VERSION, most=MOST_VERSIONS)}
    found = few(wanted, by_index=any(each.has_many_ways for each in search.wanted))
    versions = tuple(
        _both(found.get(f"version {number}", UNKNOWN), found.get(f"claim {number}", UNKNOWN))
        for number in range(len(search.wanted))
    )
    return replace(
        asked,
        versions=versions,
        titles=found["titles"],
        posts=found["posts"],
        any_titles=found.get("any_titles", UNKNOWN),
        any_posts=found.get("any_posts", UNKNOWN),
    )


def claimed(node: Node) -> Select[tuple[int]]:
    """Return a query for the ids of versions of lessons with a claim that has something."""
    return Wanted(ClaimText, node, _VERSION).query


def _both(versions: Ids, claimed: Ids) -> set[int] | None:
    return None if versions.more or claimed.more else {*versions.ids, *claimed.ids}
