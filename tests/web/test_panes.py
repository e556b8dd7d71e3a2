"""The panes of the workbench: what is picked in a thread, what the live panel says, and how much it asks."""

import re

import pytest
from sqlalchemy import select

from forum.domain.consents import removals
from forum.domain.lessons import claims, lessons
from forum.domain.lessons.workbench import draft as workbench_draft
from forum.domain.threads import posts
from forum.infra.db import db
from forum.models.accounts import Capacity
from forum.models.claims import Claim, Excerpt
from forum.models.spaces import Audience
from tests.factories import actor, make_post, make_thread, sign_in, submit
from tests.lesson_scenario import OPENING, REPLY, build

TWO = "We rang everybody who had stopped. Almost all of them said the same thing: nobody talks with me."


def page(client, path):
    """A page in English, on one line."""
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, path
    return " ".join(answer.text.split())


def browser(app, member):
    """A browser of her own."""
    made = app.test_client()
    sign_in(made, member)
    return made


def begun(app, audience=Audience.NETWORK):
    """A scenario, an empty draft in it, and its curator's browser."""
    scenario = build(audience)
    lesson = lessons.draft(scenario.actor("curator"), scenario.thread.id, title="Put talking in the roster")
    db.session.commit()
    return scenario, lesson, browser(app, scenario.curator)


def sentences_of(shown):
    """The values of the boxes on a page."""
    return re.findall(r'name="sentence" form="bar" value="([0-9.]+)"', shown)


def frozen():
    """The words of every excerpt."""
    return sorted(db.session.scalars(select(Excerpt.words)))


@pytest.mark.both_databases
def test_picked_sentences_are_recorded_where_they_stand_and_begin_a_claim(app):
    scenario, lesson, curator = begun(app)
    at = f"/workbench/{lesson.id}"
    shown = page(curator, at)
    assert "new claim with this excerpt" in shown
    assert 'value="supports" form="bar"' not in shown, "there is no claim yet that it could support"
    assert sentences_of(shown) == []
    first, second, third, fourth = [
        *sentences_of(page(curator, f"{at}?cite=1")),
        *sentences_of(page(curator, f"{at}?cite=2")),
    ]
    made = submit(curator, f"{at}/excerpts", {"press": "new", "sentence": [first, second], "cite": 1})
    assert made.status_code == 303
    assert made.location.endswith("&cite=1#source-1")
    claim = db.session.scalars(select(Claim)).one()
    assert (claim.text, frozen()) == (TWO, [OPENING]), "what stands behind each other is one passage"
    told = re.search(r"Recorded in claim 1. (\d+) things left.", page(curator, made.location))
    assert int(told[1]) == len(workbench_draft.in_brief(scenario.actor("curator"), lesson.id).missing)
    values = {"press": "contradicts", "target": claim.id, "sentence": [third], "cite": 2}
    for _twice in range(2):
        assert submit(curator, f"{at}/excerpts", values).status_code == 303
    assert frozen() == sorted([OPENING, REPLY.split(". ")[0] + "."]), "sent twice it happened once"
    post = scenario.posts()[1]
    posts.edit(actor(scenario.curator), post.id, body="Something else.", seen_revision=1)
    db.session.commit()
    stale = submit(curator, f"{at}/excerpts", values | {"sentence": [fourth]})
    assert stale.status_code == 422
    assert "This post was changed after you opened the page." in stale.text
    nothing = submit(curator, f"{at}/excerpts", {"press": "supports", "target": claim.id})
    assert (nothing.status_code, "Choose at least one sentence." in nothing.text) == (422, True)
    shown = page(curator, at)
    assert "The post was edited after it was quoted." in shown
    assert f'href="/posts/{post.id}/revisions"' in shown
    for member in (scenario.reader, scenario.reviewer):
        assert submit(browser(app, member), f"{at}/excerpts", values).status_code in (403, 404)


def test_a_long_passage_begins_a_claim_of_its_first_words(app):
    scenario, lesson, curator = begun(app)
    long = make_post(scenario.thread, scenario.author, f"Because {'very ' * 100}much happened.")
    db.session.commit()
    values = {
        "press": "new",
        "place": f"{long.id}.1.0.{8 + 500 + 14}",
        "words": f"Because {'very ' * 100}much happened.",
    }
    assert submit(curator, f"/workbench/{lesson.id}/excerpts", values).status_code == 303
    claim = db.session.scalars(select(Claim)).one()
    assert claim.text.startswith("Because very")
    assert len(claim.text) <= Claim.TEXT_MAX < len(frozen()[0])


def test_claims_change_places_with_their_excerpts_and_never_more_than_one_step(app):
    scenario, lesson, curator = begun(app)
    who = scenario.actor("curator")
    ids = [claims.add(who, lesson.id, text=text).id for text in ("One", "Two", "Three")]
    db.session.commit()

    def order():
        db.session.expire_all()
        return [claim.text for claim in db.session.scalars(select(Claim).order_by(Claim.position))]

    for claim, to, then in (
        (ids[2], "up", ["One", "Three", "Two"]),
        (ids[2], "up", ["Three", "One", "Two"]),
        (ids[2], "up", ["Three", "One", "Two"]),
        (ids[0], "down", ["Three", "Two", "One"]),
    ):
        assert submit(curator, f"/workbench/claims/{claim}/position", {"to": to}).status_code == 303
        assert order() == then
    assert submit(
        browser(app, scenario.reader), f"/workbench/claims/{ids[0]}/position", {"to": "up"}
    ).status_code in (403, 404)
    assert order() == ["Three", "Two", "One"]


