"""Who wants a digest, when, and what comes how. No choice yet is neither yes nor no."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from sqlalchemy import Exists, delete, exists, select

from forum.domain.people import accounts
from forum.domain.themes import tags
from forum.domain.themes.tags import TagName
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import insert_new, upsert
from forum.models.accounts import Member
from forum.models.spaces import Space
from forum.models.subscriptions import (
    STRONGEST,
    Delivery,
    DigestChoice,
    Frequency,
    LessonChoice,
    Subscription,
)
from forum.models.themes import Axis, Tag
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.errors import Invalid
from forum.policy.visibility import get_visible, visible


def _none() -> Mapping[Any, Delivery]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class DigestPreferences:
    """What a member chose, whole: `precedence` tells what follows from it for one thread.

    `chosen_at` None: they have not chosen a digest yet, and get none; the subscriptions hold all the same.
    """

    frequency: Frequency = Frequency.NEVER
    chosen_at: datetime | None = None
    weekday: int = 0  # Monday; of the member's own time zone, as the hour
    hour: int = 7
    locale: str | None = None  # none: the language of their other letters
    lessons: LessonChoice = LessonChoice.ALL
    only_unread: bool = True
    elsewhere: Delivery = Delivery.DIGEST  # of spaces that they do not belong to and chose nothing about
    spaces: Mapping[int, Delivery] = field(default_factory=_none)
    threads: Mapping[int, Delivery] = field(default_factory=_none)
    tags: Mapping[int, Delivery] = field(default_factory=_none)
    axes: Mapping[Axis, Delivery] = field(default_factory=_none)


def choose(
    actor: Actor, *, frequency: Frequency, typed: Mapping[TagName, Delivery] | None = None, **others: Any
) -> DigestChoice:
    """Set all that the actor wants by mail; `others` are fields of `DigestPreferences`, and its defaults without them.

    `typed`: of tags by name, which goes before what is said of them by id. Invalid at the field of what does not exist,
    or what the actor may not read; only a tag that does not exist is left out. What they chose of things that they
    cannot read at this moment is left as it is.
    """
    accounts.one_at_a_time(actor)
    wanted = as_if_chosen(actor, frequency=frequency, **others)
    choice = _set_schedule(actor.id, wanted)
    choice.locale, choice.lessons = wanted.locale, wanted.lessons
    choice.only_unread, choice.elsewhere = wanted.only_unread, wanted.elsewhere
    _subscribe(actor, wanted, typed or {})
    db.session.flush()
    return choice


def as_if_chosen(
    actor: Actor, *, frequency: Frequency, typed: Mapping[TagName, Delivery] | None = None, **others: Any
) -> DigestPreferences:
    """Return what would hold after `choose` with the same, and store nothing; Invalid as there."""
    wanted = DigestPreferences(Frequency(frequency), **others)
    _check(actor, wanted)
    old = preferences_of_many([actor.id])[actor.id]
    rhythm = attrgetter("frequency", "weekday", "hour")
    is_new = old.chosen_at is None or rhythm(old) != rhythm(wanted)
    spaces, threads = _readable(actor, Space, old.spaces), _readable(actor, Thread, old.threads)
    named = _by_id(tags.known_uses_of([*typed]), typed) if typed else {}
    return replace(
        wanted,
        tags={**_of_today(wanted.tags), **named},
        chosen_at=clock.now() if is_new else old.chosen_at,
        spaces={key: how for key, how in old.spaces.items() if key not in spaces} | {**wanted.spaces},
        threads={key: how for key, how in old.threads.items() if key not in threads} | {**wanted.threads},
    )


def choose_thread(actor: Actor, thread_id: int, delivery: Delivery | None) -> None:
    """Set how posts of one thread reach the actor's mailbox, None for as usual; NotFound."""
    thread: Thread = get_visible(Thread, actor, thread_id)
    _choose_one(actor, Subscription.thread_id, thread.id, delivery)


def choose_space(actor: Actor, space_id: int, delivery: Delivery | None) -> None:
    """Set how posts of one space reach the actor's mailbox, None for as usual; NotFound."""
    space: Space = get_visible(Space, actor, space_id)
    _choose_one(actor, Subscription.space_id, space.id, delivery)


def _choose_one(actor: Actor, column: Any, key: int, delivery: Delivery | None) -> None:
    if delivery is None:
        mine = delete(Subscription).where(Subscription.member_id == actor.id)
        db.session.execute(mine.where(column == key))
    else:
        row = {"member_id": actor.id, column.key: key, "delivery": delivery}
        upsert(Subscription, [row], keys=("member_id", column.key))


def _check(actor: Actor, wanted: DigestPreferences) -> None:
    if wanted.spaces.keys() - _readable(actor, Space, wanted.spaces):
        raise Invalid("spaces", _("Choose only spaces that you may read."))
    if wanted.threads.keys() - _readable(actor, Thread, wanted.threads):
        raise Invalid("threads", _("Choose only threads that you may read."))
    if wanted.weekday not in range(7):
        raise Invalid("weekday", _("Choose a day of the week."))
    if wanted.hour not in range(24):
        raise Invalid("hour", _("Choose an hour of the day."))


def _readable(actor: Actor, model: Any, ids: Collection[int]) -> set[int]:
    if not ids:
        return set()
    return set(db.session.scalars(visible(model, actor, model.id).where(model.id.in_(ids))))


