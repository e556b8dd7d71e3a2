"""The threads of a synthetic network: what is said, changed, taken back, hidden and closed, in the order of time."""

from itertools import count
from typing import Any

from forum.demo.synthetic.lessons import Lessons
from forum.demo.synthetic.network import Network, Rows, moment
from forum.demo.synthetic.pace import GrowingThread, Quotable, steps
from forum.demo.synthetic.people import EDITORS, scattered
from forum.domain.audit import reasons
from forum.infra.text import RENDER_VERSION, slug, summary
from forum.models.moderation import Action, ActionReason, ActorRole, ModerationAction
from forum.models.spaces import Audience
from forum.models.themes import Axis, Need, Tag, ThreadTag
from forum.models.threads import Outcome, Post, PostKind, PostRevision, Thread, ThreadCity

KINDS = [None] * 8 + list(PostKind)[:6]
WITHOUT_AXIS = 40  # one in so many threads waits for a moderator who chooses it
NEEDS, AXES, OUTCOMES = list(Need), list(Axis), [*Outcome, *[None] * 12]
HIDDEN, TAKEN_BACK, CHANGED = 0.002, 0.006, 0.036  # shares of the posts, each with those before it
REGRETTED = 0.07  # of the threads without an answer: those beyond CHANGED are taken back too
LOCKED = 0.02
QUOTABLE = 6  # posts of a thread that a lesson may quote
REASON = "Noemt iemand die daar niet om vroeg."