def test_the_live_panel_says_what_to_do_what_to_look_at_and_what_the_draft_rests_on(app):
    scenario, lesson, curator = begun(app, Audience.SPACE)
    who, at = scenario.actor("curator"), f"/workbench/{lesson.id}"
    telling = make_post(
        scenario.thread, scenario.author, "The only baker of Aalst rang Amina on 0470 12 34 56."
    )
    claim = claims.add(who, lesson.id, text="Bakers ring")
    claims.add(who, lesson.id, text="Nobody knows")
    db.session.commit()
    shown = page(curator, at)
    assert "Claim 2 has no excerpt yet" in shown
    assert f'href="#claim-{claim.id}"' in shown
    assert re.search(r'aria-disabled="true" aria-describedby="left"[^>]*>Ask for review', shown)
    assert "somebody may be recognised" not in shown
    claims.quote(
        who,
        claim.id,
        post_id=telling.id,
        words="The only baker of Aalst rang Amina on 0470 12 34 56.",
        stance="nuances",
    )
    lessons.save(
        who, lesson.id, saved_count=1, recommendation="Let bakers ring. Buy umbrellas for pensioners."
    )
    lessons.save(who, lesson.id, saved_count=2, context="word " * 601)
    db.session.commit()
    shown = page(curator, f"{at}?part=thread")
    assert "Look at 4 places: somebody may be recognised" in shown
    marked = re.findall(r'place-check" data-start="\d+"(?: data-claims="1")?>([^<]+)<', shown)
    assert re.sub(r"\s+", " ", "".join(marked)).startswith("The only baker")
    assert "asks permission" in shown
    assert "1 sentence of “For everyone” rests on no claim" in shown
    assert re.search(r"\d+ words too many", shown)
    assert "1 excerpt, <b>1 from the field</b>" in shown
    assert "1 nuance" in shown
    assert "2 of 3 posts not used yet" in shown
    unused = page(curator, f"{at}?part=thread&posts=unused")
    assert re.findall(r'id="source-(\d)"', unused) == ["1", "2"]
    assert re.findall(r'id="source-(\d)"', page(curator, f"{at}?part=thread&posts=used")) == ["3", "1", "2"]
    capacity = db.session.scalars(select(Capacity).where(Capacity.member_id == scenario.author.id)).one()
    capacity.confirmed_at = capacity.counts_until = None
    db.session.commit()
    assert "1 excerpt, <b>0 from the field</b>" in page(curator, at), "nobody confirmed that level"


def test_words_that_their_author_took_out_of_this_lesson_cannot_be_picked(app):
    scenario = build()
    lesson = scenario.published()
    author = scenario.actor("author")
    removals.take_out(author, removals.mine(author)[0].id)
    lessons.revise(scenario.actor("curator"), lesson.id)
    db.session.commit()
    curator = browser(app, scenario.curator)
    shown = page(curator, f"/workbench/{lesson.id}?cite=1")
    assert len(sentences_of(shown)) == 1
    assert "Its author took text of this paragraph out of this lesson" in shown
    other = lessons.draft(scenario.actor("curator"), scenario.thread.id, title="Another")
    db.session.commit()
    shown = page(curator, f"/workbench/{other.id}?cite=1")
    assert len(sentences_of(shown)) == 2
    assert "Its author took text" not in shown


def test_several_threads_stand_at_the_left_and_forms_only_where_the_draft_may_be_changed(app):
    scenario = build()
    lesson = scenario.draft()
    other = make_thread(scenario.space, scenario.author, title="Elsewhere they stay", body="They stayed.")
    lessons.add_source(scenario.actor("curator"), lesson.id, other.id)
    db.session.commit()
    curator = browser(app, scenario.curator)
    shown = page(curator, f"/workbench/{lesson.id}?thread={other.id}")
    assert f'href="/workbench/{lesson.id}?part=claims&amp;thread={scenario.thread.id}"' in shown
    assert "They stayed." in shown
    assert OPENING not in shown
    assert 'id="bar"' in shown
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    db.session.commit()
    assert 'id="bar"' not in page(curator, f"/workbench/{lesson.id}")


def test_a_thread_of_two_hundred_posts_is_paged_and_costs_a_fixed_number_of_queries(app, count_queries):
    scenario = build()
    lesson = scenario.draft()
    curator, who = browser(app, scenario.curator), scenario.actor("curator")
    at = f"/workbench/{lesson.id}"
    addresses = (
        f"{at}?part=thread",
        f"{at}?part=thread&cite=1",
        f"{at}?part=thread&posts=unused",
        f"{at}?part=thread&posts=used",
    )

    def asked():
        found = []
        for address in addresses:
            page(curator, address)
            with count_queries() as seen:
                page(curator, address)
            found.append(seen.count)
        return found

    before = asked()
    body = " ".join(f"In street {number} they talked with everybody about the roster." for number in range(6))
    made = [make_post(scenario.thread, scenario.author, f"{number}. {body}") for number in range(200)]
    for number, post in enumerate(made[:10]):
        claim = claims.add(who, lesson.id, text=f"Claim {number % 5}")
        claims.quote(
            who, claim.id, post_id=post.id, words=f"In street {number % 6} they talked", stance="supports"
        )
    db.session.commit()
    assert asked() == before
    assert page(curator, f"{at}?part=thread").count('class="source"') == 50
    assert page(curator, f"{at}?part=thread&page=5").count('class="source"') == 2
