"""A small network with a closed city and an unlisted group, salted with markers that must never come out.

`build()` returns who looks and where the bait lies. Every way out (pages, digests, mail, log) is walked in
`test_leak_walk.py`.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any

from forum.domain import draft_places
from forum.domain.consents import consents
from forum.domain.desk import hands
from forum.domain.desk import notes as desk_notes
from forum.domain.digests import subscriptions
from forum.domain.drafts import drafts
from forum.domain.drafts.views import Subject
from forum.domain.handovers import offers as handing_over
from forum.domain.lessons import claims, holding, lessons
from forum.domain.moderation import hiding, narrowing, revisions, taking_back
from forum.domain.people import offers
from forum.domain.responses import hiding as sentences
from forum.domain.responses import responses
from forum.domain.spaces import notes
from forum.domain.summaries import keepers, summaries
from forum.domain.threads import bookmarks, classification, nominations, posts, threads
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member, NetworkRole
from forum.models.consents import Masking
from forum.models.events import Event
from forum.models.following import FollowLevel, SpaceFollow, ThreadFollow
from forum.models.lessons import Lesson
from forum.models.notifications import Notification
from forum.models.responses import ResponseKind
from forum.models.spaces import Audience, Role, Space, SpaceKind
from forum.models.subscriptions import Frequency
from forum.models.themes import Axis, Need
from forum.models.threads import Outcome, Post, Thread
from tests import other_readers, reviewed
from tests.factories import actor, join, make_member, make_space
from tests.rules import (
    leak_archive,
    leak_held,
    leak_lessons,
    leak_measures,
    leak_reports,
    leak_rules,
    leak_sealed,
    leak_split,
)

TITLE = "zwartetitelmerk"
BODY = "zwartwoordmerk"
REPLY = "zwartantwoordmerk"
HIDDEN = "zwartverborgenmerk"
TAG = "zwartlabelmerk"
DRAFT = "zwartconceptmerk"
CLAIM = "zwartbeweringmerk"
NAME = "zwartenaammerk"
REASON = "zwarteredenmerk"
CONSENT = "zwartetoestemmingmerk"
SPEAKER = "Zwartstem"
KEPT = "zwartelesmerk"
CHECKED = "zwartetoetsmerk"
SUMMARY, FORMER_SUMMARY = "zwartesamenvattingmerk", "zwarteoudesamenvattingmerk"  # where it stands, and stood
SENTENCE = "zwartezinmerk"  # said with a story; and one that a moderator hid
HIDDEN_SENTENCE = "zwartezinverborgenmerk"
NARROWED = "zwartversmaldmerk"
HUSHED = "zwartgesustmerk"
OFFER = "zwartaanbodmerk"  # what the insider may be asked: for whoever finds them
FORMER_TAG = "zwartoudlabelmerk"
SPELT = "ZwartSpelMerk"  # a tag as the closed thread spells it; for everybody stands one in small letters
# In posts of a thread for everybody that others quoted, before one was hidden and one taken back.
QUOTED = "zwartcitaatmerk"
# In what was typed and not sent: only its owner meets it, nobody else of the closed city either.
HALF, MODERATORS_HALF = "zwarthalfwoordmerk", "zwarthalfbesluitmerk"
# In earlier texts of public posts: one was hidden, one stood before the thread left the unlisted space.
EDITED_OUT, FROM_BEFORE = "zwartgeschraptmerk", "zwartvroegermerk"
# What somebody noted on a post that they keep: not even they meet it once they have left.
KEPT_NOTE = "zwartnotitiemerk"
PINNED = "zwartprikbordmerk"  # in a note and in the welcome of the closed city
NOTED = "zwartwerktafelmerk"  # in a note of moderators about what waits on their desk
MARKERS = (
    TITLE, BODY, REPLY, HIDDEN, TAG, DRAFT, CLAIM, NAME, REASON, CONSENT, SPEAKER, KEPT, CHECKED, NARROWED, HUSHED,
    OFFER, SENTENCE, HIDDEN_SENTENCE, SUMMARY, FORMER_SUMMARY, FORMER_TAG, SPELT, HALF, MODERATORS_HALF, QUOTED,
    EDITED_OUT, FROM_BEFORE, KEPT_NOTE, PINNED, NOTED, *leak_lessons.MARKERS, *leak_reports.MARKERS,
    *leak_held.MARKERS, *leak_measures.MARKERS, *leak_rules.MARKERS, *leak_sealed.MARKERS, *leak_split.MARKERS,
    *leak_archive.MARKERS,
)  # fmt: skip
# The name of a listed space in which nothing public stands: for full members of the network, not for strangers.
PLACE = "zwarteplekmerk"
STRANGERS = {"visitor", "guest elsewhere", "guest whose time is over", "suspended member"}
FINDERS = {
    "member of another city", "former member", "moderator elsewhere", "editor elsewhere", "administrator",
}  # fmt: skip
# What consent lets out, in the words agreed upon, without the talk it came from.
AGREED = "nobody on the floor talks with me"


@dataclass
class World:
    """The rows that the walk needs."""

    closed: Space
    unlisted: Space
    quiet: Space
    thread: Thread  # closed, and without an axis, like `moved`
    narrowed: Thread
    hushed: Thread
    moved: Thread  # for everybody, after it stood in the unlisted space with another tag
    post: Post
    draft: Lesson
    lesson: Lesson
    kept: Lesson
    checked: Lesson
    resting: Lesson  # on the narrowed talk
    begun: list[int]  # drafts of the insider, of the moderator, and of somebody who has left the closed city
    insider: Member
    moderator: Member
    spelt: Thread  # for everybody, with a tag that the closed thread spells otherwise
    split: Thread  # for everybody, of which posts are a thread of the closed city now
    merged: Thread  # into one of the closed city; everybody read it before
    outsiders: dict[str, Member | None] = field(default_factory=dict)

    @property
    def threads(self) -> list[Thread]:
        """The threads that no outsider may meet."""
        return [self.thread, self.narrowed, self.hushed]

    @property
    def lessons(self) -> list[Lesson]:
        """The lessons, whoever may read them."""
        return [self.draft, self.lesson, self.kept, self.checked, self.resting]


def forbidden(person: str, endpoint: str = "") -> set[str]:
    """The markers that this outsider may not meet on a page; without an `endpoint`, those they may meet nowhere.

    Members of the network find the insider among its people, as somebody with a name and an offer, and no more: in the
    directory, and where people are found by a search.
    """
    markers = set(MARKERS)
    if person in FINDERS and endpoint.startswith(("people.", "search.")):
        markers -= {SPEAKER, OFFER, leak_lessons.HOLDER}
    if person in STRANGERS:
        markers.add(PLACE)
    if person == "editor elsewhere" and endpoint.startswith("cahiers."):  # who may change every cahier
        markers.discard(leak_lessons.GATHERED)
    if person == "administrator":  # who has the list of all accounts, and with it everybody's name
        markers -= {SPEAKER, leak_lessons.HOLDER}
    return markers


def remember(world: World) -> Callable[[], World]:
    """Return what finds the rows of this network again in another session."""
    rows = {each.name: _keys(getattr(world, each.name)) for each in fields(world)}
    return lambda: World(**{name: _found(keys) for name, keys in rows.items()})


def _keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _keys(one) for name, one in value.items()}
    return (type(value), value.id) if isinstance(value, db.Model) else value


def _found(keys: Any) -> Any:
    if isinstance(keys, dict):
        return {name: _found(one) for name, one in keys.items()}
    return db.session.get_one(*keys) if isinstance(keys, tuple) else keys


def build() -> World:
    """Make the network through the house's own verbs."""
    closed = make_space("Aalst", city="aalst")
    elsewhere = make_space("Gent", city="gent")
    group = make_space("Wonen", kind=SpaceKind.GROUP, default=Audience.NETWORK)
    unlisted = make_space(NAME, kind=SpaceKind.GROUP, unlisted=True, description=NAME)
    insider = make_member(SPEAKER, space=closed)
    offers.save(actor(insider), asks=[f"Ask me {OFFER}"], tag_line=OFFER, axes=[Axis.STRATEGY], seeks=OFFER)
    moderator = make_member("Marleen", space=closed, role=Role.MODERATOR)
    join(moderator, unlisted, Role.MODERATOR)
    editor = make_member("Wouter", space=elsewhere, role=Role.MODERATOR)
    thread = _talk(closed, insider, moderator)
    inside = threads.start(
        actor(moderator), unlisted.id, title=f"Inside {NAME}", body=NAME, need=Need.FACTS,
        axis=Axis.DENSITY, audience=Audience.SPACE, tags=(NAME,), idempotency_key=str(uuid.uuid4()),
    )  # fmt: skip
    spelt = threads.start(
        actor(editor), elsewhere.id, title="In small letters", body=f"For {EDITED_OUT}.", need=Need.FACTS,
        axis=Axis.DENSITY, audience=Audience.PUBLIC, tags=(SPELT.lower(),), idempotency_key=str(uuid.uuid4()),
    )  # fmt: skip
    shown = _rewritten(editor, spelt, "For everybody.")
    revisions.hide(actor(editor), shown.id, 1, reason="Somebody else said that.")
    post = db.session.scalars(db.select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()
    draft = _draft(moderator, thread, post)
    lesson = _published(
        moderator,
        editor,
        thread,
        post,
        title="Put talking in the roster",
        words=AGREED,
        owner=leak_lessons.OWNER,
    )
    second = make_member(leak_lessons.HOLDER, space=closed, role=Role.MODERATOR)
    kept = _published(
        moderator, second, thread, post, title=f"Ours alone {KEPT}", words=BODY, audience=Audience.SPACE,
        **leak_lessons.ADVICE,
    )  # fmt: skip
    holding.name_deputy(actor(moderator), draft.id, member_id=second.id)
    handing_over.offer(actor(moderator), closed.id, [("lesson", draft.id)], successor_id=second.id)
    checked = _submitted(moderator, thread, post, title=f"Ours, nearly {CHECKED}", words=BODY)
    leak_lessons.live(insider, moderator, second, kept, lesson, checked)
    narrowed, resting = _narrowed(closed, moderator, editor)
    quiet, hushed = _hushed(insider, moderator)
    moved = _moved(unlisted, closed, moderator)
    leak_held.live(insider, moderator, closed, moved)
    leak_rules.live(unlisted, moderator, make_member("Rita", space=closed), inside)
    split, merged = leak_split.live(moderator, closed)
    leak_archive.live(moderator, closed)
    # Whether the closed talk may be read by everybody in the network; nobody answered yet.
    narrowing.ask_authors(actor(moderator), thread.id, audience=Audience.NETWORK)
    former = make_member("Former", space=elsewhere)
    left = join(former, closed)
    begun = _begun(insider, moderator, former, thread, draft)
    begun += [
        *_typed(insider, HALF, leak_lessons.after(kept)),
        *_typed(former, HALF, leak_lessons.after(kept)),
    ]
    begun += _typed(second, MODERATORS_HALF, leak_lessons.checks(checked))
    for keeper in (insider, former):
        bookmarks.keep(actor(keeper), post.id, note=f"Ask again {KEPT_NOTE}")
    for is_welcome in (False, True):
        notes.write(
            actor(moderator),
            closed.id,
            title=f"Our rules {PINNED}",
            body=f"Ask {PINNED}.",
            is_welcome=is_welcome,
        )
    left.since_at, left.ended_at = clock.now() - timedelta(days=90), clock.now()
    suspended = make_member("Suspended", space=closed)
    outsiders = {
        "visitor": None,
        "member of another city": make_member("Karim", space=elsewhere),
        "guest elsewhere": make_member("Hanne", space=group, role=Role.GUEST),
        "former member": former,
        "moderator elsewhere": make_member("Leen", space=elsewhere, role=Role.MODERATOR),
        "editor elsewhere": make_member("Els", space=elsewhere, network_role=NetworkRole.EDITOR),
        "administrator": make_member("Bas", network_role=NetworkRole.ADMIN),
        "suspended member": suspended,
        "guest whose time is over": _guest_until_now(closed, unlisted),
    }
    for person in [*outsiders.values(), insider]:
        if person is not None:
            subscriptions.choose(actor(person), frequency=Frequency.WEEKLY)
            _told_before(person, post, (narrowed, hushed), kept, unlisted)
    suspended.suspended_at = clock.now()
    thread.axis = None
    db.session.flush()
    hands.take(actor(moderator), f"theme-{thread.id}")
    desk_notes.write(actor(moderator), f"theme-{thread.id}", words=f"Ring {NOTED}.")
    db.session.commit()
    return World(
        closed, unlisted, quiet, thread, narrowed, hushed, moved, post, draft, lesson, kept, checked, resting,
        begun, insider, moderator, spelt, split, merged, outsiders,
    )  # fmt: skip


def _guest_until_now(*spaces: Space) -> Member:
    """Somebody whose time as a guest is over everywhere, in rows that nothing closed yet."""
    guest = make_member("Gaston")
    for space in spaces:
        role = join(guest, space, Role.GUEST)
        role.since_at, role.ends_at = clock.now() - timedelta(days=90), clock.now()
    return guest


def _told_before(
    person: Member, post: Post, threads: tuple[Thread, ...], lesson: Lesson, space: Space
) -> None:
    """What somebody was told and followed while they could read it: rows that their right does not go with."""
    events = iter(db.session.scalars(db.select(Event.id).order_by(Event.id)).all())
    about = [
        {"thread_id": post.thread_id, "post_id": post.id},
        {"lesson_id": lesson.id},
        {"space_id": space.id},
    ]
    about += [{"thread_id": thread.id} for thread in threads]
    db.session.add_all(
        Notification(
            member_id=person.id, event_id=next(events), kind="followed", created_at=clock.now(), **ids
        )
        for ids in about
    )
    followed = {"member_id": person.id, "level": FollowLevel.ALL, "changed_at": clock.now()}
    db.session.add(ThreadFollow(thread_id=post.thread_id, chosen=True, **followed))
    db.session.add(SpaceFollow(space_id=space.id, **followed))


def _talk(closed: Space, insider: Member, moderator: Member) -> Thread:
    thread = threads.start(
        actor(insider), closed.id, title=f"Trial {TITLE}", body=f"On the work floor {AGREED} here. {BODY}",
        need=Need.STORIES, axis=Axis.SOLIDARITY, audience=Audience.SPACE, tags=(TAG, SPELT),
        idempotency_key=str(uuid.uuid4()),
    )  # fmt: skip
    threads.reply(
        actor(moderator), thread.id, body=f"We saw it too. {REPLY}", idempotency_key=str(uuid.uuid4())
    )
    keepers.ask(actor(moderator), thread.id, handle=insider.handle)
    for seen, marker in enumerate((FORMER_SUMMARY, SUMMARY)):
        summaries.save(actor(moderator), thread.id, typed=f"They need time {marker}. [1, 2]", seen=seen)
    said = responses.respond(
        actor(moderator), thread.id, kind=ResponseKind.ALSO, sentence=f"With us too {SENTENCE}"
    )
    assert said.sentence
    gone = responses.respond(
        actor(make_member("Ria", space=closed)),
        thread.id,
        kind=ResponseKind.APPLIED,
        sentence=f"She lives at {HIDDEN_SENTENCE}",
    )
    sentences.hide(actor(moderator), gone.id, reason=REASON)
    nominations.nominate(actor(insider), thread.id)
    nominations.close(actor(moderator), thread.id, reason=REASON)
    nominations.nominate(actor(insider), thread.id)
    hidden = threads.reply(
        actor(insider), thread.id, body=f"He lives at {HIDDEN}", idempotency_key=str(uuid.uuid4())
    )
    hiding.hide(actor(moderator), hidden.id, reason=REASON)
    opening = db.session.scalars(db.select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()
    leak_reports.report(closed, insider, moderator, opening, hidden)
    leak_measures.decide(closed, moderator)
    leak_sealed.seal(insider, moderator, thread, reason=REASON)
    return thread


def _draft(curator: Member, thread: Thread, post: Post) -> Lesson:
    lesson = lessons.draft(actor(curator), thread.id, title=f"Not yet {DRAFT}")
    claim = claims.add(actor(curator), lesson.id, text=f"They need time {CLAIM}")
    claims.quote(actor(curator), claim.id, post_id=post.id, words=BODY, stance="supports")
    return lesson


def _published(
    curator: Member,
    publisher: Member,
    thread: Thread,
    post: Post,
    *,
    title: str,
    words: str,
    audience: Audience = Audience.NETWORK,
    **fields: str,
) -> Lesson:
    """A lesson on words from the closed city; one for the network has consent, its speaker masked."""
    lesson = _submitted(curator, thread, post, title=title, words=words, audience=audience, **fields)
    reviewed.publish(actor(publisher), lesson.id, recognised=False)
    return lesson


def _submitted(
    curator: Member,
    thread: Thread,
    post: Post,
    *,
    title: str,
    words: str,
    audience: Audience = Audience.SPACE,
    **fields: str,
) -> Lesson:
    lesson = lessons.draft(actor(curator), thread.id, title=title)
    claim = claims.add(actor(curator), lesson.id, text="Contact keeps people")
    excerpt = claims.quote(actor(curator), claim.id, post_id=post.id, words=words, stance="supports")
    lessons.save(
        actor(curator), lesson.id, saved_count=lessons.working(lesson).saved_count, title=title,
        one_sentence="Give one colleague the time.", outcome=Outcome.WORKED, axis=Axis.SOLIDARITY,
        needs=[Need.STORIES], context="A work floor.", what_was_done="We asked.", result="More stayed.",
        recommendation="Put it in the roster.", unknowns="Whether it lasts.", conditions=["a fixed day"], **fields,
    )  # fmt: skip
    if audience.rank > thread.audience.rank:
        consents.record_answer(
            lesson.id, post.id, words=excerpt.words, masking=Masking.MASKED, city_shown=False, note=CONSENT,
            shown_as="somebody in a large city", audience=audience, agreed=True, at=clock.now(),
        )  # fmt: skip
    return lessons.submit(actor(curator), lesson.id, audience=audience)


def _narrowed(space: Space, moderator: Member, publisher: Member) -> tuple[Thread, Lesson]:
    """A talk of the network under a published lesson, closed afterwards; the lesson keeps what it quotes."""
    author = make_member("Rita", space=space)
    thread = threads.start(
        actor(author), space.id, title=f"Once for all {NARROWED}", body=f"We gave them time. {NARROWED}",
        need=Need.STORIES, axis=Axis.SOLIDARITY, audience=Audience.NETWORK, idempotency_key=str(uuid.uuid4()),
    )  # fmt: skip
    threads.reply(
        actor(moderator), thread.id, body=f"So did we {NARROWED}", idempotency_key=str(uuid.uuid4())
    )
    post = db.session.scalars(db.select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()
    lesson = _published(moderator, publisher, thread, post, title="Time helps", words="We gave them time.")
    other_readers.set_audience(actor(moderator), thread.id, audience=Audience.SPACE)
    return thread, lesson


def _hushed(insider: Member, moderator: Member) -> tuple[Space, Thread]:
    """A listed space whose only public talk was hidden: it may not give its name away any more."""
    quiet = make_space(f"Kamer {PLACE}", kind=SpaceKind.GROUP, description=PLACE)
    join(insider, quiet)
    join(moderator, quiet, Role.MODERATOR)
    thread = threads.start(
        actor(insider), quiet.id, title=f"For everybody {HUSHED}", body=f"Come and see {HUSHED}",
        need=Need.FACTS, axis=Axis.DENSITY, audience=Audience.PUBLIC, idempotency_key=str(uuid.uuid4()),
    )  # fmt: skip
    opening = db.session.scalars(db.select(Post).where(Post.thread_id == thread.id)).one()
    hiding.hide(actor(moderator), opening.id, reason=REASON)
    return quiet, thread


def _moved(unlisted: Space, space: Space, author: Member) -> Thread:
    """A thread that left the unlisted space; its former tag and its former place are in its history."""
    subject: dict[str, Any] = {"need": Need.FACTS, "axis": None}
    thread = threads.start(
        actor(author), unlisted.id, title="Bins", body=f"Full of {FROM_BEFORE}.", audience=Audience.SPACE,
        tags=(FORMER_TAG,), idempotency_key=str(uuid.uuid4()), **subject,
    )  # fmt: skip
    classification.classify(actor(author), thread.id, tags=("bins",), **subject)
    _rewritten(author, thread, "They are full.")
    moved = classification.move(actor(author), thread.id, space.id, audience=Audience.PUBLIC)
    _quoted(moved, author)
    return moved


def _quoted(thread: Thread, author: Member) -> None:
    """Words that others quote and answer, of a post that is hidden afterwards and of one that is taken back."""
    rudy = make_member("Rudy", space=db.session.get_one(Space, thread.space_id))
    said = [_say(rudy, thread, f"Behind the shed {QUOTED}.") for _turn in range(2)]
    quotes = "\n".join(f"[quote {post.number}: 0-{len(f'Behindtheshed{QUOTED}.')}]" for post in said)
    for post in said:
        _say(author, thread, f"{quotes}\n\nThere too, {post.number}.", answers=post.number)
    hiding.hide(actor(author), said[0].id, reason="It names a place")
    taking_back.take_back(actor(rudy), said[1].id)


def _say(member: Member, thread: Thread, body: str, **more: Any) -> Post:
    key = str(uuid.uuid4())
    return threads.reply(actor(member), thread.id, body=body, idempotency_key=key, once_more=True, **more)


def _rewritten(author: Member, thread: Thread, body: str) -> Post:
    """The opening post with other words: the earlier ones stay in its history."""
    opening = db.session.scalars(db.select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()
    return posts.edit(actor(author), opening.id, body=body, seen_revision=1)


def _begun(insider: Member, moderator: Member, former: Member, thread: Thread, lesson: Lesson) -> list[int]:
    """Words that were typed and not sent, in every kind of place."""
    reply, story = Subject(draft_places.REPLY, thread.id), Subject(draft_places.STORY, thread.space_id)
    text = Subject(draft_places.LESSON_TEXT, lesson.id)
    of_moderator = (reply, text, Subject(draft_places.CLAIM, lesson.id))
    return [
        *_typed(insider, HALF, (reply, story)),
        *_typed(moderator, MODERATORS_HALF, of_moderator),
        *_typed(former, HALF, (reply, story)),
    ]


def _typed(member: Member, marker: str, subjects: Iterable[Subject]) -> list[int]:
    words = dict.fromkeys(("title", "body", *leak_lessons.TYPED), f"Half {marker}")
    found = []
    for subject in subjects:
        key, who = str(uuid.uuid4()), actor(member)
        draft = drafts.keep(who, subject, key, words, revision=0, enter=draft_places.places)
        assert draft is not None
        found.append(draft.id)
    return found
