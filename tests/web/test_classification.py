"""Changing what a thread is about, and moving it, as pages."""

import re

import pytest

from forum.domain.audit import undoable
from forum.domain.moderation import undo
from forum.domain.threads import classification
from forum.infra.db import db
from forum.models.spaces import Audience
from forum.models.themes import Axis, Need
from tests.factories import actor, join, make_member, make_post, make_space, make_thread, sign_in, submit

FACTS = {"need": "facts", "axis": "kwalitatieve-densiteit", "tags": "bikes", "seen_change": 0}


def test_the_form_holds_what_is_chosen_and_keeps_a_change_that_every_reader_sees(client, gent, leen):
    thread = make_thread(gent, leen, audience=Audience.PUBLIC, tags=("care", "night"))
    path = f"/threads/{thread.id}/classification"
    sign_in(client, leen)
    assert path in client.get(f"/threads/{thread.id}-{thread.slug}").text
    shown = client.get(path).text
    assert 'value="care, night"' in shown
    assert 'checked id="axis-5" name="axis" required type="radio" value="solidaire-stadspolis"' in shown
    answer = submit(client, path, FACTS)
    assert (answer.status_code, answer.location) == (303, f"/threads/{thread.id}-{thread.slug}")
    assert "Tags changed from care, night to bikes." in client.get(answer.location).text
    seen = client.application.test_client().get(answer.location, headers={"Accept-Language": "en"}).text
    assert "“What are you looking for?” changed from Stories to Facts." in seen
    assert "Theme changed from City of solidarity to " in seen
    assert "Tags changed." in seen
    assert "By Leen, on " in seen
    assert "night" not in seen


def test_a_refused_form_keeps_what_was_typed(client, gent, leen):
    thread = make_thread(gent, leen)
    path = f"/threads/{thread.id}/classification"
    sign_in(client, leen)
    for wrong in (
        {"tags": "a,b,c,d,e,f"},
        {"axis": "nowhere", "tags": "kept"},
        {"need": "money", "tags": "kept"},
    ):
        answer = submit(client, path, FACTS | wrong)
        assert (answer.status_code, f'value="{wrong["tags"]}"' in answer.text) == (422, True)
    assert submit(client, path, {"seen_change": 0, "tags": "care"}).status_code == 303
    assert (thread.need, thread.axis) == (Need.STORIES, Axis.SOLIDARITY), "what was not sent stays"


def test_a_change_by_somebody_else_meanwhile_is_shown_beside_the_choice(client, gent, leen, moderator):
    thread = make_thread(gent, leen)
    classification.classify(actor(moderator), thread.id, need=Need.ACTION, axis=thread.axis, tags=())
    db.session.commit()
    sign_in(client, leen)
    path = f"/threads/{thread.id}/classification"
    answer = submit(client, path, FACTS)
    assert answer.status_code == 409
    assert 'value="bikes"' in answer.text
    assert "Now it says: City of solidarity, Action, tags: none." in answer.text
    seen = classification.current(actor(leen), thread.id)[1].last_change
    assert f'name="seen_change" type="hidden" value="{seen}"' in answer.text
    assert submit(client, path, FACTS | {"seen_change": seen}).status_code == 303
    assert thread.need == Need.FACTS


@pytest.mark.both_databases
def test_a_change_between_the_look_and_the_lock_is_shown_as_it_was_saved(
    client, gent, leen, moderator, monkeypatch
):
    thread = make_thread(gent, leen)
    db.session.commit()
    sign_in(client, leen)
    genuine, saved = classification.classify, []

    def beaten(who, thread_id, **chosen):
        genuine(actor(moderator), thread_id, need=Need.ACTION, axis=thread.axis, tags=("night",))
        saved.append(classification.current(who, thread_id)[1].last_change)
        return genuine(who, thread_id, **chosen)

    monkeypatch.setattr(classification, "classify", beaten)
    answer = submit(client, f"/threads/{thread.id}/classification", FACTS)
    assert answer.status_code == 409
    assert "Now it says: City of solidarity, Action, tags: night." in answer.text
    assert f'name="seen_change" type="hidden" value="{saved[0]}"' in answer.text


def test_others_find_no_form_and_a_moderator_is_told_where_it_shows(client, gent, leen, moderator):
    thread = make_thread(gent, leen)
    path = f"/threads/{thread.id}/classification"
    db.session.commit()
    assert client.get(path).status_code == 303
    for member, status in ((make_member("Karim", space=gent), 403), (moderator, 200)):
        sign_in(client, member)
        assert client.get(path).status_code == status
        assert (path in client.get(f"/threads/{thread.id}-{thread.slug}").text) is (status == 200)
    assert "it is in the log of this space" in client.get(path).text
    assert client.get(f"/threads/{thread.id}/space").status_code == 403
    submit(client, path, FACTS)
    log = client.get(f"/spaces/{gent.slug}/moderation/log").text
    assert "Wouter classified “Who rings back?” differently." in log
    assert "“What are you looking for?” changed from Stories to Facts." in log
    assert "Tags added: bikes." in log


