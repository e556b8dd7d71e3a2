"""Drafts on the workbench: all fields of the text, claims and a reviewer's note, and tabs that lose none of it."""

import re
import uuid

import pytest
from sqlalchemy import select

from forum.domain.lessons import lessons
from forum.infra.db import db
from forum.models.claims import Claim
from forum.models.drafts import Draft
from forum.models.spaces import Audience, Role
from tests import reviewed
from tests.factories import actor, make_member, make_space, sign_in, submit
from tests.lesson_scenario import build
from tests.web.test_drafts import form_of, keep, words
from tests.web.test_workbench import TEXT, hidden_of

TYPED = {
    name: f"What I typed as {name}"
    for name in (
        "title", "one_sentence", "recommendation", "conditions", "not_for", "addressees", "unknowns", "context",
        "alternative_reading", "problem", "what_was_done", "result", "summary", "tags", "advice_field",
        "advice_council", "owner", "assumptions", "open_questions",
    )
}  # fmt: skip
CHOSEN = {"outcome": "failed", "axis": "kwalitatieve-densiteit", "confidence": "low"}


@pytest.fixture
def scene(session):
    return build()


@pytest.fixture
def lesson(scene):
    draft = scene.draft()
    db.session.commit()
    return draft


@pytest.fixture
def curator(client, scene):
    sign_in(client, scene.curator)
    return client


def page(client, path):
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, (path, answer.status_code)
    return words(answer)


def counted(shown):
    return re.search(r'name="saved_count"[^>]* value="(\d+)"', shown)[1]


def test_every_field_of_a_text_is_kept_and_filled_in_again(curator, lesson):
    at = f"/workbench/{lesson.id}?part=text"
    shown = page(curator, at)
    form = form_of(shown, f"lesson_text:{lesson.id}") | {"saved_count": counted(shown)}
    sent = keep(
        curator, "lesson_text", lesson.id, form["idempotency_key"], saved_count=form["saved_count"],
        needs=["facts", "action"], **TYPED, **CHOSEN,
    )  # fmt: skip
    kept = sent.get_json()
    assert kept["address"] == f"{at}&draft={kept['id']}"
    assert "What I typed as title" in page(curator, at), "it is offered"
    opened = " ".join(page(curator, kept["address"]).split())
    for name, value in TYPED.items():
        assert value in opened.split("data-draft=", 1)[1], name
    for option in ("facts", "action"):
        assert re.search(rf'<input checked[^>]* name="needs"[^>]* value="{option}"', opened)
    assert not re.search(r'<input checked[^>]* name="needs"[^>]* value="stories"', opened)
    assert re.search(r'<input checked[^>]* name="outcome"[^>]* value="failed"', opened)
    assert '<option value="kwalitatieve-densiteit" selected>' in opened
    assert re.search(r'<input checked[^>]* name="confidence"[^>]* value="low"', opened)
    saved = submit(curator, f"/workbench/{lesson.id}/text", form | TYPED | CHOSEN | {"draft_revision": 1})
    assert saved.status_code == 303
    assert db.session.scalars(select(Draft.fields)).all() == [{}]
    assert lessons.working(lesson).context == TYPED["context"]


def test_a_draft_of_the_text_is_told_by_the_first_words_that_were_changed(curator, lesson):
    form = hidden_of(page(curator, f"/workbench/{lesson.id}?part=text"))
    version = lessons.working(lesson)
    same = {
        "title": version.title,
        "one_sentence": version.one_sentence,
        "recommendation": version.recommendation,
    }
    assert submit(curator, "/drafts", form | same | {"unknowns": "Nobody asked"}).status_code == 303
    at_text = page(curator, f"/workbench/{lesson.id}?part=text")
    assert '<q dir="auto">Nobody asked</q>' in at_text
    assert re.findall(r'aria-current="page"><bdi>(.*?)</bdi>', at_text) == ["Lesson", "Text"]
    assert ">Nobody asked</p>" in page(curator, "/drafts")


