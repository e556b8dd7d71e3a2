"""The index of words is asked for everything at once, however much it finds."""

import pytest

from forum.domain.indexing.keys import Keys
from forum.domain.search import language
from forum.domain.search.lookup import look_up
from forum.domain.search.sought import search_for
from forum.infra import search_ids
from forum.infra.logs import count_queries
from forum.infra.search_questions import Key
from forum.models.search import PostText
from forum.models.spaces import Role
from forum.models.threads import Post
from tests.conftest import POSTGRES
from tests.factories import make_member, make_space, make_thread

pytestmark = pytest.mark.both_databases
# How many queries PostgreSQL takes where few posts have it, and where many do; SQLite always one.
ASKED = {
    "": (0, 0),
    "fiets": (1, 3),
    "fiets plein": (1, 2),
    "fiets -auto": (1, 3),
    '"rode fiets"': (2, 3),
    '"rode fiets" plein': (2, 3),
}


@pytest.fixture
def few(monkeypatch):
    def set_few(number):
        monkeypatch.setattr(search_ids, "FEW", number)
        search_ids._few.cache_clear()

    yield set_few
    search_ids._few.cache_clear()


@pytest.mark.parametrize("asked", ASKED)
def test_it_takes_as_few_queries_as_it_says(session, few, asked):
    gent = make_space("Gent", city="gent", slug="gent")
    leen = make_member("Leen", space=gent, role=Role.MODERATOR)
    for number in range(6):
        make_thread(gent, leen, title=f"Fiets plein {number}", body="De rode fiets staat op het grote plein.")
    session.flush()
    search = search_for(language.read(asked), Keys())
    few_, many = ASKED[asked]
    # With six it is all of them, however new: who may read none of these waits no longer than for nobody's words.
    for most, queries in ((1_000, few_), (6, few_), (2, many)):
        few(most)
        with count_queries() as counted:
            found = look_up(search, some=False)
        assert len(counted.statements) == (queries if POSTGRES else min(queries, 1)), most
        if asked:
            assert (found.posts.more, len(found.posts.ids)) == (most == 2, 3 if most == 2 else 6)
            assert not (found.any_posts.ids and found.any_posts.more), "nobody uses the newest of these"


def test_the_newest_are_never_those_of_other_rows(session):
    through = search_ids.Wanted(PostText, Key("fiet"), (Post.thread_id, Post.id), newest=True)
    with pytest.raises(ValueError, match="newest"):
        search_ids.few({"posts": through}, by_index=False)
