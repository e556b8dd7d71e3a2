"""Editors merge tags and undo it; old addresses lead on, and what stands on closed threads is named to nobody."""

import contextlib
import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.lessons import tags as lesson_tags
from forum.domain.moderation import tag_merges
from forum.domain.people import offers
from forum.domain.themes import tags
from forum.domain.threads import classification, tag_list
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import NetworkRole
from forum.models.profiles import MemberWord, WordSource
from forum.models.spaces import Audience, Role
from forum.models.subscriptions import Delivery, Subscription
from forum.models.themes import Tag, TagMerge, ThreadTag
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.attack.test_at_once import storm
from tests.factories import actor, join, make_member, make_space, make_thread, sign_in, submit
from tests.lesson_scenario import build


@pytest.fixture
def gent(session):
    return make_space("Gent", city="gent", slug="gent")


@pytest.fixture
def leen(gent):
    return make_member("Leen", space=gent)


@pytest.fixture
def eva(session):
    """An editor of the network, who belongs to another city."""
    brugge = make_space("Brugge", city="brugge", slug="brugge")
    return make_member("Eva", space=brugge, network_role=NetworkRole.EDITOR)


def thread_with(space, author, *names, audience=Audience.NETWORK):
    return make_thread(space, author, audience=audience, tags=names, title=f"About {', '.join(names)}")


def names_of(thread):
    return [tag.name for tag in tags.of_thread(thread.id)]


def choose(member, name, delivery):
    tag_id = db.session.scalar(select(Tag.id).where(Tag.slug == name))
    db.session.add(Subscription(member_id=member.id, tag_id=tag_id, delivery=delivery))
    db.session.flush()


def chosen(member):
    query = select(Tag.slug, Subscription.delivery).join(Tag, Tag.id == Subscription.tag_id)
    return dict(db.session.execute(query.where(Subscription.member_id == member.id)).all())


def test_a_merge_reaches_every_thread_and_choice_and_undo_brings_back_each(gent, leen, eva):
    both = thread_with(gent, leen, "Buurt", "Wijk")
    one, other = thread_with(gent, leen, "buurt"), thread_with(gent, leen, "wijk")
    closed = thread_with(gent, leen, "BUURT", audience=Audience.SPACE)
    wout, mia = make_member("Wout", space=gent), make_member("Mia", space=gent)
    choose(leen, "buurt", Delivery.AT_ONCE)
    choose(wout, "buurt", Delivery.DIGEST)
    choose(wout, "wijk", Delivery.NOTHING)
    choose(mia, "buurt", Delivery.NOTHING)
    choose(mia, "wijk", Delivery.DIGEST)
    before = [chosen(who) for who in (leen, wout, mia)]
    done = tag_merges.merge(actor(eva), "buurt", "wijk")
    assert [names_of(each) for each in (both, one, other, closed)] == [["wijk"]] * 4
    assert chosen(leen) == {"wijk": Delivery.AT_ONCE}
    assert chosen(wout) == chosen(mia) == {"wijk": Delivery.NOTHING}
    tag_merges.undo(actor(eva), done.id)
    assert [names_of(each) for each in (both, one, other, closed)] == [
        ["Buurt", "Wijk"],
        ["buurt"],
        ["wijk"],
        ["BUURT"],
    ]
    assert [chosen(who) for who in (leen, wout, mia)] == before
    assert tag_merges.undo(actor(eva), done.id).undone_at  # once more changes nothing


def test_the_question_before_a_merge_says_whose_spelling_changes_with_it(client, gent, leen, eva):
    into_old = thread_with(gent, leen, "Wijk")
    successor = thread_with(gent, leen, "Buurt")
    thread_with(gent, leen, "Straat")
    tag_merges.merge(actor(eva), "wijk", "Buurt")
    db.session.commit()
    sign_in(client, eva)
    asked = client.get("/tags/straat?into=Wijk").text
    assert "“Wijk” was merged into “Buurt” before (2 threads)" in asked
    assert "“Buurt” is called “Wijk” from then on" in asked
    own = client.get("/tags/buurt?into=Wijk").text
    assert "“Wijk” was merged into this tag before: only how it is spelt changes" in own
    assert "Old addresses lead to the new one" not in own
    assert "exists already" in client.get("/tags/straat?into=buurt").text
    submit(client, "/tags/straat/merge", {"into": "Wijk"})
    assert names_of(successor) == names_of(into_old) == ["Wijk"]


