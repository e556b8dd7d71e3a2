"""Threads and posts in every state that a moderator meets; what the case is about was written by `aut`."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from forum.infra import clock
from forum.infra.db import db
from forum.models.spaces import Audience
from forum.models.threads import Post, Thread
from tests.factories import make_post, make_thread
from tests.policy.people import Town

State = Callable[[Town], "Place"]


class Place(NamedTuple):
    """A thread and the post in it that an act is about."""

    thread: Thread
    post: Post


def thread(
    town: Town, *, by: str = "aut", audience: Audience = Audience.NETWORK, away: bool = False
) -> Place:
    """A thread here or elsewhere, and its opening post."""
    place = make_thread(town.elsewhere if away else town.here, town.member(by), audience=audience)
    return Place(place, _post(place, 1))


def reply(town: Town, *, by: str = "aut", audience: Audience = Audience.NETWORK, away: bool = False) -> Place:
    """A reply to somebody else, in a thread here or elsewhere."""
    place = thread(town, by="mem", audience=audience, away=away).thread
    return Place(place, make_post(place, town.member(by)))


def locked(town: Town, make: Callable[..., Place]) -> Place:
    """What stands in a closed thread."""
    place = make(town)
    place.thread.locked_at = clock.now()
    return place


def hidden(town: Town, make: Callable[..., Place], *, by: str = "cur") -> Place:
    """A post that a moderator hid."""
    place = make(town)
    post = place.post
    post.hidden_at, post.hidden_by_id, post.hidden_reason, post.html = (
        clock.now(),
        town.member(by).id,
        "No.",
        "",
    )
    if post.number == 1:
        place.thread.hidden_at = post.hidden_at
    return place


def taken_back(town: Town, make: Callable[..., Place]) -> Place:
    """A post that its author took back; others still answer to it."""
    place = make(town)
    place.post.deleted_at, place.post.html = clock.now(), ""
    return place


def withdrawn(town: Town, make: Callable[..., Place]) -> Place:
    """What stood in a thread that its author took back as a whole."""
    place = make(town)
    place.thread.withdrawn_at = clock.now()
    return place


def below_hidden(town: Town) -> Place:
    """A reply below a hidden opening post."""
    place = reply(town)
    _post(place.thread, 1).hidden_at = place.thread.hidden_at = clock.now()
    return place


def _states(make: Callable[..., Place]) -> dict[str, State]:
    return {
        "open": make,
        "for the space": lambda town: make(town, audience=Audience.SPACE),
        "of everybody": lambda town: make(town, audience=Audience.PUBLIC),
        "away": lambda town: make(town, by="ome", away=True),
        "away, for the space": lambda town: make(town, by="ome", audience=Audience.SPACE, away=True),
        "of a moderator": lambda town: make(town, by="mod"),
        "locked": lambda town: locked(town, make),
        "hidden": lambda town: hidden(town, make),
        "hidden by mod": lambda town: hidden(town, make, by="mod"),
        "of mod, hidden": lambda town: hidden(town, partial(make, by="mod")),
        "taken back": lambda town: taken_back(town, make),
        "withdrawn": lambda town: withdrawn(town, make),
    }


THREADS: Mapping[str, State] = _states(thread)
REPLIES: Mapping[str, State] = {**_states(reply), "below hidden": below_hidden}


def _post(place: Thread, number: int) -> Post:
    query = db.select(Post).where(Post.thread_id == place.id, Post.number == number)
    return db.session.scalars(query).one()


def after(do: Callable[[Town, Place], Any], states: Mapping[str, State]) -> dict[str, Callable[[Town], Any]]:
    """The same states, in each of which something was done before; `do` returns what the act is about then."""

    def both(make: State, town: Town) -> Any:
        return do(town, make(town))

    return {name: partial(both, make) for name, make in states.items()}


def only(states: Mapping[str, State], *names: str) -> dict[str, State]:
    """Some of these states."""
    return {name: states[name] for name in names}
