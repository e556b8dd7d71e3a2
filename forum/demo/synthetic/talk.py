"""The threads of a synthetic network: what is said, changed, taken back, hidden and closed, in the order of time."""

from itertools import count
from typing import Any

from forum.demo.synthetic.lessons import Lessons
from forum.demo.synthetic.network import Network, Row, Rows, moment
from forum.demo.synthetic.pace import Quotable, Talk, steps
from forum.demo.synthetic.people import scattered
from forum.infra.text import RENDER_VERSION, slug, summary
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Audience
from forum.models.themes import Axis, Need, Tag, ThreadTag
from forum.models.threads import Outcome, Post, PostKind, PostRevision, Thread, ThreadCity

KINDS = [None] * 8 + list(PostKind)[:6]
NEEDS, AXES, OUTCOMES = list(Need), list(Axis), [*Outcome, *[None] * 12]
HIDDEN, TAKEN_BACK, CHANGED = 0.002, 0.006, 0.036  # shares of the posts, each with those before it
REGRETTED = 0.07  # of the threads without an answer: those beyond CHANGED are taken back too
LOCKED = 0.02
QUOTABLE = 6  # posts of a thread that a lesson may quote
REASON = "Noemt iemand die daar niet om vroeg."


class Talks:
    """Says everything, and counts the rows of each table."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.lessons = Lessons(network)
        self.post, self.revision, self.action = count(1), count(1), count(1)

    def rows(self) -> Rows:
        """All threads with their posts, and the lessons that are made of them as they come to rest."""
        size = self.network.size
        for known in (self.network.posts, self.network.moved, self.network.widths, self.network.spaces):
            known.extend([0] * size.threads)
        for number in range(1, self.network.tags + 1):
            yield Tag, {"id": number, "slug": f"thema-{number}", "name": f"Thema {number}"}
        for at, talk, said in steps(self.network):
            if said:
                yield from self._say(talk, at)
            else:
                yield from self._rest(talk)
                yield from self.lessons.after(talk)
        yield from self.lessons.rest()

    def _say(self, talk: Talk, at: float) -> Rows:
        network, number = self.network, talk.last_number + 1
        words = network.texts[int(network.chance.random() * len(network.texts))]
        post_id = next(self.post)
        body, html, plain = words.said(post_id)
        author = self._author(talk, at)
        capacity = network.capacity(author, at)
        if number == 1:
            self._open(talk, author, at, f"{words.title} ({talk.id})", summary(plain))
        talk.last_number, talk.last_at = number, at
        post: dict[str, Any] = {
            "id": post_id,
            "thread_id": talk.id,
            "number": number,
            "author_id": author,
            "capacity_id": capacity,
            "kind": KINDS[int(network.chance.random() * len(KINDS))] if number > 1 else None,
            "html": html,
            "render_version": RENDER_VERSION,
            "created_at": moment(at),
            "idempotency_key": scattered(post_id),
        }
        revision = {
            "id": next(self.revision),
            "post_id": post_id,
            "number": 1,
            "body": body,
            "plain": plain,
            "title": talk.title if number == 1 else "",
            "created_at": post["created_at"],
            "editor_id": author,
        }
        yield from self._fate(talk, post, revision, at)
        yield PostRevision, revision
        yield Post, post
        if post["html"]:
            self._count(talk, post, at)
            if len(talk.quotable) < QUOTABLE:
                shown = revision["id"] if "edited_at" not in post else revision["id"] + 1
                talk.quotable.append(Quotable(post_id, shown, author, capacity, words))

    def _author(self, talk: Talk, at: float) -> int:
        network, luck = self.network, self.network.chance.random()
        if talk.last_number and luck < 0.2:
            return talk.author
        at_home = not talk.last_number or talk.audience == Audience.SPACE or luck < 0.7
        return network.somebody(talk.place, at) if at_home else network.anybody(at)

    def _open(self, talk: Talk, author: int, at: float, title: str, first: str) -> None:
        talk.author, talk.opened_at, talk.title, talk.summary = author, at, title, first

    def _fate(self, talk: Talk, post: dict[str, Any], revision: dict[str, Any], at: float) -> Rows:
        """What became of a post afterwards: hidden, taken back or changed; most stand as they were written."""
        network, luck = self.network, self.network.chance.random()
        alone = post["number"] == 1 and talk.planned <= 0  # nobody will answer
        if talk.measured or luck >= (REGRETTED if alone else CHANGED):
            return
        later = network.soon(at, 2)
        if luck < HIDDEN:
            keeper = talk.place.moderator
            post |= {"html": "", "hidden_at": moment(later), "hidden_by_id": keeper, "hidden_reason": REASON}
            talk.hidden_at = later if post["number"] == 1 else talk.hidden_at
            yield self._log(talk, Action.HIDE, later, post["number"])
        elif luck < TAKEN_BACK or luck >= CHANGED:
            post |= {"html": "", "deleted_at": moment(later)}
            if post["number"] == 1:
                talk.title = talk.summary = ""
        else:
            words = network.texts[int(network.chance.random() * len(network.texts))]
            body, _html, plain = words.said(post["id"])
            changed = {**revision, "id": next(self.revision), "number": 2, "created_at": moment(later)}
            yield PostRevision, changed
            # What stands now is the later version; the first one said something else.
            revision |= {"body": body, "plain": plain}
            post |= {"revision": 2, "edited_at": moment(later)}

    def _count(self, talk: Talk, post: dict[str, Any], at: float) -> None:
        talk.post_count += 1
        city = self.network.city(post["author_id"])
        talk.cities[city] = at
        if talk.answered_at is None and post["author_id"] != talk.author:
            talk.answered_at = at

    def _rest(self, talk: Talk) -> Rows:
        network, chance, number = self.network, self.network.chance, talk.id
        network.posts[number], network.moved[number] = talk.last_number, talk.last_at
        network.widths[number], network.spaces[number] = talk.audience.rank, talk.place.id
        if not talk.title and talk.last_number == 1:
            talk.withdrawn_at = talk.last_at
        locked = network.soon(talk.last_at, 20) if chance.random() < LOCKED and not talk.measured else None
        if locked:
            yield self._log(talk, Action.LOCK, locked, None)
        yield Thread, self._thread(talk, locked)
        for city, at in talk.cities.items():
            yield ThreadCity, {"thread_id": number, "city": city, "said_at": moment(at)}
        for tag in {network.tag() for _tag in range(chance.choice((0, 1, 1, 2, 3)))}:
            yield ThreadTag, {"thread_id": number, "tag_id": tag}

    def _thread(self, talk: Talk, locked: float | None) -> dict[str, Any]:
        chance = self.network.chance
        return {
            "id": talk.id,
            "space_id": talk.place.id,
            "author_id": talk.author,
            "title": talk.title,
            "slug": slug(talk.title),
            "need": chance.choice(NEEDS),
            "axis": chance.choice(AXES),
            "audience": talk.audience,
            "outcome": chance.choice(OUTCOMES),
            "summary": talk.summary,
            "cities": list(talk.cities),
            "post_count": talk.post_count,
            "last_number": talk.last_number,
            "created_at": moment(talk.opened_at),
            "last_post_at": moment(talk.last_at),
            "answered_at": _moment(talk.answered_at),
            "locked_at": _moment(locked),
            "hidden_at": _moment(talk.hidden_at),
            "withdrawn_at": _moment(talk.withdrawn_at),
            "idempotency_key": scattered(-talk.id),
        }

    def _log(self, talk: Talk, action: Action, at: float, number: int | None) -> Row:
        return (
            ModerationAction,
            {
                "id": next(self.action),
                "action": action,
                "actor_id": talk.place.moderator,
                "space_id": talk.place.id,
                "thread_id": talk.id,
                "post_number": number,
                "reason": REASON if action == Action.HIDE else "",
                "created_at": moment(at),
            },
        )


def _moment(seconds: float | None) -> Any:
    return None if seconds is None else moment(seconds)