def test_the_question_before_a_merge_does_not_name_a_successor_that_only_a_closed_space_has(
    client, gent, leen, eva
):
    thread_with(gent, leen, "Wijk", audience=Audience.SPACE)
    thread_with(gent, leen, "Straat")
    tag = db.session.scalars(select(Tag).where(Tag.slug == "wijk")).one()
    old = Tag(slug="dorp", merged_into_id=tag.id)
    db.session.add(old)
    db.session.commit()
    sign_in(client, eva)
    asked = client.get("/tags/straat?into=Dorp").text
    assert "“Straat” becomes “Dorp”" in asked
    assert "was merged into" not in asked
    assert "Wijk" not in asked


def test_what_happened_since_stays_when_a_merge_is_undone(gent, leen, eva):
    kept, changed = thread_with(gent, leen, "Buurt"), thread_with(gent, leen, "Buurt")
    thread_with(gent, leen, "Wijk")
    choose(leen, "buurt", Delivery.AT_ONCE)
    done = tag_merges.merge(actor(eva), "buurt", "Wijk")
    about = {"need": changed.need, "axis": changed.axis}
    classification.classify(actor(leen), changed.id, **about, tags=["groen"])
    db.session.scalars(select(Subscription)).one().delivery = Delivery.NOTHING
    db.session.flush()
    tag_merges.undo(actor(eva), done.id)
    assert (names_of(kept), names_of(changed)) == (["Buurt"], ["groen"])
    assert chosen(leen) == {"wijk": Delivery.NOTHING, "buurt": Delivery.AT_ONCE}


def test_whoever_types_the_old_name_gives_the_new_one_also_after_a_chain(gent, leen, eva):
    thread_with(gent, leen, "Buurt")
    thread_with(gent, leen, "Wijk")
    tag_merges.merge(actor(eva), "buurt", "Wijk")
    last = tag_merges.merge(actor(eva), "wijk", "Wijkwerking")
    thread = thread_with(gent, leen, "groen")
    about = {"need": thread.need, "axis": thread.axis}
    classification.classify(actor(leen), thread.id, **about, tags=["buurt", "WIJK", "wijkwerking"])
    assert names_of(thread) == ["Wijkwerking"]
    tag_merges.undo(actor(eva), last.id)
    assert tag_list.moved(actor(leen), ["buurt"]) == {"buurt": "wijk"}


def test_another_spelling_is_shown_everywhere_and_typed_words_follow_it(gent, leen, eva):
    thread = thread_with(gent, leen, "ocmw")
    done = tag_merges.merge(actor(eva), "ocmw", "OCMW")
    assert names_of(thread) == ["OCMW"]
    assert names_of(thread_with(gent, leen, "Ocmw")) == ["OCMW"]
    with pytest.raises(Invalid) as refused:
        tag_merges.merge(actor(eva), "ocmw", "OCMW")
    assert refused.value.field == "into"
    tag_merges.undo(actor(eva), done.id)
    assert names_of(thread) == ["ocmw"]


def test_a_version_of_a_lesson_keeps_its_spelling_and_the_next_one_has_the_new(session, eva):
    scenario = build(Audience.NETWORK)
    lesson = scenario.published()
    version = lesson.current_id
    lesson_tags.choose(version, tags.clean(["Buurt"]))
    thread_with(scenario.space, scenario.author, "buurt")
    tag_merges.merge(actor(eva), "buurt", "Wijk")
    assert lesson_tags.of(version) == ["Buurt"]
    assert lesson_tags.are(version, tags.clean(["wijk"]))
    assert lesson_tags.are(version, tags.clean(["buurt"]))
    assert not lesson_tags.are(version, tags.clean(["buurt", "straat"]))


