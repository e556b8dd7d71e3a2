"""Where a thread stands: who writes it, what each sentence rests on, every version, and two who write at once."""

import pytest

from forum.domain.mailing import unread_notices
from forum.domain.moderation import hiding, locking, taking_back
from forum.domain.summaries import keepers, page, sentences, summaries
from forum.domain.threads import page as thread_page
from forum.domain.threads import posts as post_verbs
from forum.infra import clock, i18n, rates
from forum.infra.db import db
from forum.models.spaces import Audience, Role
from forum.models.summaries import SummaryVersion
from forum.models.threads import Post
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests import other_readers
from tests.factories import actor, join, make_member, make_post, make_space, make_thread
from tests.notices import react, told

pytestmark = pytest.mark.both_databases
TEXT = "It starts at the first visit. [1, 2]\n\n  Nobody   knows yet. [3]"


@pytest.fixture
def thread(gent, leen):
    thread = make_thread(gent, leen)
    for name in ("Ann", "Bert"):
        make_post(thread, make_member(name, space=gent))
    return thread


def save(member, thread, typed=TEXT, seen=0):
    return summaries.save(actor(member), thread.id, typed=typed, seen=seen)


def shown(thread):
    found = page.of_thread(thread.id)
    return [(one.words, [cited.number for cited in one.citations], one.has_lost) for one in found.sentences]


def post(thread, number):
    return db.session.scalars(db.select(Post).where(Post.thread_id == thread.id, Post.number == number)).one()


def versions(thread):
    return db.session.scalar(
        db.select(db.func.count()).select_from(SummaryVersion).where(SummaryVersion.thread_id == thread.id)
    )


