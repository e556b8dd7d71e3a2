"""Who has an item in hand when several take it and give it back at one moment."""

from datetime import timedelta

import pytest

from forum.domain.desk import hands, places
from forum.infra import clock
from forum.models.spaces import Role
from forum.policy.errors import Conflict
from tests.factories import actor, make_member, make_thread

pytestmark = pytest.mark.both_databases


@pytest.fixture
def story(gent, leen):
    """The key of a story that waits for an answer."""
    return f"unanswered-{make_thread(gent, leen).id}"


def quicker(monkeypatch, other, *, gives_back):
    """At the moment that somebody takes an item, another takes it first, and gives it back or not."""
    insert = hands.insert_new

    def second(*args):
        monkeypatch.setattr(hands, "insert_new", insert)
        key = f"unanswered-{args[1][0]['item_id']}"
        hands.take(other, key)
        taken = insert(*args)
        if gives_back:
            hands.give_back(other, key)
        return taken

    monkeypatch.setattr(hands, "insert_new", second)


@pytest.mark.parametrize("gives_back", [True, False])
def test_whoever_is_told_that_they_have_it_in_hand_has_it(gent, moderator, story, monkeypatch, gives_back):
    other = make_member("Eva", space=gent, role=Role.MODERATOR)
    quicker(monkeypatch, actor(other), gives_back=gives_back)
    with clock.at(clock.now() + timedelta(days=30)):
        if gives_back:
            hands.take(actor(moderator), story)
        else:
            with pytest.raises(Conflict, match="Eva"):
                hands.take(actor(moderator), story)
        holder = moderator if gives_back else other
        assert places.item(actor(moderator), story).taker_id == holder.id