def test_a_draft_is_put_together_with_what_was_saved_meanwhile_and_asks_only_what_both_changed(
    curator, scene, lesson
):
    at = f"/workbench/{lesson.id}?part=text"
    form, version = hidden_of(page(curator, at)), lessons.working(lesson)
    same = {"title": version.title, "context": version.context}
    keep(curator, "lesson_text", lesson.id, form["idempotency_key"], **(
        {name: form[name] for name in ("saved_count", "base_marks")} | same | {"unknowns": "Mine"}
    ))  # fmt: skip
    saved_count = version.saved_count
    scene.share(lesson)
    lessons.save(
        scene.actor("second"), lesson.id, saved_count=saved_count, context="Theirs", title="Their title"
    )
    db.session.commit()
    draft_id = db.session.scalars(select(Draft.id)).one()
    opened = page(curator, f"{at}&draft={draft_id}")
    assert "Changed meanwhile" not in opened
    assert all(f">\r\n{words}</textarea>" in opened for words in ("Mine", "Theirs"))
    assert counted(opened) == str(saved_count + 1)
    sent = hidden_of(opened) | {"title": "Their title", "context": "Theirs", "unknowns": "Mine"}
    assert submit(curator, f"/workbench/{lesson.id}/text", sent).status_code == 303
    version = lessons.working(lesson)
    assert (version.title, version.context, version.unknowns) == ("Their title", "Theirs", "Mine")


def test_every_tab_of_the_text_saves_it_first_without_a_script(curator, lesson):
    at = f"/workbench/{lesson.id}?part=text"
    shown = page(curator, at)
    buttons = [each for each in re.findall(r"<button[^>]*>", shown) if 'form="lesson-text"' in each]
    targets = [found[1] for each in buttons if (found := re.search(r'value="([^"]+)"', each))]
    parts = {"claims", "review", "thread"}
    assert parts <= {target.partition("part=")[2] for target in targets}
    assert f"/workbench/{lesson.id}/preview" in targets
    assert f'href="/workbench/{lesson.id}/preview"' not in shown
    assert not re.search(rf'<a [^>]*href="/workbench/{lesson.id}\?part=(claims|review|thread)', shown)
    for number, target in enumerate(dict.fromkeys(targets)):
        form = form_of(page(curator, at), f"lesson_text:{lesson.id}")
        typed = TEXT | {"unknowns": f"Number {number}", "saved_count": lessons.working(lesson).saved_count}
        went = submit(curator, f"/workbench/{lesson.id}/text", form | typed | {"then": target})
        assert (went.status_code, went.location) == (303, target)
        assert lessons.working(lesson).unknowns == f"Number {number}"
    form = form_of(page(curator, at), f"lesson_text:{lesson.id}")
    typed = {"then": "https://elsewhere.example/", "saved_count": lessons.working(lesson).saved_count}
    went = submit(curator, f"/workbench/{lesson.id}/text", form | TEXT | typed)
    assert went.location.startswith(f"/workbench/{lesson.id}?part=text")


def test_a_tab_that_cannot_save_keeps_a_draft_and_the_tab_of_the_text_leads_to_it(curator, lesson):
    at = f"/workbench/{lesson.id}?part=text"
    shown = page(curator, at)
    form = form_of(shown, f"lesson_text:{lesson.id}") | {"saved_count": counted(shown)}
    claims = f"/workbench/{lesson.id}?part=claims"
    long = TEXT | {"title": "t" * 101, "then": claims}
    went = submit(curator, f"/workbench/{lesson.id}/text", form | long)
    assert went.location == claims
    shown = page(curator, claims)
    assert "It is kept as a draft." in shown
    back = re.search(rf'href="({re.escape(at)}&amp;draft=\d+)"', shown)[1].replace("&amp;", "&")
    assert "t" * 101 in page(curator, back)


