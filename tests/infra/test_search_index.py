"""The index asked: the same hits on both databases, and nothing that anybody types is a sign of its language."""

import pytest

from forum.domain.indexing import writing
from forum.domain.indexing.kinds import POSTS
from forum.infra.db import db
from forum.infra.search_index import matches
from forum.infra.search_questions import AllOf, AnyOf, Key, Phrase, Without
from forum.models.search import PostText
from tests.factories import make_member, make_post, make_space, make_thread

ROWS = {
    "a": ("een wijk krijgt budget", ""),
    "b": ("wijkbudget", "wijk budget"),
    "c": ("budget van een wijk", ""),
    "d": ("and or not near", ""),
    "e": ("straße ελλας 12e3 0x1f", ""),
    "f": ("wijk", "budget krijgt"),
}


@pytest.fixture
def ids(app):
    space = make_space()
    author = make_member(space=space)
    thread = make_thread(space, author)
    posts = {name: make_post(thread, author, name) for name in ROWS}
    rows = [
        {"post_id": posts[name].id, "terms": terms, "parts": parts} for name, (terms, parts) in ROWS.items()
    ]
    writing.write(POSTS, rows)
    return {post.id: name for name, post in posts.items()}


def found(ids, query) -> str:
    return "".join(sorted(ids.get(id_, "") for id_ in db.session.scalars(matches(PostText, query))))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (Key("wijk"), "abcf"),
        (Key("wijkbudget"), "b"),
        (AnyOf((Key("wijkbudget"), AllOf((Key("wijk"), Key("budget"))))), "abcf"),
        (Phrase(("een", "wijk")), "ac"),
        (Phrase(("krijgt", "budget")), "a"),
        (Phrase(("wijk", "budget")), ""),
        (Phrase(("een", "wij")), ""),
        (Without(Key("wijk"), Key("krijgt")), "bc"),
        (Without(Key("wijk"), Phrase(("krijgt", "budget"))), "bcf"),
        (AllOf((Key("budget"), AnyOf((Phrase(("een", "wijk")), Key("wijkbudget"))))), "abc"),
        (AllOf((Key("and"), Key("or"), Key("not"), Key("near"))), "d"),
        (AllOf((Key("straße"), Key("ελλας"), Key("12e3"), Key("0x1f"))), "e"),
        (Phrase(("12e3", "0x1f")), "e"),
        (Key("nobody"), ""),
    ],
    ids=str,
)
def test_a_query_finds_the_same_on_both_databases(ids, query, names):
    assert found(ids, query) == names


@pytest.mark.parametrize(
    "query",
    [Key('a" OR "b'), Key(""), Key("a b"), Phrase(("a", "b'")), Phrase(()), AllOf(()), AnyOf((Key("*"),))],
)
def test_what_is_no_key_is_refused(app, query):
    with pytest.raises(ValueError):
        matches(PostText, query)