class ThreadWriter:
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
            yield Tag, {"id": number, "slug": f"thema-{number}"}
        for at, thread, said in steps(self.network):
            if said:
                yield from self._say(thread, at)
            else:
                yield from self._rest(thread)
                yield from self.lessons.after(thread)
        yield from self.lessons.rest()

    def _say(self, thread: GrowingThread, at: float) -> Rows:
        network, number = self.network, thread.last_number + 1
        words = network.texts[int(network.chance.random() * len(network.texts))]
        post_id = next(self.post)
        body, html, plain = words.said(post_id)
        author = self._author(thread, at)
        capacity = network.capacity(author, at)
        if number == 1:
            self._open(thread, author, at, f"{words.title} ({thread.id})", summary(plain))
        thread.last_number, thread.last_at = number, at
        post: dict[str, Any] = {
            "id": post_id,
            "thread_id": thread.id,
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
            "title": thread.title if number == 1 else "",
            "created_at": post["created_at"],
            "editor_id": author,
        }
        yield from self._fate(thread, post, revision, at)
        yield PostRevision, revision
        yield Post, post
        if post["html"]:
            self._count(thread, post, at)
            if len(thread.quotable) < QUOTABLE and not self._checks(thread, author):
                shown = revision["id"] if "edited_at" not in post else revision["id"] + 1
                thread.quotable.append(Quotable(post_id, shown, author, capacity, words))

    def _checks(self, thread: GrowingThread, author: int) -> bool:
        """Whether a lesson that quotes this author would come from where its reviewer comes from (`Versions`)."""
        same_city = self.network.city(author) == self.network.city(EDITORS[1])
        return author in EDITORS or (thread.place.moderator == EDITORS[0] and same_city)

    def _author(self, thread: GrowingThread, at: float) -> int:
        network, luck = self.network, self.network.chance.random()
        if thread.last_number and luck < 0.2:
            return thread.author
        at_home = not thread.last_number or thread.audience == Audience.SPACE or luck < 0.7
        return network.somebody(thread.place, at) if at_home else network.anybody(at)

    def _open(self, thread: GrowingThread, author: int, at: float, title: str, first: str) -> None:
        thread.author, thread.opened_at, thread.title, thread.summary = author, at, title, first

    def _fate(self, thread: GrowingThread, post: dict[str, Any], revision: dict[str, Any], at: float) -> Rows:
        """What became of a post afterwards: hidden, taken back or changed; most stand as they were written."""
        network, luck = self.network, self.network.chance.random()
        alone = post["number"] == 1 and thread.planned <= 0  # nobody will answer
        if thread.measured or luck >= (REGRETTED if alone else CHANGED):
            return
        later = network.soon(at, 2)
        if luck < HIDDEN:
            keeper = thread.place.moderator
            post |= {"html": "", "hidden_at": moment(later), "hidden_by_id": keeper, "hidden_reason": REASON}
            thread.hidden_at = later if post["number"] == 1 else thread.hidden_at
            yield from self._log(thread, Action.HIDE, later, post)
        elif luck < TAKEN_BACK or luck >= CHANGED:
            post |= {"html": "", "deleted_at": moment(later)}
            if post["number"] == 1:
                thread.title = thread.summary = ""
        else:
            words = network.texts[int(network.chance.random() * len(network.texts))]
            body, _html, plain = words.said(post["id"])
            changed = {**revision, "id": next(self.revision), "number": 2, "created_at": moment(later)}
            yield PostRevision, changed
            # What stands now is the later version; the first one said something else.
            revision |= {"body": body, "plain": plain}
            post |= {"revision": 2, "edited_at": moment(later)}

    def _count(self, thread: GrowingThread, post: dict[str, Any], at: float) -> None:
        thread.post_count += 1
        city = self.network.city(post["author_id"])
        thread.cities[city] = at
        if thread.answered_at is None and post["author_id"] != thread.author:
            thread.answered_at = at

    def _rest(self, thread: GrowingThread) -> Rows:
        network, chance, number = self.network, self.network.chance, thread.id
        network.posts[number], network.moved[number] = thread.last_number, thread.last_at
        network.widths[number], network.spaces[number] = thread.audience.rank, thread.place.id
        if not thread.title and thread.last_number == 1:
            thread.withdrawn_at = thread.last_at
        locked = (
            network.soon(thread.last_at, 20) if chance.random() < LOCKED and not thread.measured else None
        )
        if locked:
            yield from self._log(thread, Action.LOCK, locked)
        yield Thread, self._thread(thread, locked)
        for city, at in thread.cities.items():
            yield ThreadCity, {"thread_id": number, "city": city, "said_at": moment(at)}
        for tag in {network.tag() for _tag in range(chance.choice((0, 1, 1, 2, 3)))}:
            yield ThreadTag, {"thread_id": number, "tag_id": tag, "name": network.tag_name(tag)}

    def _thread(self, thread: GrowingThread, locked: float | None) -> dict[str, Any]:
        chance = self.network.chance
        return {
            "id": thread.id,
            "space_id": thread.place.id,
            "author_id": thread.author,
            "title": thread.title,
            "slug": slug(thread.title),
            "need": chance.choice(NEEDS),
            "axis": chance.choice(AXES) if thread.id % WITHOUT_AXIS else None,
            "audience": thread.audience,
            "outcome": chance.choice(OUTCOMES),
            "summary": thread.summary,
            "cities": list(thread.cities),
            "told_by_field": bool(self.network.in_field[thread.author]),
            "post_count": thread.post_count,
            "last_number": thread.last_number,
            "created_at": moment(thread.opened_at),
            "last_post_at": moment(thread.last_at),
            "answered_at": _moment(thread.answered_at),
            "locked_at": _moment(locked),
            "hidden_at": _moment(thread.hidden_at),
            "withdrawn_at": _moment(thread.withdrawn_at),
            "idempotency_key": scattered(-thread.id),
        }

    def _log(
        self, thread: GrowingThread, action: Action, at: float, post: dict[str, Any] | None = None
    ) -> Rows:
        number, digest = next(self.action), ""
        if post is not None:
            salt = f"{number:032x}"  # random ones would make another network each time
            digest = reasons.digest_of(REASON, salt)
            yield ActionReason, {"action_id": number, "words": REASON, "salt": salt}
        yield (
            ModerationAction,
            {
                "id": number,
                "action": action,
                "actor_id": thread.place.moderator,
                "role": ActorRole.MODERATOR,
                "space_id": thread.place.id,
                "thread_id": thread.id,
                "post_id": None if post is None else post["id"],
                "post_number": None if post is None else post["number"],
                "code": "",
                "reason_digest": digest,
                "created_at": moment(at),
            },
        )


def _moment(seconds: float | None) -> Any:
    return None if seconds is None else moment(seconds)