def test_only_editors_see_and_change_tags_and_only_those_that_all_members_read(client, gent, leen, eva):
    thread_with(gent, leen, "Open")
    thread_with(gent, leen, "Secret", audience=Audience.SPACE)
    hidden = thread_with(gent, leen, "Hidden")
    hidden.hidden_at = clock.now()
    wout = make_member("Wout", space=gent, role=Role.MODERATOR)
    guest = make_member("Gust")
    join(guest, gent, Role.GUEST)
    db.session.commit()
    for who in (leen, wout, guest):
        with pytest.raises(Forbidden):
            tag_merges.merge(actor(who), "open", "anders")
        with pytest.raises(Forbidden):
            tag_list.page(actor(who))
    for closed in ("secret", "hidden", "nothing"):
        with pytest.raises(NotFound):
            tag_merges.merge(actor(eva), closed, "anders")
    assert client.get("/tags").status_code == 303
    sign_in(client, eva)
    page = client.get("/tags").text
    assert "Open" in page
    assert "Secret" not in page
    assert "Hidden" not in page
    assert client.get("/tags/secret").status_code == client.get("/tags/nothing").status_code == 404
    # Into one that only stands on closed threads: no more is said than of one that nobody uses.
    assert "exists already" not in client.get("/tags/open?into=Secret").text
    with client.session_transaction() as kept:
        kept.clear()
    eva.suspended_at = clock.now()
    db.session.commit()
    assert client.get("/tags").status_code == 303


def test_an_editor_sees_first_what_will_change_does_it_and_old_addresses_lead_on(client, gent, leen, eva):
    thread_with(gent, leen, "Buurt")
    thread_with(gent, leen, "Wijk")
    db.session.commit()
    sign_in(client, eva)
    empty = client.get("/tags/buurt?into=")
    assert (empty.status_code, "Type the name that it should have." in empty.text) == (422, True)
    first = client.get("/tags/buurt?into=wijk")
    assert "exists already (1 thread)" in first.text
    assert client.get("/threads?tag=buurt").status_code == 200
    done = submit(client, "/tags/buurt/merge", {"into": "wijk"})
    assert done.status_code == 303
    assert client.get("/tags/buurt").status_code == 404
    moved = client.get("/threads?tag=buurt&need=stories")
    assert (moved.status_code, moved.location) == (302, "/threads?tag=wijk&need=stories")
    assert client.get("/spaces/gent?tag=buurt").location == "/spaces/gent?tag=wijk"
    merge_id = db.session.scalar(select(TagMerge.id))
    assert "Undo" in client.get("/tags").text
    assert submit(client, f"/tags/merges/{merge_id}/undoing", {}).status_code == 303
    assert client.get("/threads?tag=buurt").status_code == 200


def test_an_address_leads_nobody_to_a_name_that_they_may_not_read(client, gent, leen, eva):
    thread = thread_with(gent, leen, "Buurt")
    tag_merges.merge(actor(eva), "buurt", "Wijk")
    thread.audience = Audience.SPACE
    db.session.commit()
    assert client.get("/threads?tag=buurt").status_code == 200  # a visitor
    assert tag_list.moved(actor(eva), ["buurt"]) == {}
    assert tag_list.moved(actor(leen), ["buurt"]) == {"buurt": "wijk"}


def test_undo_ends_after_ten_minutes_is_for_who_did_it_and_gives_way_to_a_later_merge(gent, leen, eva):
    simon = make_member("Simon", space=gent, network_role=NetworkRole.EDITOR)
    thread_with(gent, leen, "Buurt")
    done = tag_merges.merge(actor(eva), "buurt", "Wijk")
    with pytest.raises(NotFound):
        tag_merges.undo(actor(simon), done.id)
    later = tag_merges.merge(actor(simon), "wijk", "Stadsdeel")
    with pytest.raises(Conflict):
        tag_merges.undo(actor(eva), done.id)
    with clock.at(clock.now() + timedelta(minutes=11)), pytest.raises(Conflict):
        tag_merges.undo(actor(simon), later.id)


def test_pages_of_tags_begin_after_the_last_and_find_without_accents(gent, leen, eva):
    for name in ("Één", "eend", "fiets"):
        thread_with(gent, leen, name)
    first = tag_list.page(actor(eva), limit=2)
    assert [tag.slug for tag in first.rows] == ["een", "eend"]
    assert [tag.slug for tag in tag_list.page(actor(eva), after=first.next_cursor).rows] == ["fiets"]
    assert [tag.name for tag in tag_list.page(actor(eva), wanted="ÉEN").rows] == ["Één", "eend"]