def test_the_same_text_again_is_saved_once_and_makes_no_conflict(curator, scene, lesson):
    before = lessons.working(lesson).saved_count
    for _turn in range(2):
        form = TEXT | {"saved_count": before}
        assert submit(curator, f"/workbench/{lesson.id}/text", form).status_code == 303
    assert lessons.working(lesson).saved_count == before + 1


def test_a_text_that_somebody_saved_meanwhile_stands_beside_the_draft(curator, scene, lesson):
    seen = lessons.working(lesson).saved_count
    typed = TEXT | {"unknowns": "Mine", "outcome": "worked", "needs": ["facts"]}
    kept = keep(curator, "lesson_text", lesson.id, str(uuid.uuid4()), saved_count=seen, **typed).get_json()
    scene.share(lesson)
    lessons.save(
        scene.actor("second"),
        lesson.id,
        saved_count=seen,
        unknowns="Theirs",
        outcome="partly",
        needs=["action"],
    )
    db.session.commit()
    assert "Compare" in page(curator, "/drafts")
    both = page(curator, kept["address"])
    assert "Mine" in both
    assert "Theirs" in both
    assert [word for word in ("partly", "action") if f">{word}</p>" in both] == [], "codes are no words"
    assert all(f">{word}</p>" in both for word in ("Worked in part", "Action"))
    form = (
        form_of(both, f"lesson_text:{lesson.id}") | TEXT | {"unknowns": "Both", "saved_count": counted(both)}
    )
    assert submit(curator, f"/workbench/{lesson.id}/text", form).status_code == 303
    assert lessons.working(lesson).unknowns == "Both"
    assert "No drafts." in page(curator, "/drafts")


def test_claims_keep_drafts_each_of_its_own(curator, lesson):
    claim = db.session.scalars(select(Claim)).one()
    shown = page(curator, f"/workbench/{lesson.id}")
    new, change = form_of(shown, f"claim:{lesson.id}"), form_of(shown, f"claim_change:{claim.id}")
    one = keep(curator, "claim", lesson.id, new["idempotency_key"], text="A new claim, nearly").get_json()
    two = keep(curator, "claim_change", claim.id, change["idempotency_key"], text="Contact keeps").get_json()
    assert 'value="A new claim, nearly"' in page(curator, one["address"])
    opened = page(curator, two["address"])
    assert ">Contact keeps</textarea>" in opened
    assert "aria-invalid" not in opened
    new |= {"draft_revision": 1, "text": "A new claim"}
    assert submit(curator, f"/workbench/{lesson.id}/claims", new).status_code == 303
    change |= {"text": "Contact keeps most people"}
    assert submit(curator, f"/workbench/claims/{claim.id}", change).status_code == 303
    assert "No drafts." in page(curator, "/drafts")


def test_the_note_of_a_reviewer_is_a_draft_until_it_is_sent(client, scene, lesson):
    lessons.submit(scene.actor("curator"), lesson.id, audience=Audience.NETWORK)
    sign_in(client, scene.reviewer)
    form = form_of(page(client, f"/workbench/{lesson.id}"), f"review_note:{lesson.id}")
    kept = keep(client, "review_note", lesson.id, form["idempotency_key"], note="I doubt").get_json()
    listed = page(client, "/drafts")
    assert "Note to the maker of a lesson" in listed
    assert "Aalst" not in listed, "where it was made may be a city that is not named"
    assert "I doubt</textarea>" in page(client, kept["address"])
    other = keep(client, "review_note", lesson.id, str(uuid.uuid4()), note="Another one").get_json()
    sent = submit(client, f"/workbench/{lesson.id}/return", form | {"note": "I doubt it."})
    assert sent.status_code == 303
    rows = dict(db.session.execute(select(Draft.idempotency_key, Draft.sent_at)).all())
    assert rows.pop(form["idempotency_key"]) is not None
    assert list(rows.values()) == [None]
    listed = page(client, "/drafts")  # they no longer see the lesson
    assert "Another one" not in listed
    assert "Put talking" not in listed
    assert client.get(other["address"]).status_code == 410