def _subscribe(actor: Actor, wanted: DigestPreferences, typed: Mapping[TagName, Delivery]) -> None:
    db.session.execute(delete(Subscription).where(Subscription.member_id == actor.id))
    _insert(actor, Subscription.space_id, wanted.spaces)
    _insert(actor, Subscription.thread_id, wanted.threads)
    _insert(actor, Subscription.axis, wanted.axes)
    # After the threads: whoever has a tag locked waits for none.
    uses = tags.uses_of([*typed], had=select(Tag.id).where(Tag.id.in_(wanted.tags)))
    _insert(actor, Subscription.tag_id, _of_today(wanted.tags) | _by_id(uses, typed))


def _by_id(uses: list[dict[str, Any]], typed: Mapping[TagName, Delivery]) -> dict[int, Delivery]:
    of_name = {tag.name: how for tag, how in typed.items()}
    return {use["tag_id"]: of_name[use["name"]] for use in uses}


def _of_today(chosen: Mapping[int, Delivery]) -> dict[int, Delivery]:
    """What was chosen about tags, about what they are today: of two that are one by now the stronger choice."""
    found: dict[int, Delivery] = {}
    today = tags.present(chosen)
    for tag_id in chosen.keys() & today.keys():
        others = found.get(today[tag_id], chosen[tag_id])
        found[today[tag_id]] = min(others, chosen[tag_id], key=STRONGEST.index)
    return found


def _insert(actor: Actor, column: Any, chosen: Mapping[Any, Delivery]) -> None:
    rows = [{"member_id": actor.id, column.key: key, "delivery": how} for key, how in chosen.items()]
    insert_new(Subscription, rows)


def choice_of(member_id: int) -> DigestChoice | None:
    """Return the member's choice, or None while they have not made one."""
    return db.session.get(DigestChoice, member_id)


def locale_of(member: Member) -> str | None:
    """Return the language of a member's digest: the chosen one, else that of their other letters."""
    choice = choice_of(member.id)
    return (choice.locale if choice else None) or member.letter_locale


def has_chosen(member_id: Any) -> Exists:
    """Return whether a member made a choice, as a condition."""
    return exists().where(DigestChoice.member_id == member_id)


def preferences_of(member_id: int) -> DigestPreferences | None:
    """Return the member's choice with all subscriptions, or None while they have not made one (two queries)."""
    preferences = preferences_of_many([member_id])[member_id]
    return None if preferences.chosen_at is None else preferences


def preferences_of_many(member_ids: Collection[int]) -> dict[int, DigestPreferences]:
    """Return what each of these members chose, also of those who did not choose a digest yet (two queries)."""
    choices = db.session.execute(
        select(
            *(DigestChoice.member_id, DigestChoice.frequency, DigestChoice.chosen_at, DigestChoice.weekday),
            *(DigestChoice.hour, DigestChoice.locale, DigestChoice.lessons, DigestChoice.only_unread),
            DigestChoice.elsewhere,
        ).where(DigestChoice.member_id.in_(member_ids))
    )
    of_member = {choice.member_id: choice for choice in choices}
    columns = (Subscription.space_id, Subscription.thread_id, Subscription.axis, Subscription.tag_id)
    rows = db.session.execute(
        select(Subscription.member_id, Subscription.delivery, *columns).where(
            Subscription.member_id.in_(member_ids)
        )
    )
    subscribed: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        subscribed[row.member_id].append(row)
    return {
        member_id: _preferences(of_member.get(member_id), subscribed[member_id]) for member_id in member_ids
    }


def _preferences(choice: Any, subscribed: list[Any]) -> DigestPreferences:
    alone = DigestPreferences()
    if choice is not None:
        alone = DigestPreferences(
            frequency=choice.frequency,
            chosen_at=choice.chosen_at,
            weekday=choice.weekday,
            hour=choice.hour,
            locale=choice.locale,
            lessons=choice.lessons,
            only_unread=choice.only_unread,
            elsewhere=choice.elsewhere,
        )
    if not subscribed:
        return alone
    return replace(
        alone,
        spaces=MappingProxyType({row.space_id: row.delivery for row in subscribed if row.space_id}),
        threads=MappingProxyType({row.thread_id: row.delivery for row in subscribed if row.thread_id}),
        tags=MappingProxyType({row.tag_id: row.delivery for row in subscribed if row.tag_id}),
        axes=MappingProxyType({row.axis: row.delivery for row in subscribed if row.axis}),
    )


def stop(member_id: int) -> None:
    """Unsubscribe: from now on no letters, also not one that is already queued. Doing it twice is the same."""
    choose_frequency(member_id, Frequency.NEVER)


def choose_frequency(member_id: int, frequency: Frequency) -> None:
    """Set how often a member gets the digest, and leave the rest of their choice as it is; nothing for who is gone."""
    if db.session.get(Member, member_id) is None:
        return
    chosen = preferences_of_many([member_id])[member_id]
    _set_schedule(member_id, replace(chosen, frequency=frequency))


def _set_schedule(member_id: int, wanted: DigestPreferences) -> DigestChoice:
    now = clock.now()
    schedule = (wanted.frequency, wanted.weekday, wanted.hour)
    insert_new(DigestChoice, [{"member_id": member_id, "frequency": wanted.frequency, "chosen_at": now}])
    choice = db.session.get_one(DigestChoice, member_id)
    # Only another rhythm is a new choice: another axis chosen at 07:01 must not cost the letter of this week.
    if (choice.frequency, choice.weekday, choice.hour) != schedule:
        choice.frequency, choice.weekday, choice.hour = schedule
        choice.chosen_at = now
    db.session.flush()
    return choice
