"""Notifications as a member meets them: the count on every page, the list, and what reads them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.digests import subscriptions
from forum.domain.inbox import notices
from forum.domain.mailing import unread_notices
from forum.domain.mailing.kinds import KINDS
from forum.domain.spaces import join_requests
from forum.domain.threads import following
from forum.domain.threads import page as thread_page
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import letters
from forum.jobs.letter_content import NothingToSend
from forum.models.following import FollowLevel, SpaceFollow, ThreadFollow
from forum.models.mail import OutgoingMail
from forum.models.notifications import Notification
from forum.models.spaces import Audience
from forum.models.subscriptions import Delivery
from tests.domain.digests.test_digests import make_lesson
from tests.factories import actor, make_member, make_post, make_space, make_thread, sign_in, submit
from tests.notices import react, tell, tell_of

ENGLISH = {"Accept-Language": "en"}
COUNT = re.compile(r'>Notifications(?: <span class="count">(.*?)</a>)?', re.DOTALL)


@pytest.fixture
def karim(gent):
    return make_member("Karim", space=gent)


@pytest.fixture
def read(client, leen):
    """`read(path)`: a page as Leen reads it, who is signed in."""
    db.session.commit()
    sign_in(client, leen)

    def page(path="/notifications", **headers):
        db.session.commit()
        return client.get(path, headers=ENGLISH | headers).text

    return page


def counted(page):
    """What the header says beside the notifications."""
    return re.sub(r"<.*?>", " ", COUNT.search(page)[1] or "").split()


def unread(member):
    db.session.expire_all()
    query = select(Notification.id).where(Notification.member_id == member.id, Notification.read_at.is_(None))
    return set(db.session.scalars(query))


def address(thread):
    return f"/threads/{thread.id}-{thread.slug}"


@pytest.mark.both_databases
def test_the_count_stands_on_every_page_for_one_query_and_none_where_nothing_is_unread(
    read, gent, leen, karim, count_queries
):
    elsewhere = make_space("Aalst", city="aalst")
    shut = make_thread(elsewhere, karim, audience=Audience.SPACE)
    pages = ("/spaces", "/lessons", "/settings/profile")
    with count_queries() as quiet:
        assert [counted(read(path)) for path in pages] == [[], [], []]
    tell_of(leen, make_post(shut, karim))
    with count_queries() as hidden:
        assert [counted(read(path)) for path in pages] == [[], [], []], "the number tells of nothing shut"
    # The profile also reads what was said of a member's capacities.
    assert hidden.count <= quiet.count + len(pages) + 1
    thread = make_thread(gent, leen)
    for number in range(11):
        tell_of(leen, make_post(thread, karim))
        if number in (0, 8, 10):
            with count_queries() as told:
                said = [counted(read(path)) for path in pages]
            assert told.count == hidden.count
            assert said == [[*{0: ["1"], 8: ["9"], 10: ["9+", "11"]}[number], "unread"]] * 3


def test_opening_the_list_reads_nothing_and_opening_the_thread_past_a_line_does(
    client, read, gent, leen, karim, monkeypatch
):
    monkeypatch.setattr(thread_page, "PAGE_SIZE", 2)
    thread, other = make_thread(gent, leen), make_thread(gent, leen)
    first, far, apart = (tell_of(leen, make_post(one, karim)).id for one in (thread, thread, other))
    closed = tell(leen, "thread_locked", thread_id=thread.id).id
    for _time in range(2):
        assert "4 unread." in read()
    client.head(address(thread))
    read(address(thread), **{"Sec-Purpose": "prefetch"})
    assert unread(leen) == {first, far, apart, closed}
    read(address(thread))
    assert unread(leen) == {far, apart}
    read(address(thread) + "?page=2")
    assert unread(leen) == {apart}
    assert "1 unread." in read()


def test_nothing_is_written_for_a_thread_of_which_nothing_is_unread(read, gent, leen, karim, count_queries):
    thread, other = make_thread(gent, leen), make_thread(gent, leen)
    make_post(thread, karim)
    path = address(thread)
    read(path)
    with count_queries() as before:
        read(path)
    tell_of(leen, make_post(other, karim))
    with count_queries() as after:
        read(path)
    assert after.count == before.count, "the number in the header comes with who is signed in"
    assert not [text for text in after.statements if "UPDATE notification" in text]


def test_nothing_is_written_for_a_page_of_whose_kinds_nothing_is_unread(
    read, gent, leen, karim, count_queries
):
    tell_of(leen, make_post(make_thread(gent, leen), karim))
    read("/settings/profile")
    with count_queries() as quiet:
        read("/settings/profile")
    tell(leen, "capacity_confirmed")
    with count_queries() as told:
        read("/settings/profile")
    written = [[text for text in each.statements if "UPDATE notification" in text] for each in (quiet, told)]
    assert [len(each) for each in written] == [0, 1]


def test_a_lesson_and_a_page_of_ones_own_read_what_leads_there(client, read, gent, leen, karim):
    lesson = make_lesson(gent, karim)
    tell(leen, "cited", lesson_id=lesson.id)
    tell(leen, "capacity_confirmed")
    tell(leen, "role_given", space_id=gent.id)
    page = read()
    for path in (f"/lessons/{lesson.public_id}", "/settings/profile", f"/spaces/{gent.slug}"):
        assert f'href="{path}"' in page
        before = len(unread(leen))
        client.head(path)
        assert len(unread(leen)) == before
        read(path)
        assert len(unread(leen)) == before - 1


def test_all_of_it_is_marked_as_read_but_what_came_after_the_page_was_drawn(client, read, gent, leen, karim):
    thread = make_thread(gent, leen)
    tell_of(leen, make_post(thread, karim))
    drawn = re.search(r'name="until" value="(.*?)"', read())[1]
    later = tell_of(leen, make_post(thread, karim), at=clock.now() + timedelta(seconds=1)).id
    db.session.commit()
    assert submit(client, "/notifications/reading", {"until": drawn}).status_code == 303
    assert unread(leen) == {later}
    with clock.at(clock.now() + timedelta(minutes=1)):
        for nonsense in ("", "soon", "2099-01-01T00:00:00+00:00", "0001-01-01T00:00:00+14:00"):
            tell_of(leen, make_post(thread, karim))
            db.session.commit()
            assert submit(client, "/notifications/reading", {"until": nonsense}).status_code == 303
            assert unread(leen) == set()
    page = read()
    assert "Everything is read." in page
    assert "Mark all as read" not in page
    assert "Everything is read" in read("/notifications?show=unread")


def test_the_list_folds_what_is_long_and_says_what_is_not_there_yet(read, gent, leen, karim, count_queries):
    assert "You get one when somebody replies to what you share." in read()
    assert "Nothing is addressed to you yet" in read("/notifications?show=to_me")
    thread = make_thread(gent, leen, title="Rats & <b>mice</b>")
    for _turn in range(5):
        tell_of(leen, make_post(thread, karim, "They came in by the cellar."))
    with count_queries() as few:
        page = read()
    assert "and 1 more in this thread" in page
    assert page.count("Rats &amp; &lt;b&gt;mice&lt;/b&gt;") == 1
    assert page.count("They came in by the cellar.") == 5
    assert f'{address(thread)}#post-6"' in page
    for _turn in range(50):
        tell_of(leen, make_post(make_thread(gent, leen), karim))
    with count_queries() as many:
        page = read()
    assert few.count == many.count
    older = re.search(r'href="(\S*?after=\S+?)"', page)[1]
    assert "Rats" not in page
    assert "Rats" in read(older.replace("&amp;", "&"))
    assert read("/notifications?after=nonsense&show=nonsense").count("told__title") == page.count(
        "told__title"
    )


def waiting(home):
    """The part of the first page about what waits for its reader."""
    return home.split('aria-labelledby="yours"')[1].split("</section>")[0]


def test_every_kind_has_words_in_both_languages(client, read, gent, leen, karim, monkeypatch):
    monkeypatch.setattr(notices, "LINES", 200)
    thread = make_thread(gent, leen)
    for kind in (*KINDS, "of_former_times"):
        for actor_id in (karim.id, None):
            tell(leen, kind, thread_id=thread.id, actor_id=actor_id)
    for locale, new in (("en", "new"), ("nl", "nieuw")):
        leen.locale = locale
        said = re.findall(r'<li class="is-new"><a href="\S+"><span>(.*?)</span>\s*<time', read(), re.DOTALL)
        words = [re.sub(r"<.*?>", "", one).removesuffix(new).strip() for one in said]
        assert len(words) == 2 * len(KINDS) + 2
        assert words.count("") == 2, "those of a kind that is no longer there"
    assert "linkrow" in waiting(read("/"))


def test_home_shows_what_is_unread_and_not_what_already_waits_there(client, read, gent, leen, karim):
    assert "linkrow" not in waiting(read("/"))
    thread = make_thread(gent, leen, title="Who rings back?")
    for kind in ("answer", "mention", "followed"):
        tell_of(leen, make_post(thread, karim), kind)
    tell(leen, "thread_locked", thread_id=thread.id, actor_id=karim.id)
    tell(leen, "drafts_lapse")
    home = read("/")
    part = waiting(home)
    assert "Who rings back?" in part
    assert "3 new" in part, "what is only followed stands under the own threads"
    assert "mentioned you" in part, "the strongest reason, not the newest"
    assert f'href="{address(thread)}#post-3"' in part, "it leads to the mention"
    assert "replied" not in part
    assert "Some of your drafts" not in part
    assert submit(client, "/reading").status_code == 303
    assert "mentioned you" not in read("/"), "its post counts as read"
    assert len(unread(leen)) == 2


def test_home_says_of_what_was_ended_only_how_it_is_now_and_leads_there(read, gent, leen, karim):
    thread, other, lesson = make_thread(gent, leen), make_thread(gent, leen), make_lesson(gent, karim)
    own = {"thread_id": thread.id, "post_id": make_post(thread, leen).id}
    workbench, place = f"/workbench/{lesson.id}", f"/spaces/{gent.slug}"
    for about, before, after, said, at in (
        (own, "post_hidden", "post_restored", "put your post back", f"{address(thread)}#post-2"),
        ({"thread_id": other.id}, "thread_locked", "thread_reopened", "opened this thread", address(other)),
        ({"space_id": gent.id}, "role_given", "role_taken", "ended your role", place),
        ({"lesson_id": lesson.id}, "cited", "review_weakened", "lost an excerpt", workbench),
    ):
        for kind in (before, after):
            tell(leen, kind, actor_id=karim.id, **about)
        newest = waiting(read("/")).split('<a class="linkrow"')[1].split("</a>")[0]
        assert f' href="{at}"' in newest
        assert said in newest
        assert "2 new" in newest


@pytest.mark.both_databases
def test_what_one_is_told_of_is_chosen_beside_it_and_changed_by_choosing_again(
    client, read, gent, leen, karim
):
    thread = make_thread(gent, karim, title="Who rings back?")
    for level, sentence in (
        ("all", "You are told of every post here."),
        ("nothing", "You are told nothing, not even"),
        ("answers", "You are told of answers to you"),
    ):
        answer = submit(client, f"/threads/{thread.id}/following", {"level": level})
        assert answer.status_code == 303
        page = read(address(thread))
        assert sentence in page
        assert page.count(f'<a href="/threads/{thread.id}/following">Follow or mute this thread</a>') == 1
        for path in (f"/threads/{thread.id}/following", f"/spaces/{gent.slug}/following"):
            (checked,) = re.findall(r'<input checked[^>]*name="level"[^>]*>', read(path))
            assert f'value="{level}"' in checked or path.startswith("/spaces")
        assert submit(client, f"/spaces/{gent.slug}/following", {"level": level}).status_code == 303
        assert sentence.replace("here", "in this space") in read(f"/spaces/{gent.slug}")
    refused = submit(client, f"/threads/{thread.id}/following", {"level": "loud"})
    assert (refused.status_code, 'id="level-error"' in refused.text) == (422, True)
    listed = read("/settings/following")
    assert "Who rings back?" in listed
    assert listed.count('value="answers" selected') == 2
    thread.hidden_at = clock.now()
    db.session.commit()
    assert "Who rings back?" not in read("/settings/following")
    assert submit(client, f"/threads/{thread.id}/following", {"level": "all"}).status_code == 404
    assert db.session.scalars(select(ThreadFollow.level)).one() == FollowLevel.ANSWERS
    assert db.session.scalars(select(SpaceFollow.level)).one() == FollowLevel.ANSWERS


def test_what_comes_at_once_is_told_of_whole_unless_one_chose(client, read, gent, leen, karim):
    """The sentences beside a thread and a space know of subscriptions, and of a muted space."""
    thread, all_of_it = make_thread(gent, karim), "You are told of every post "
    for how, told in ((Delivery.AT_ONCE, True), (Delivery.NOTHING, False)):
        subscriptions.choose_space(actor(leen), gent.id, how)
        db.session.commit()
        assert (f"{all_of_it}here." in read(address(thread))) == told
        assert (f"{all_of_it}in this space." in read(f"/spaces/{gent.slug}")) == told
    subscriptions.choose_thread(actor(leen), thread.id, Delivery.AT_ONCE)
    db.session.commit()
    assert f"{all_of_it}here." in read(address(thread)), "its own goes first"
    following.begin(leen.id, thread.id)
    following.follow_space(actor(leen), gent.id, level=FollowLevel.NOTHING)
    db.session.commit()
    assert "You are told nothing, not even" in read(address(thread)), "who only wrote in it muted it too"


def test_a_thread_is_followed_as_its_space_until_one_chooses(client, read, gent, leen, karim):
    thread = make_thread(gent, karim)
    submit(client, f"/spaces/{gent.slug}/following", {"level": "all"})
    assert "You are told of every post here." in read(address(thread))
    answer = submit(
        client, f"/threads/{thread.id}/following", {"level": "nothing", "next": "/settings/following"}
    )
    assert answer.location.endswith("/settings/following")
    assert "You are told nothing, not even" in read(address(thread))
    visitor = client.application.test_client()
    assert "What you are told" not in visitor.get(address(thread)).text


def test_counting_ends_at_a_hundred(read, gent, leen, karim, monkeypatch):
    assert unread_notices.MOST == 100
    post = make_post(make_thread(gent, leen), karim)
    for _turn in range(101):
        tell_of(leen, post)
    assert counted(read("/spaces")) == ["9+", "99+", "unread"]


def test_who_asks_to_join_is_told_with_what_they_speak_as_and_leads_to_that_request(
    read, gent, moderator, client
):
    nadia = make_member("Nadia", space=make_space("Aalst", city="aalst"))
    request = join_requests.request_to_join(actor(nadia), gent.id, message="May I?")
    react()
    mail = db.session.scalars(select(OutgoingMail).where(OutgoingMail.member_id == moderator.id)).one()
    written = letters.letter_for(mail).message
    sign_in(client, moderator)
    shown, at = read(), f"/spaces/{gent.slug}/members#request-{request.id}"
    parts = [part.get_content() for part in written.iter_parts()]
    assert ["Nadia, field worker, field work, city of Aalst" in part for part in parts] == [True, True]
    for one in (shown, *parts):
        assert "field worker, field work, city of Aalst" in one
        assert at in one
    assert f'id="request-{request.id}"' in read(f"/spaces/{gent.slug}/members")

    def no_longer():
        shown = read()
        assert "asks to join" in shown
        assert "field worker" not in shown
        assert "asks to join" not in read("/"), "nobody waits there"
        assert at not in shown
        with pytest.raises(NothingToSend):
            letters.letter_for(mail)

    for column in ("suspended_at", "confirmed_at"):
        before = getattr(nadia, column)
        setattr(nadia, column, None if before else clock.now())
        no_longer()
        setattr(nadia, column, before)
    assert at in read()
    assert "field worker, field work, city of Aalst · " in read("/")
    join_requests.answer(actor(moderator), request.id, role=None)
    no_longer()
