"""A digest: one window, one letter, with only what this member may see and has not read at this moment."""

import gc
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from forum.domain.digests import digests, subscriptions, windows
from forum.domain.digests.alike import Common
from forum.domain.digests.pool import Pool, Window
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import force_locale
from forum.models.lessons import Confidence, Lesson, LessonState, LessonVersion
from forum.models.mail import OutgoingMail
from forum.models.spaces import Audience, MailPolicy, Membership, Role
from forum.models.subscriptions import Delivery, Digest, DigestItem, DigestState, Frequency, LessonChoice
from forum.models.themes import Axis, Need
from forum.models.threads import Outcome, ReadMark
from tests.factories import actor, make_member, make_post, make_space, make_thread

MONDAY = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)  # seven in Brussels
BEFORE = MONDAY - timedelta(days=2)
CHOSEN = MONDAY - timedelta(days=60)


def subscribed(space, *, frequency=Frequency.WEEKLY, spaces=(), axes=(), **over):
    member = make_member("Dirk", space=space, **over)
    with clock.at(CHOSEN):
        subscriptions.choose(
            actor(member),
            frequency=frequency,
            spaces=dict.fromkeys([space.id for space in spaces], Delivery.DIGEST),
            axes=dict.fromkeys(axes, Delivery.DIGEST),
            elsewhere=Delivery.NOTHING if spaces else Delivery.DIGEST,
            lessons=LessonChoice.AXES if axes else LessonChoice.ALL,
        )
    return member


def make_lesson(
    space, curator, *, title="Two visits", audience=Audience.NETWORK, axis=Axis.DENSITY, at=BEFORE
):
    """A published lesson, as rows: publishing it is the business of lessons."""
    lesson = Lesson(
        space_id=space.id, curator_id=curator.id, state=LessonState.DRAFT, audience=audience, created_at=at,
        published_at=at, changed_at=at, public_id=f"les-2026-{curator.id:03d}",
    )  # fmt: skip
    db.session.add(lesson)
    db.session.flush()
    version = LessonVersion(
        lesson_id=lesson.id, sequence=1, number="1.0", title=title, one_sentence="Go twice.",
        outcome=Outcome.WORKED, axis=axis, confidence=Confidence.FAIR, created_at=at, saved_at=at,
        created_by_id=curator.id, cities=["brugge"], published_at=at,
    )  # fmt: skip
    db.session.add(version)
    db.session.flush()
    lesson.current_id, lesson.state = version.id, LessonState.PUBLISHED
    db.session.flush()
    return lesson


def opened(member, now=MONDAY):
    windows.open_all(now)
    return db.session.scalars(
        db.select(Digest).where(Digest.member_id == member.id).order_by(Digest.ends_at.desc())
    ).first()


def titles(letter):
    return [item.title for item in (*letter.lessons, *letter.entries, *letter.titles)]


@pytest.fixture
def aalst():
    return make_space("Aalst", city="aalst")


@pytest.fixture
def ann(aalst):
    return make_member("Ann", space=aalst)


def test_lessons_come_first_then_unanswered_stories_then_threads(aalst, ann):
    dirk = subscribed(aalst)
    gent = make_space("Gent", city="gent")
    curator = make_member("Curator", space=gent)
    make_lesson(gent, curator)
    waiting = make_thread(aalst, ann, title="Nobody answered", at=BEFORE)
    make_post(waiting, ann, at=BEFORE)
    talk = make_thread(aalst, ann, title="A thread", need=Need.FACTS, at=BEFORE)
    make_post(talk, curator, at=BEFORE)
    letter = digests.compose(opened(dirk))
    assert [item.title for item in letter.lessons] == ["Two visits"]
    assert [item.title for item in letter.stories] == ["Nobody answered"]
    assert [item.title for item in letter.threads] == ["A thread"]
    assert [(item.new_count, item.people) for item in letter.stories + letter.threads] == [
        (2, ("Ann",)),
        (2, ("Curator", "Ann")),
    ]
    with force_locale("en"):
        assert letter.subject == "New lesson: Two visits"
        assert letter.summary == "1 lesson, 1 story without an answer and 1 thread"
    assert letter.lessons[0].city_names == ["Brugge"]