def test_a_moderator_writes_sentences_that_cite_posts(leen, moderator, thread):
    save(moderator, thread)
    assert shown(thread) == [
        ("It starts at the first visit.", [1, 2], False),
        ("Nobody knows yet.", [3], False),
    ]
    found = page.of_thread(thread.id)
    assert (found.number, found.editor, found.replies_since) == (1, "Wouter", 0)
    assert found.typed == "It starts at the first visit. [1, 2]\nNobody knows yet. [3]"
    make_post(thread, moderator)
    gone = make_post(thread, leen)
    hiding.hide(actor(moderator), gone.id, reason="No.")
    assert page.of_thread(thread.id).replies_since == 1


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("A sentence. [1]\nAnother one.", "Line 2 names no post."),
        ("A sentence. []", "Line 1 names no post."),
        ("[1]", "Line 1 has numbers, but no sentence."),
        ("A sentence. [1]\n\nAnother one. [1, 9]", "Line 3 cites post 9"),
        ("A sentence. [" + "9" * 5_000 + "]", "characters"),
        ("A sentence. [999999999999]", "cites post"),
        ("x" * 301 + " [1]", "Line 1 has 301 characters. At most 300"),
        ("One. [1]\n" * 13, "at most 12 sentences"),
        ("One. [1, 2, 3, 4, 5, 6, 7, 8, 9]", "more than 8 posts"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line_and_nothing_is_kept(moderator, thread, typed, message):
    with i18n.force_locale("en"), pytest.raises(Invalid) as error:
        save(moderator, thread, typed)
    assert error.value.field == sentences.FIELD
    assert message in error.value.message
    assert page.of_thread(thread.id) is None


def test_who_may_write_it(gent, leen, moderator, thread):
    elsewhere = make_member("Karim", space=make_space("Genk"), role=Role.MODERATOR)
    guest = make_member("Hanne", space=gent, role=Role.GUEST)
    for member in (leen, guest, elsewhere):
        with pytest.raises(Forbidden):
            save(member, thread)
        with pytest.raises(Forbidden):
            summaries.to_write(actor(member), thread.id)
    former = make_member("Former", city="genk")
    join(former, gent, Role.MODERATOR).ended_at = clock.now()
    pending = make_member("Pending", approved_at=None)
    for member in (former, pending):
        with pytest.raises(NotFound):
            save(member, thread)
    closed = make_thread(gent, leen, audience=Audience.SPACE)
    with pytest.raises(NotFound):
        save(elsewhere, closed, "One. [1]")
    keepers.ask(actor(moderator), thread.id, handle=f"@{guest.handle.upper()}")
    save(guest, thread)
    assert page.of_thread(thread.id).editor == "Hanne"
    locking.lock(actor(moderator), thread.id)
    with pytest.raises(Forbidden):
        save(guest, thread, "Closed. [1]", 1)
    save(moderator, thread, "Closed. [1]", 1)
    locking.reopen(actor(moderator), thread.id)
    keepers.take_back(actor(moderator), thread.id, guest.id)
    with pytest.raises(Forbidden):
        save(guest, thread, "Back. [1]", 2)
    assert shown(thread) == [("Closed.", [1], False)]


def test_only_moderators_ask_and_only_who_may_reply(gent, leen, moderator):
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    karim = make_member("Karim", space=make_space("Genk"))
    suspended = make_member("Suspended", space=gent)
    suspended.suspended_at = clock.now()
    for who in (leen, karim):
        with pytest.raises((Forbidden, NotFound)):
            keepers.ask(actor(who), thread.id, handle=leen.handle)
        with pytest.raises((Forbidden, NotFound)):
            keepers.take_back(actor(who), thread.id, leen.id)
        with pytest.raises((Forbidden, NotFound)):
            keepers.of_thread(actor(who), thread.id)
    for handle in ("", "nobody", karim.handle, suspended.handle, moderator.handle):
        with pytest.raises(Invalid) as error:
            keepers.ask(actor(moderator), thread.id, handle=handle)
        assert error.value.field == "handle"
    keepers.ask(actor(moderator), thread.id, handle=leen.handle)
    keepers.ask(actor(moderator), thread.id, handle=leen.handle)
    (asked,) = keepers.of_thread(actor(moderator), thread.id)
    assert (asked.name, asked.asked_by) == ("Leen", "Wouter")
    assert [handle for handle, _name in keepers.offered(actor(moderator), thread.id)] == [leen.handle]
    assert thread_page.page(actor(leen), thread.id).may_summarise


def test_who_is_asked_is_told_unless_it_was_taken_back(moderator, leen, thread):
    keepers.ask(actor(moderator), thread.id, handle=leen.handle)
    react()
    assert told() == [("Leen", "summary_asked")]
    keepers.take_back(actor(moderator), thread.id, leen.id)
    assert told() == []
    keepers.ask(actor(moderator), thread.id, handle=leen.handle)
    keepers.take_back(actor(moderator), thread.id, leen.id)
    react()
    assert told() == []
    keepers.ask(actor(moderator), thread.id, handle=leen.handle)
    react()
    unread_notices.read_thread(actor(leen), thread.id, last=1)
    assert told() == [("Leen", "summary_asked")]


def test_a_cited_post_that_goes_leaves_a_mark_and_comes_back(leen, moderator, thread):
    save(moderator, thread)
    hiding.hide(actor(moderator), post(thread, 3).id, reason="Names a client.")
    author = actor(leen)
    taking_back.take_back(author, post(thread, 1).id)
    assert shown(thread) == [("It starts at the first visit.", [2], True), ("Nobody knows yet.", [], True)]
    assert page.of_thread(thread.id).typed == "It starts at the first visit. [2]\nNobody knows yet."
    changes, _older = page.history(thread)
    assert "3" not in "".join(text for _kind, text in changes[0].pieces)
    with pytest.raises(Invalid):
        save(moderator, thread, page.of_thread(thread.id).typed, 1)
    with pytest.raises(Invalid):
        save(moderator, thread, "Again. [3]", 1)
    hiding.restore(actor(moderator), post(thread, 3).id)
    taking_back.put_back(author, post(thread, 1).id)
    assert shown(thread) == [
        ("It starts at the first visit.", [1, 2], False),
        ("Nobody knows yet.", [3], False),
    ]


def test_what_was_changed_after_it_was_cited_is_marked_until_it_is_looked_at(leen, moderator, thread):
    save(moderator, thread)
    post_verbs.edit(actor(leen), post(thread, 1).id, body="We tried it for six months.", seen_revision=1)
    marked = [cited.is_changed for one in page.of_thread(thread.id).sentences for cited in one.citations]
    assert marked == [True, False, False]
    save(moderator, thread, seen=1)
    marked = [cited.is_changed for one in page.of_thread(thread.id).sentences for cited in one.citations]
    assert marked == [False, False, False]
    assert versions(thread) == 2, "the same sentences, of the post as it is now"


def test_every_version_stays_with_what_it_changed(moderator, thread):
    save(moderator, thread, "One. [1]")
    save(moderator, thread, "One. [1]", 1)
    assert versions(thread) == 1, "the same again is no version"
    save(moderator, thread, "One. [1]\nTwo. [2]", 1)
    save(moderator, thread, "", 2)
    assert page.of_thread(thread.id).sentences == []
    changes, older = page.history(thread)
    assert older is None
    assert [one.summary.number for one in changes] == [3, 2, 1]
    assert changes[0].pieces == [("removed", "One. [1]\nTwo. [2]")]
    assert changes[1].pieces == [("same", "One. [1]"), ("added", "\nTwo. [2]")]
    assert changes[2].pieces == [("added", "One. [1]")]


def test_a_long_history_has_pages(moderator, thread, count_queries):
    for number in range(page.MOST_SHOWN + 3):
        save(moderator, thread, f"Version {number}. [1]", number)
    db.session.flush()
    with count_queries() as seen:
        first, older = page.history(thread)
    assert seen.count <= 2
    rest, end = page.history(thread, before=older)
    numbers = [one.summary.number for one in (*first, *rest)]
    assert numbers == list(range(page.MOST_SHOWN + 3, 0, -1))
    assert end is None
    assert first[-1].pieces[0] == ("same", "Version "), "also the last on a page says what it changed"
    with pytest.raises(NotFound):
        page.history(thread, before=1)


def test_of_two_who_write_on_one_version_the_second_sees_it(leen, moderator, thread):
    keepers.ask(actor(moderator), thread.id, handle=leen.handle)
    save(moderator, thread)
    save(leen, thread, "By Leen. [1]", 1)
    with pytest.raises(Conflict):
        save(moderator, thread, "By Wouter. [1]", 1)
    save(moderator, thread, "By Leen. [1]", 1)  # the same words are no conflict
    assert shown(thread) == [("By Leen.", [1], False)]
    save(moderator, thread, "By Leen and Wouter. [1]", 2)
    assert versions(thread) == 3


@pytest.mark.parametrize("rounds", [60, pytest.param(1_000, marks=pytest.mark.proof)])
def test_no_interleaving_of_two_editors_loses_words(leen, moderator, thread, chance, rounds):
    """Each has a form open on some version; what is saved stands in the history, what is refused in their form."""
    keepers.ask(actor(moderator), thread.id, handle=leen.handle)
    editors = [actor(moderator), actor(leen)]
    forms = [{"seen": 0, "typed": ""} for _each in editors]
    saved = 0
    for number in range(rounds):
        who = chance.randrange(2)
        form = forms[who]
        if chance.random() < 0.5:
            form["typed"] = f"Sentence {number} of {who}. [1]"
            continue
        now = page.of_thread(thread.id)
        latest = now.number if now else 0
        try:
            summaries.save(editors[who], thread.id, **form)
        except Conflict:
            assert form["seen"] != latest
            form["seen"] = latest  # they saw the other version, and save theirs on top of it
            continue
        after = page.of_thread(thread.id)
        assert (after.typed if after else "") == form["typed"]
        if now is not None and now.typed != form["typed"]:
            assert form["seen"] == latest, "nobody replaced what they had not seen"
            saved += 1
        form["seen"] = after.number if after else 0
    assert saved > 0
    numbers = db.session.scalars(db.select(SummaryVersion.number).order_by(SummaryVersion.number)).all()
    assert numbers == list(range(1, len(numbers) + 1))


def test_who_wrote_it_keeps_the_readers_that_there_were(gent, leen, moderator):
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    save(moderator, thread, "One. [1]")
    with pytest.raises(Forbidden):
        other_readers.set_audience(actor(leen), thread.id, audience=Audience.NETWORK)
    assert not thread_page.page(actor(leen), thread.id).alone


def test_a_hidden_story_hides_it(leen, moderator, thread):
    save(moderator, thread)
    hiding.hide(actor(moderator), post(thread, 1).id, reason="No.")
    for reader in (leen, moderator):
        assert not thread_page.page(actor(reader), thread.id).has_summary
        with pytest.raises(NotFound):
            page.story(actor(reader), thread.id)
    with pytest.raises(Forbidden):
        save(moderator, thread, "Two. [2]", 1)


def test_writing_all_day_is_stopped(app, monkeypatch, moderator, thread):
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    monkeypatch.setattr(summaries, "MOST_CHANGES", "1 per hour")
    rates.reset()
    save(moderator, thread)
    with pytest.raises(rates.TooOften):
        save(moderator, thread, "One. [1]", 1)


def test_it_is_read_in_one_query(moderator, thread, count_queries):
    save(moderator, thread)
    db.session.flush()
    thread_id = thread.id
    with count_queries() as seen:
        page.of_thread(thread_id)
    assert seen.count == 1
