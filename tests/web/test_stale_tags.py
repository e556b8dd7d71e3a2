"""Forms that were opened before editors merged a tag, and sent after it, are about what that tag is today."""

import pytest
from sqlalchemy import func, select

from forum.domain.digests import subscriptions
from forum.domain.moderation import tag_merges
from forum.domain.people import found_by, offers
from forum.domain.themes import tags
from forum.infra.db import db
from forum.models.accounts import NetworkRole
from forum.models.classification import ThreadChange
from forum.models.moderation import Action, ModerationAction
from forum.models.profiles import MemberWord, WordSource
from forum.models.spaces import Audience, Role
from forum.models.subscriptions import Delivery, Frequency
from forum.models.themes import Tag
from forum.policy.errors import Conflict
from tests.factories import actor, make_member, make_space, make_thread, sign_in, submit

PAGE = "/settings/digest"


@pytest.fixture
def gent(session):
    return make_space("Gent", city="gent", slug="gent")


@pytest.fixture
def leen(gent):
    return make_member("Leen", space=gent, role=Role.MODERATOR)


@pytest.fixture
def eva(gent):
    return make_member("Eva", space=gent, network_role=NetworkRole.EDITOR)


def thread_with(space, author, *names):
    return make_thread(space, author, audience=Audience.NETWORK, tags=names)


def ids(*slugs):
    found = dict(db.session.execute(select(Tag.slug, Tag.id)).all())
    return [found[slug] for slug in slugs]


def chosen(member):
    names = dict(db.session.execute(select(Tag.id, Tag.slug)).all())
    of_tags = subscriptions.preferences_of(member.id).tags
    return {names[tag_id]: how.value for tag_id, how in of_tags.items()}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"buurt": "nothing"}, {"wijk": "nothing"}),
        ({"buurt": "digest"}, {"wijk": "digest"}),
        ({"buurt": "digest", "wijk": "at_once"}, {"wijk": "at_once"}),
        ({"buurt": "digest", "wijk": ""}, {"wijk": "digest"}),
        ({"buurt": "", "wijk": ""}, {}),
        ({}, {"wijk": "at_once"}),
        ({"buurt": "sometimes"}, None),
    ],
)
def test_a_digest_form_of_before_a_merge_is_about_the_tag_of_today(client, gent, leen, eva, sent, kept):
    thread_with(gent, eva, "buurt", "wijk")
    buurt, wijk = ids("buurt", "wijk")
    before = {buurt: Delivery.AT_ONCE, wijk: Delivery.DIGEST}
    subscriptions.choose(actor(leen), frequency=Frequency.WEEKLY, tags=before)
    tag_merges.merge(actor(eva), "buurt", "Wijk")
    db.session.commit()
    sign_in(client, leen)
    of_slug = {"buurt": buurt, "wijk": wijk}
    fields = {"frequency": "weekly", **{f"tags_{of_slug[slug]}": how for slug, how in sent.items()}}
    tried = submit(client, PAGE, {**fields, "preview": "1"})
    answer = submit(client, PAGE, fields)
    if kept is None:
        assert (answer.status_code, chosen(leen)) == (422, {"wijk": "at_once"})
        return
    assert (tried.status_code, answer.status_code, chosen(leen)) == (200, 303, kept)
    assert f"tags_{buurt}" not in tried.text


def test_what_is_merged_while_a_digest_is_chosen_is_chosen_of_what_it_became(gent, leen, eva):
    thread_with(gent, eva, "buurt", "wijk")
    buurt, wijk = ids("buurt", "wijk")
    tag_merges.merge(actor(eva), "buurt", "Wijk")
    both = {wijk: Delivery.DIGEST, buurt: Delivery.NOTHING}
    subscriptions.choose(actor(leen), frequency=Frequency.WEEKLY, tags=both)
    assert chosen(leen) == {"wijk": "nothing"}
    typed = dict.fromkeys(tags.clean(["Buurt", "nieuw"]), Delivery.AT_ONCE)
    subscriptions.choose(actor(leen), frequency=Frequency.WEEKLY, tags=both, typed=typed)
    assert chosen(leen) == {"wijk": "at_once", "nieuw": "at_once"}


def test_an_offer_and_a_thread_of_before_a_merge_have_the_tag_of_today_and_nothing_else_changes(
    client, gent, leen, eva
):
    thread = thread_with(gent, eva, "buurt", "groen")
    tag_merges.merge(actor(eva), "buurt", "Stadsdeel")
    db.session.commit()
    sign_in(client, leen)
    assert submit(client, "/settings/offer", {"tags": "Buurt, groen", "seeks": ""}).status_code == 303
    assert offers.of_members([leen.id])[leen.id].tags == ["groen", "Stadsdeel"]
    words = select(MemberWord.word).where(MemberWord.member_id == leen.id)
    found = db.session.scalars(words.where(MemberWord.source == WordSource.OFFER)).all()
    assert sorted(found) == sorted(found_by.words("groen Stadsdeel")), "found by what everybody reads"
    about = {"need": thread.need.value, "axis": thread.axis.value, "seen_change": "0"}
    path = f"/threads/{thread.id}/classification"
    assert submit(client, path, {**about, "tags": "buurt, groen"}).status_code == 303
    logged = select(func.count()).select_from(ModerationAction)
    logged = logged.where(ModerationAction.action == Action.CLASSIFY)
    changes = select(func.count()).select_from(ThreadChange)
    assert (db.session.scalar(logged), db.session.scalar(changes)) == (0, 0), "it says what stands there"
    assert submit(client, path, {**about, "tags": "buurt, water"}).status_code == 303
    assert [tag.name for tag in tags.of_thread(thread.id)] == ["Stadsdeel", "water"]
    assert (db.session.scalar(logged), db.session.scalar(changes)) == (1, 1)


def test_of_two_merges_into_one_tag_the_last_is_undone_first_so_that_no_thread_loses_one(gent, leen, eva):
    thread_with(gent, leen, "wijk")
    thread = thread_with(gent, leen, "buurt", "stadsdeel")
    first = tag_merges.merge(actor(eva), "buurt", "wijk")
    last = tag_merges.merge(actor(eva), "stadsdeel", "wijk")
    with pytest.raises(Conflict):
        tag_merges.undo(actor(eva), first.id)
    assert [tag.name for tag in tags.of_thread(thread.id)] == ["wijk"]
    for done in (last, first):
        tag_merges.undo(actor(eva), done.id)
    assert [tag.name for tag in tags.of_thread(thread.id)] == ["buurt", "stadsdeel"]