def test_what_she_may_not_see_is_left_out(aalst, ann):
    dirk = subscribed(aalst)
    closed = make_space("Genk", city="genk")
    stranger = make_member("Stranger", space=closed)
    make_thread(closed, stranger, title="Inside only", audience=Audience.SPACE, at=BEFORE)
    make_lesson(closed, stranger, title="Lesson inside", audience=Audience.SPACE)
    make_thread(closed, stranger, title="For all", need=Need.FACTS, audience=Audience.NETWORK, at=BEFORE)
    assert titles(digests.compose(opened(dirk))) == ["For all"]


def test_what_is_hidden_taken_back_or_closed_meanwhile_is_left_out(aalst, ann):
    dirk = subscribed(aalst)
    rows = [make_thread(aalst, ann, title=f"T{n}", at=BEFORE) for n in range(4)]
    digest = opened(dirk)
    rows[0].hidden_at = rows[1].withdrawn_at = MONDAY
    rows[2].title = ""
    db.session.flush()
    assert titles(digests.compose(digest)) == ["T3"]


def test_a_lost_role_is_lost_at_once(aalst, ann):
    dirk = subscribed(aalst)
    make_thread(aalst, ann, title="Inside", audience=Audience.SPACE, at=BEFORE)
    digest = opened(dirk)
    assert titles(digests.compose(digest)) == ["Inside"]
    for row in db.session.scalars(db.select(Membership).filter_by(member_id=dirk.id)):
        row.ended_at = MONDAY
    db.session.flush()
    assert digests.compose(digest).is_empty


def test_her_own_words_and_what_she_read_are_left_out(aalst, ann):
    dirk = subscribed(aalst)
    make_thread(aalst, dirk, title="Mine alone", at=BEFORE)
    read = make_thread(aalst, ann, title="Read", at=BEFORE)
    db.session.add(ReadMark(member_id=dirk.id, thread_id=read.id, last_number=1, read_at=BEFORE))
    own = make_thread(aalst, dirk, title="Mine, answered", at=BEFORE)
    make_post(own, ann, at=BEFORE)
    make_lesson(aalst, dirk, title="My lesson")
    letter = digests.compose(opened(dirk))
    assert titles(letter) == ["Mine, answered"]
    assert letter.for_you[0].own
    assert letter.for_you[0].newest_by.name == "Ann"
    with force_locale("en"):
        assert letter.subject == "Ann answered your story: Mine, answered"


def test_everything_marked_read_stays_read(aalst, ann):
    dirk = subscribed(aalst, all_read_at=BEFORE + timedelta(hours=1))
    make_thread(aalst, ann, title="Before", at=BEFORE)
    make_thread(aalst, ann, title="After", at=BEFORE + timedelta(hours=2))
    assert titles(digests.compose(opened(dirk))) == ["After"]


def test_chosen_spaces_and_axes_narrow_the_letter(aalst, ann):
    gent = make_space("Gent", city="gent")
    dirk = subscribed(aalst, spaces=[aalst], axes=[Axis.DENSITY])
    elsewhere = make_member("Lotte", space=gent)
    make_thread(aalst, ann, title="Right", axis=Axis.DENSITY, at=BEFORE)
    make_thread(aalst, ann, title="Other axis", axis=Axis.STRATEGY, at=BEFORE)
    make_thread(gent, elsewhere, title="Other space", axis=Axis.DENSITY, at=BEFORE)
    make_lesson(gent, elsewhere, title="Right lesson", axis=Axis.DENSITY)
    make_lesson(gent, ann, title="Wrong lesson", axis=Axis.STRATEGY)
    letter = digests.compose(opened(dirk))
    assert titles(letter) == ["Right lesson", "Right", "Other axis", "Other space"]
    rules = [[one.rule for one in item.because] for item in letter.entries]
    assert rules == [["axis", "space"], ["space"], ["axis"]]