def test_a_thread_moves_in_two_steps_and_says_who_will_read_it(client, gent, leen):
    genk = make_space("Genk", city="genk")
    join(leen, genk)
    make_member("Karim", space=genk)
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    path = f"/threads/{thread.id}/space"
    sign_in(client, leen)
    assert f"{path}?to={genk.slug}" in client.get(path).text
    shown = client.get(f"{path}?to={genk.slug}").text
    assert 'Only people who belong to Gent can read this <span class="meta">1 member<' in shown
    assert 'Only people who belong to Genk can read this <span class="meta">2 members<' in shown
    assert "1 more member can read this" in shown
    assert re.search(r'<input checked[^>]* name="audience"[^>]* value="space"', shown)
    assert f'name="space" value="{genk.slug}"' in shown
    for asks_more in ("Reason", "moderators of that space", "You can undo this"):
        assert asks_more not in shown, "it is their own"
    refused = submit(client, path, {"space": genk.slug})
    assert (refused.status_code, f'value="{genk.slug}"' in refused.text) == (409, True)
    seen = re.search(
        r'name="seen" value="(\w+)"', client.get(f"{path}?to={genk.slug}&audience=network").text
    )[1]
    make_member("Far", space=make_space("Aalst"))
    late = submit(client, path, {"space": genk.slug, "audience": "network", "seen": seen})
    assert (late.status_code, thread.space_id) == (409, gent.id)
    seen = re.search(r'name="seen" value="(\w+)"', late.text)[1]
    answer = submit(client, path, {"space": genk.slug, "audience": "network", "seen": seen})
    assert answer.status_code == 303
    assert (thread.space_id, thread.audience) == (genk.id, Audience.NETWORK)
    assert "Moved from Gent to Genk." in client.get(answer.location).text


def test_a_space_that_is_not_for_the_author_takes_no_thread(client, gent, leen):
    listed, unlisted = make_space("Aalst"), make_space("Stil", unlisted=True)
    narrow = make_space("Klein", widest=Audience.SPACE)
    join(leen, narrow)
    thread = make_thread(gent, leen)
    path = f"/threads/{thread.id}/space"
    sign_in(client, leen)
    for slug, status in ((listed.slug, 403), (unlisted.slug, 404), ("nowhere", 404), (narrow.slug, 409)):
        assert submit(client, path, {"space": slug, "audience": "network"}).status_code == status
    for slug in (listed.slug, unlisted.slug, gent.slug):
        assert "Move to another space</h1>" in client.get(f"{path}?to={slug}").text
    make_post(thread, make_member("Karim", space=gent))
    db.session.commit()
    assert client.get(path).status_code == 403
    assert thread.space_id == gent.id


def test_a_member_of_one_space_hears_where_a_thread_could_go(client, gent, leen):
    thread = make_thread(gent, leen)
    sign_in(client, leen)
    assert "You do not belong to another space" in client.get(f"/threads/{thread.id}/space").text


def test_the_pages_cost_the_same_after_many_changes(client, count_queries, gent, leen, moderator):
    thread = make_thread(gent, leen)
    sign_in(client, leen)
    page = f"/threads/{thread.id}-{thread.slug}"

    def cost(path):
        client.get(path)
        with count_queries() as seen:
            assert client.get(path).status_code == 200
        return seen.count

    without = cost(page)
    classification.classify(actor(leen), thread.id, need=Need.FACTS, axis=thread.axis, tags=())
    db.session.commit()
    once = cost(page), cost(f"/threads/{thread.id}/classification")
    assert once[0] == without + 1
    for need in (Need.ACTION, Need.STORIES) * 15:
        classification.classify(actor(moderator), thread.id, need=need, axis=thread.axis, tags=())
    db.session.commit()
    assert (cost(page), cost(f"/threads/{thread.id}/classification")) == once
    assert client.get(page).text.count("“What are you looking for?” changed") == 20
    log = f"/spaces/{gent.slug}/moderation/log"
    sign_in(client, moderator)
    assert cost(log) <= 9


def test_a_theme_that_a_moderator_took_back_is_said_to_be_gone(client, gent, leen, moderator):
    thread = make_thread(gent, leen, axis=None)
    make_post(thread, leen)
    chosen = classification.classify(
        actor(moderator), thread.id, need=Need.FACTS, axis=Axis.DIVERSITY, tags=[]
    )
    undo.undo(actor(moderator), undoable.open_acts(actor(moderator), thread_id=chosen.id)[0].id)
    db.session.commit()
    sign_in(client, leen)
    page = " ".join(client.get(f"/threads/{thread.id}-{thread.slug}").text.split())
    assert "Theme removed: Identity through diversity." in page
    assert " to . " not in page