def test_the_next_title_of_a_lesson_is_not_told_to_whoever_began_a_note_about_the_last_one(
    client, scene, lesson
):
    lessons.submit(scene.actor("curator"), lesson.id, audience=Audience.NETWORK)
    sign_in(client, scene.reviewer)
    keep(client, "review_note", lesson.id, str(uuid.uuid4()), note="I doubt")
    scene.agree(lesson)
    reviewed.publish(
        actor(make_member("Lies", space=make_space("Genk", city="genk"), role=Role.MODERATOR)), lesson.id
    )
    version = lessons.revise(scene.actor("curator"), lesson.id)
    lessons.save(scene.actor("curator"), lesson.id, saved_count=version.saved_count, title="Zwarttitel")
    db.session.commit()
    listed = page(client, "/drafts")
    assert "A draft for a place that you may not enter at the moment" in listed
    assert "Zwarttitel" not in listed


def test_a_note_about_a_lesson_tells_nothing_of_a_review_to_who_may_not_review_it(client, scene, lesson):
    lessons.submit(scene.actor("curator"), lesson.id, audience=Audience.NETWORK)
    scene.agree(lesson)
    reviewed.publish(scene.actor("reviewer"), lesson.id)
    reader = make_member("Els", space=make_space("Leuven", city="leuven"))
    neighbour = make_member("Piet", city="aalst", space=make_space("Parken"), role=Role.MODERATOR)
    db.session.commit()

    def answers():
        told = []
        for who in (reader, neighbour, scene.reviewer):
            sign_in(client, who)
            told.append(keep(client, "review_note", lesson.id, str(uuid.uuid4()), note="I doubt").status_code)
        return told

    before = answers()
    version = lessons.revise(scene.actor("curator"), lesson.id)
    lessons.save(scene.actor("curator"), lesson.id, saved_count=version.saved_count, change_note="More")
    lessons.submit(scene.actor("curator"), lesson.id, audience=Audience.NETWORK)
    db.session.commit()
    assert before == [404, 404, 404]
    assert answers() == [404, 404, 200], "for who may review it, and while it waits"


def test_words_for_a_version_in_review_are_shown_to_copy(curator, scene, lesson):
    kept = keep(curator, "lesson_text", lesson.id, str(uuid.uuid4()), saved_count=1, **TYPED).get_json()
    lessons.submit(scene.actor("curator"), lesson.id, audience=Audience.NETWORK)
    db.session.commit()
    assert curator.get(kept["address"]).location == f"/drafts/{kept['id']}"
    assert curator.get(f"/workbench/{lesson.id}?draft={10**20}").status_code == 200
    shown = page(curator, f"/drafts/{kept['id']}")
    assert "This version is being reviewed." in shown
    assert TYPED["what_was_done"] in shown


def test_words_sent_to_a_version_that_went_to_review_meanwhile_are_kept_to_copy(curator, scene, lesson):
    claim = db.session.scalars(select(Claim).where(Claim.version_id == lesson.working_id)).first()
    text = form_of(page(curator, f"/workbench/{lesson.id}?part=text"), f"lesson_text:{lesson.id}")
    shown = page(curator, f"/workbench/{lesson.id}?claim={claim.id}")
    new, change = form_of(shown, f"claim:{lesson.id}"), form_of(shown, f"claim_change:{claim.id}")
    lessons.submit(scene.actor("curator"), lesson.id, audience=Audience.NETWORK)
    db.session.commit()
    for path, form, typed in (
        (f"{lesson.id}/text", text, {**TEXT, "problem": "My own words"}),
        (f"{lesson.id}/claims", new, {"text": "My own words"}),
        (f"claims/{claim.id}", change, {"text": "My own words"}),
    ):
        late = submit(curator, f"/workbench/{path}", form | typed)
        assert late.status_code == 303, path
        shown = page(curator, late.location)
        assert "This version is being reviewed." in shown
        assert "My own words" in shown