def test_one_space_does_not_fill_the_letter(aalst, ann):
    dirk = subscribed(aalst)
    for number in range(9):
        make_thread(aalst, ann, title=f"A{number}", at=BEFORE)
    for name in ("Gent", "Genk", "Mechelen"):
        space = make_space(name)
        for number in range(5):
            make_thread(space, make_member(space=space), title=f"{name}{number}", need=Need.FACTS, at=BEFORE)
    letter = digests.compose(opened(dirk))
    found = [item.space_name for item in letter.entries]
    assert len(found) == 7
    told = len(letter.entries) + len(letter.titles)
    assert (told, letter.left_count) == (13, 11)
    assert {left.space_name: left.count for left in letter.left_out}["Aalst"] == 3
    assert found.count("Aalst") == 3
    assert max(found.count(name) for name in set(found)) == 3


def test_old_news_is_no_news(aalst, ann):
    dirk = subscribed(aalst)
    make_thread(aalst, ann, title="Long ago", at=MONDAY - timedelta(days=40))
    make_thread(aalst, ann, title="Not yet", at=MONDAY + timedelta(hours=1))
    assert digests.compose(opened(dirk)).is_empty


def test_what_was_mailed_comes_back_only_when_it_changed(aalst, ann):
    dirk = subscribed(aalst)
    curator = make_member("Curator", space=aalst)
    lesson = make_lesson(aalst, curator)
    make_thread(aalst, ann, title="Story", at=BEFORE)
    first = opened(dirk)
    digests.mark_sent(first.id, digests.compose(first))
    items = db.session.scalars(db.select(DigestItem).where(DigestItem.digest_id == first.id)).all()
    assert {(item.kind) for item in items} == {"lesson", "thread"}
    second = opened(dirk, MONDAY + timedelta(days=7))
    assert second.starts_at == first.ends_at
    assert digests.compose(second).is_empty
    lesson.changed_at = MONDAY + timedelta(days=1)
    db.session.flush()
    letter = digests.compose(second)
    assert titles(letter) == ["Two visits"]
    assert letter.lessons[0].changed


def test_a_second_run_opens_nothing(aalst):
    dirk = subscribed(aalst)
    assert windows.open_all(MONDAY) == 1
    assert windows.open_all(MONDAY) == 0
    assert windows.open_all(MONDAY + timedelta(hours=5)) == 0
    assert windows.open_all(MONDAY + timedelta(days=7)) == 1
    keys = db.session.scalars(db.select(OutgoingMail.key).order_by(OutgoingMail.id)).all()
    assert keys == [f"digest.{dirk.id}.week.2026-11-30", f"digest.{dirk.id}.week.2026-12-07"]


def test_nothing_is_opened_without_a_choice_or_before_it(aalst):
    make_member("Silent", space=aalst)
    never = subscribed(aalst, frequency=Frequency.NEVER)
    late = make_member("Late", space=aalst)
    with clock.at(MONDAY + timedelta(hours=2)):
        subscriptions.choose(actor(late), frequency=Frequency.WEEKLY)
    assert windows.open_all(MONDAY + timedelta(days=1)) == 0
    assert windows.open_all(MONDAY + timedelta(days=7)) == 1
    assert db.session.scalars(db.select(Digest).where(Digest.member_id == never.id)).all() == []


@pytest.mark.parametrize(
    ("field", "value", "reason"), [("suspended_at", MONDAY, "suspended"), ("approved_at", None, "unapproved")]
)
def test_somebody_who_may_not_take_part_is_skipped_with_the_reason(aalst, field, value, reason):
    dirk = subscribed(aalst)
    setattr(dirk, field, value)
    db.session.flush()
    assert windows.open_all(MONDAY) == 0
    digest = db.session.scalars(db.select(Digest).where(Digest.member_id == dirk.id)).one()
    assert (digest.state, digest.reason) == (DigestState.SKIPPED, reason)
    assert digests.skip_reason(digest) == reason
    assert digests.compose(digest).is_empty or reason == "unapproved"


def test_one_that_failed_is_not_sent_after_a_later_one_that_tells_the_same(aalst):
    dirk = subscribed(aalst)
    windows.open_all(MONDAY)
    windows.open_all(MONDAY + timedelta(days=7))
    first, later = db.session.scalars(
        db.select(Digest).where(Digest.member_id == dirk.id).order_by(Digest.ends_at)
    ).all()
    first.state = DigestState.FAILED
    db.session.flush()
    assert digests.skip_reason(first) == "", "tried again in time"
    later.state = DigestState.SENT
    db.session.flush()
    assert digests.skip_reason(first) == "told later"
    first.state, later.state = DigestState.SENT, DigestState.FAILED
    db.session.flush()
    assert digests.skip_reason(later) == "", "an earlier one told of other days"


