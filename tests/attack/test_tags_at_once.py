"""Editors merge tags and undo it while others give, offer and follow them: nobody waits for who waits for them."""

import random
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from forum.domain.digests import subscriptions
from forum.domain.lessons import lessons
from forum.domain.lessons import undo as lesson_undo
from forum.domain.moderation import tag_merges
from forum.domain.people import found_by, offers
from forum.domain.themes import tags
from forum.domain.threads import classification, tag_list, threads
from forum.infra.db import db
from forum.models.accounts import NetworkRole
from forum.models.lessons import Lesson
from forum.models.profiles import MemberWord, ProfileTag, WordSource
from forum.models.spaces import Audience, Role
from forum.models.subscriptions import Delivery, Frequency, Subscription
from forum.models.themes import Axis, LessonTag, Need, Tag, TagMerge, ThreadTag
from forum.policy.actors import actor_of
from forum.policy.errors import Conflict, Invalid, NotFound
from tests.factories import make_member, make_space, make_thread
from tests.sweeps import few_of

pytestmark = pytest.mark.live
NAMES = ("auto", "buurt", "fiets", "groen", "wijk", "Wijk!")
ACTS, CROWD = 140, 10
DONE = ("merge", "undo", "classify", "tell", "curate", "discard", "offer", "subscribe")


@pytest.fixture
def network(live_app):
    """Editors, members and threads with all the tags, by their ids."""
    live_app.config["RATES_ENABLED"] = False
    with live_app.app_context():
        space = make_space("Gent", city="gent")
        editors = [make_member(f"Eva {n}", space=space, network_role=NetworkRole.EDITOR) for n in range(2)]
        members = [make_member(f"Leen {n}", space=space, role=Role.MODERATOR) for n in range(3)]
        own = [make_thread(space, who, audience=Audience.NETWORK, tags=NAMES[:5]) for who in members]
        db.session.commit()
        yield {
            "space": space.id,
            "editors": [one.id for one in editors],
            "members": [one.id for one in members],
            "threads": {one.author_id: one.id for one in own},
        }


def editing(network, chance):
    """What editors may do."""
    editor = actor_of(chance.choice(network["editors"]))
    latest = select(TagMerge).where(TagMerge.undone_at.is_(None)).order_by(TagMerge.id.desc()).limit(1)

    def undo():
        if done := db.session.scalar(latest):
            tag_merges.undo(actor_of(done.editor_id), done.id)

    return {
        "merge": lambda: tag_merges.merge(editor, chance.choice(NAMES[:5]), chance.choice(NAMES)),
        "undo": undo,
    }


def writing(network, chance):
    """What members may do with the tags that chance picks, some of which nobody used before."""
    member = actor_of(chance.choice(network["members"]))
    some, thread_id = chance.sample(NAMES, 3), network["threads"][member.id]
    new = [*some, f"nieuw {chance.randrange(3)}", f"ander {chance.randrange(3)}"]
    chance.shuffle(new)
    key = str(uuid.UUID(int=chance.getrandbits(128)))
    about = {"need": chance.choice(list(Need)), "axis": chance.choice(list(Axis))}
    told = {"title": key, "body": "B", "audience": Audience.NETWORK, "idempotency_key": key}
    drafts = select(Lesson.id).where(Lesson.curator_id == member.id, Lesson.working_id.is_not(None))

    def curate():
        lesson = lessons.draft(member, thread_id, title=key)
        lessons.save(member, lesson.id, saved_count=lessons.working(lesson).saved_count, tags=new)

    def subscribe():
        known = tags.known_uses_of(tags.clean(some))
        chosen = {use["tag_id"]: chance.choice(list(Delivery)) for use in known}
        typed = dict.fromkeys(tags.clean(new[:2]), Delivery.DIGEST)
        threads = {thread_id: Delivery.AT_ONCE}
        how = {"frequency": Frequency.WEEKLY, "tags": chosen, "typed": typed, "threads": threads}
        subscriptions.choose(member, **how)

    return {
        "classify": lambda: classification.classify(member, thread_id, tags=some, **about),
        "tell": lambda: threads.start(member, network["space"], tags=new, **told, **about),
        "curate": curate,
        "discard": lambda: lesson_undo.discard(member, db.session.scalar(drafts.limit(1)) or 0),
        "offer": lambda: offers.save(member, asks=[], tag_line=", ".join(new), axes=[], seeks=""),
        "subscribe": subscribe,
    }


@pytest.mark.parametrize("seed", few_of(range(12), 0))
def test_whatever_is_done_with_tags_at_once_nothing_breaks_and_nothing_has_a_merged_one(
    live_app, network, seed
):
    def act(number):
        chance = random.Random(f"{seed} {number}")
        with live_app.app_context():
            try:
                name = chance.choice([*DONE, "merge"])
                {**editing(network, chance), **writing(network, chance)}[name]()
                db.session.commit()
                return name, "done"
            except (Conflict, Invalid, NotFound) as refused:
                return name, type(refused).__name__
            finally:
                db.session.remove()

    db.session.remove()
    with ThreadPoolExecutor(CROWD) as crowd:
        done = Counter(crowd.map(act, range(ACTS)))
    assert [name for name in DONE if not done[name, "done"]] == [], done
    for used in (ThreadTag, ProfileTag, Subscription):
        assert db.session.scalars(having_a_merged_one(used)).all() == [], used
    # A version shows what it always did: only where it has the other tag as well it keeps the one that was merged.
    survivors = select(LessonTag.version_id, LessonTag.tag_id)
    versions = select(LessonTag.version_id, Tag.merged_into_id).join(Tag, Tag.id == LessonTag.tag_id)
    merged = db.session.execute(versions.where(Tag.merged_into_id.is_not(None))).all()
    assert {tuple(row) for row in merged} <= {tuple(row) for row in db.session.execute(survivors)}
    for member_id, offer in offers.of_members(network["members"]).items():
        words = {word for name in offer.tags for word in found_by.words(name)}
        offered = (MemberWord.member_id == member_id, MemberWord.source == WordSource.OFFER)
        assert sorted(db.session.scalars(select(MemberWord.word).where(*offered))) == sorted(words)
    counted = {tag.id: tag.threads for tag in tag_list.page(actor_of(network["editors"][0])).rows}
    used = select(ThreadTag.tag_id, func.count()).group_by(ThreadTag.tag_id)
    assert counted == dict(db.session.execute(used).all())


def having_a_merged_one(used):
    query = select(Tag.slug).join(used, used.tag_id == Tag.id)
    return query.where(Tag.merged_into_id.is_not(None))