@pytest.mark.live
def test_while_tags_are_merged_no_thread_is_left_with_the_old_one(live_app):
    with live_app.app_context():
        gent = make_space("Gent", city="gent")
        authors = [make_member(f"Author {number}", space=gent) for number in range(6)]
        eva = make_member("Eva", space=gent, network_role=NetworkRole.EDITOR)
        simon = make_member("Simon", space=gent, network_role=NetworkRole.EDITOR)
        thread_with(gent, authors[0], "Buurt", "Wijk")
        threads = [thread_with(gent, author, "groen") for author in authors]
        db.session.commit()
        calls = [
            (author, f"/threads/{thread.id}/classification", classified(thread, "buurt, wijk"))
            for author, thread in zip(authors, threads, strict=True)
        ]
        calls[2:2] = [(eva, "/tags/buurt/merge", {"into": "wijk"})]
        calls[5:5] = [(simon, "/tags/wijk/merge", {"into": "stadsdeel"})]
        assert set(storm(live_app, calls)) <= {303, 404, 422}
        for thread in threads:
            db.session.remove()
            ids = select(ThreadTag.tag_id).where(ThreadTag.thread_id == thread.id)
            merged = select(Tag.slug).where(Tag.id.in_(ids), Tag.merged_into_id.is_not(None))
            assert db.session.scalars(merged).all() == []


def test_new_tags_are_stored_in_one_order_whoever_types_them_so_that_two_never_wait_for_each_other(session):
    for line in ("zee, aarde, meer", "water, lucht"):
        tags.uses_of(tags.clean(tags.split(line)))
    stored = dict(db.session.execute(select(Tag.slug, Tag.id)).all())
    assert sorted(stored, key=stored.get) == ["aarde", "meer", "zee", "lucht", "water"]


def classified(thread, line):
    return {"need": thread.need.value, "axis": thread.axis.value, "tags": line, "seen_change": "0"}


def offered(member):
    return offers.of_members([member.id])[member.id].tags


def test_what_members_offer_goes_over_is_spelt_and_found_so_and_comes_back(gent, leen, eva):
    thread_with(gent, leen, "Buurt", "Wijk")
    wout, mia = make_member("Wout", space=gent), make_member("Mia", space=gent)
    for who, line in ((wout, "buurt, groen"), (mia, "BUURT, wijk")):
        offers.save(actor(who), asks=[], tag_line=line, axes=[], seeks="")
    done = tag_merges.merge(actor(eva), "buurt", "Stadswijk")
    assert (offered(wout), offered(mia)) == (["groen", "Stadswijk"], ["Stadswijk", "wijk"])
    last = tag_merges.merge(actor(eva), "stadswijk", "Wijk")
    assert (offered(wout), offered(mia)) == (["groen", "Wijk"], ["Wijk"])
    found = select(MemberWord.member_id).where(MemberWord.source == WordSource.OFFER)
    assert set(db.session.scalars(found.where(MemberWord.word == "wijk"))) == {wout.id, mia.id}
    assert set(db.session.scalars(found.where(MemberWord.word == "buurt"))) == set()
    tag_merges.undo(actor(eva), last.id)
    assert (offered(wout), offered(mia)) == (["groen", "Stadswijk"], ["Stadswijk", "wijk"])
    offers.save(actor(wout), asks=[], tag_line="groen", axes=[], seeks="")
    again = tag_merges.merge(actor(eva), "stadswijk", "Wijk")
    offers.save(actor(mia), asks=["Parken"], tag_line="", axes=[], seeks="")
    tag_merges.undo(actor(eva), again.id)
    assert (offered(wout), offered(mia)) == (["groen"], []), "what was taken away since stays away"
    assert tag_merges.latest(actor(eva))[-1].id == done.id


@pytest.mark.parametrize("seed", range(3))
def test_undo_is_offered_for_exactly_the_merges_that_can_be_undone_now(gent, leen, eva, seed):
    chance, names = random.Random(seed), ["Buurt", "Wijk", "Straat", "Plein"]
    for name in names:
        thread_with(gent, leen, name)
    for _step in range(6):
        merged = chance.choice(names)
        with contextlib.suppress(NotFound, Invalid):
            tag_merges.merge(actor(eva), merged.lower(), chance.choice([*names, merged.upper()]))
        for line in tag_merges.latest(actor(eva)):
            step = db.session.begin_nested()
            can = not line.undone
            try:
                tag_merges.undo(actor(eva), line.id)
            except Conflict:
                can = False
            step.rollback()
            assert line.is_open == can, line
        if (
            offered := [line for line in tag_merges.latest(actor(eva)) if line.is_open]
        ) and chance.random() < 0.4:
            tag_merges.undo(actor(eva), offered[0].id)
    assert tag_merges.latest(actor(eva)), "something was merged"