def test_a_new_member_gets_a_preview_as_if_she_had_read_nothing(aalst, ann):
    now = clock.now()
    make_thread(aalst, ann, title="Yesterday", at=now - timedelta(days=1))
    newcomer = make_member("New", space=aalst, all_read_at=now)
    assert titles(digests.preview(actor(newcomer))) == ["Yesterday"]
    subscriptions.choose(actor(newcomer), frequency=Frequency.WEEKLY)
    assert digests.preview(actor(newcomer)).is_empty


def test_after_quiet_weeks_the_example_is_of_the_last_thread(aalst, ann):
    long_ago = clock.now() - timedelta(days=90)
    make_thread(aalst, ann, title="In spring", at=long_ago)
    newcomer = make_member("New", space=aalst)
    letter = digests.preview(actor(newcomer))
    assert titles(letter) == ["In spring"]
    assert letter.ends_at == long_ago


def test_a_long_post_is_cut_between_words_where_whole_ones_may_stand_in_mails(aalst, ann):
    dirk = subscribed(aalst)
    aalst.mail_policy = MailPolicy.FULL
    make_thread(aalst, ann, body="woordenschat " * 100, at=BEFORE)
    (story,) = digests.compose(opened(dirk)).entries
    assert story.words.endswith("woordenschat …")


def test_a_guest_meets_only_her_space_and_what_is_public(aalst, ann):
    guest = make_member("Hanne", space=aalst, role=Role.GUEST)
    gent = make_space("Gent")
    lotte = make_member("Lotte", space=gent)
    now = clock.now() - timedelta(days=1)
    make_thread(aalst, ann, title="Here", audience=Audience.SPACE, at=now)
    make_thread(gent, lotte, title="Network", need=Need.FACTS, audience=Audience.NETWORK, at=now)
    make_thread(gent, lotte, title="Public", need=Need.FACTS, audience=Audience.PUBLIC, at=now)
    assert titles(digests.preview(actor(guest))) == ["Here", "Public"]


def test_the_cost_does_not_grow_with_what_is_in_it(aalst, ann, count_queries):
    dirk = subscribed(aalst)
    make_thread(aalst, ann, title="One", at=BEFORE)
    digest = opened(dirk)
    with count_queries() as few:
        digests.compose(digest)
    for number in range(6):
        thread = make_thread(make_space(f"S{number}"), ann, title=f"N{number}", at=BEFORE)
        make_post(thread, make_member(f"M{number}"), at=BEFORE)
    with count_queries() as many:
        letter = digests.compose(digest)
    assert len(letter.threads) == 6
    assert many.count <= few.count
    assert many.count <= 12


def test_what_was_found_for_many_is_let_go_without_a_search_for_garbage(aalst, ann):
    """A worker would hold the candidates of several minutes else, each of a whole network."""
    dirk = subscribed(aalst)
    spaces = [make_space(f"S{number}") for number in range(12)]
    for number in range(72):  # more than a letter looks at
        make_thread(spaces[number % 12], ann, title=f"N{number}", need=Need.FACTS, at=BEFORE)
    digest = opened(dirk)
    gc.collect()
    gc.disable()
    try:
        assert not digests.compose(digest).is_empty
        assert [each for each in gc.get_objects() if isinstance(each, Pool | Window | Common)] == []
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("locale", "others", "said"),
    [
        ("en", 1, "1 thread for you and 1 more thread"),
        ("en", 2, "1 thread for you and 2 more threads"),
        ("nl", 1, "1 gesprek voor jou en nog 1 gesprek"),
        ("nl", 2, "1 gesprek voor jou en nog 2 gesprekken"),
    ],
)
def test_what_comes_besides_the_threads_for_her_is_said_as_more(aalst, ann, locale, others, said):
    dirk = subscribed(aalst)
    make_post(make_thread(aalst, dirk, at=BEFORE), ann, at=BEFORE)
    letter = digests.compose(opened(dirk))
    with force_locale(locale):
        assert replace(letter, titles=letter.for_you * others).summary == said
