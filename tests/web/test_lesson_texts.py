"""The text of a lesson as somebody writes it: what is needed first, lists in fields of their own, saved by a script."""

import html
import re

import pytest

from forum.domain.drafts import drafts as kept_drafts
from forum.domain.lessons import claims, lessons
from forum.domain.lessons import tags as lesson_tags
from forum.infra import days
from forum.infra.db import db
from forum.models.spaces import Audience
from forum.models.threads import Outcome
from tests import reviewed
from tests.factories import actor, sign_in, submit
from tests.lesson_scenario import build
from tests.web.test_workbench import hidden_of

pytestmark = pytest.mark.both_databases
SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def scenario(session):
    return build()


@pytest.fixture
def lesson(scenario):
    draft = scenario.draft()
    db.session.commit()
    return draft


@pytest.fixture
def curator(app, scenario):
    made = app.test_client()
    sign_in(made, scenario.curator)
    return made


def shown(client, lesson, more=""):
    answer = client.get(f"/workbench/{lesson.id}?part=text{more}", headers={"Accept-Language": "en"})
    return html.unescape(answer.get_data(as_text=True))


def stored(lesson):
    db.session.expire_all()
    return lessons.working(lesson)


def by_script(client, lesson, values):
    address = f"/workbench/{lesson.id}/text"
    return submit(client, address, values, headers=SCRIPT | {"Accept-Language": "en"})


def test_what_is_needed_stands_first_and_what_is_folded_says_what_is_in_it(curator, scenario, lesson):
    page = shown(curator, lesson)
    assert "6 of 6 filled in" in page
    assert page.index("Needed before somebody checks it") < page.index("May stay empty")
    assert "may stay empty: the place, the problem, what happened, the result" in page
    assert "is there: theme, what somebody looks for; may stay empty: tags" in page
    assert "25 of 100 characters." in page
    saved = stored(lesson).saved_count
    lessons.save(
        scenario.actor("curator"), lesson.id, saved_count=saved, title="", conditions=[], context="word " * 162,
        needs=[],
    )  # fmt: skip
    db.session.commit()
    page = shown(curator, lesson)
    assert "4 of 6 filled in" in page
    assert page.count('data-there="no"') == 3  # and the questions of a note, which a lesson does not show
    assert "12 words too many" in page
    assert "is there: the place; may stay empty: the problem" in page
    # What lacks under a fold opens it.
    assert re.search(r'<details class="fold" open>\s*<summary>Finding it again', page)
    assert "Excerpts from one city only" in page
    assert re.search(r'<input disabled[^>]*name="confidence"[^>]*value="high"', page)


def test_a_list_comes_as_a_field_for_each_item_and_one_more_is_a_press_without_a_script(curator, lesson):
    form = hidden_of(shown(curator, lesson))
    typed = {
        "conditions": ["fixed teams", "", "a fixed day"], "more": "conditions",
        "external_sources-title": ["Monitor", ""], "external_sources-url": ["https://m.example/a?b=c&d", ""],
        "external_sources-accessed": ["", ""], "external_sources-kind": ["figures", "report"],
    }  # fmt: skip
    answer = submit(curator, f"/workbench/{lesson.id}/text", form | typed)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("part=text&more=conditions#conditions-next")
    version = stored(lesson)
    assert version.conditions == ["fixed teams", "a fixed day"]
    assert version.external_sources == [
        {
            "title": "Monitor", "url": "https://m.example/a?b=c&d", "kind": "figures",
            "accessed": days.today().isoformat(),
        }
    ]  # fmt: skip
    page = shown(curator, lesson, "&more=conditions")
    fields = re.findall(r'name="conditions"[^>]*value="([^"]*)"([^>]*)', page)
    assert [value for value, _more in fields] == ["fixed teams", "a fixed day", ""]
    assert "data-focus" in fields[-1][1]
    wrong = typed | {"external_sources-url": ["javascript:alert(1)", ""], "title": "n" * 112}
    refused = submit(curator, f"/workbench/{lesson.id}/text", hidden_of(page) | wrong)
    body = html.unescape(refused.get_data(as_text=True))
    assert refused.status_code == 422
    assert "12 characters too many" in body
    assert all(words in body for words in ("n" * 112, "javascript:alert(1)", "a fixed day"))
    assert 'href="javascript' not in body
    assert re.search(r'<details class="fold" open>\s*<summary>Doubt', body)
    assert stored(lesson).title != "n" * 112


def test_a_script_saves_the_text_and_goes_on_from_what_it_is_told(curator, scenario, lesson):
    form = hidden_of(shown(curator, lesson))
    version = stored(lesson)
    before = version.saved_count
    typed = form | {"unknowns": "Whether it rains.", "context": version.context, "title": version.title}
    answer = by_script(curator, lesson, typed)
    assert answer.status_code == 200
    told = answer.json
    assert re.fullmatch(r"Saved at \d\d:\d\d", told["message"])
    assert (stored(lesson).unknowns, told["fields"]["saved_count"]) == ("Whether it rains.", before + 1)
    # The same again changes nothing.
    again = by_script(curator, lesson, typed | told["fields"])
    assert (again.json["fields"]["saved_count"], stored(lesson).saved_count) == (before + 1, before + 1)
    # Somebody else writes in another field: both stay, and so they do the next time.
    lessons.save(scenario.actor("curator"), lesson.id, saved_count=before + 1, context="From there.")
    db.session.commit()
    typed |= told["fields"] | {"unknowns": "Whether it snows."}
    told = by_script(curator, lesson, typed).json
    typed |= told["fields"] | {"unknowns": "Whether it freezes."}
    assert by_script(curator, lesson, typed).status_code == 200
    version = stored(lesson)
    assert (version.context, version.unknowns) == ("From there.", "Whether it freezes.")
    # In the same field: nothing is stored, and the page with both texts is offered.
    lessons.save(scenario.actor("curator"), lesson.id, saved_count=version.saved_count, unknowns="Theirs.")
    db.session.commit()
    refused = by_script(curator, lesson, typed | told["fields"] | {"unknowns": "Mine."})
    assert (refused.status_code, refused.json["compare"]) == (409, True)
    assert "“What do we not know?”" in refused.json["message"]
    assert stored(lesson).unknowns == "Theirs."
    both = submit(curator, f"/workbench/{lesson.id}/text", typed | {"unknowns": "Mine."})
    assert both.status_code == 409
    assert all(words in both.get_data(as_text=True) for words in ("Theirs.", "Mine."))


def test_a_script_is_told_what_is_wrong_and_nobody_else_saves(app, curator, scenario, lesson):
    form = hidden_of(shown(curator, lesson))
    wrong = by_script(curator, lesson, form | {"title": "n" * 101})
    assert wrong.status_code == 422
    assert wrong.json["message"].startswith("Title: ")
    for name in ("reader", "reviewer"):
        other = app.test_client()
        sign_in(other, getattr(scenario, name))
        assert by_script(other, lesson, form | {"title": "Mine"}).status_code in {403, 404}
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    db.session.commit()
    closed = by_script(curator, lesson, form | {"title": "Too late"})
    assert (closed.status_code, closed.json["message"]) == (403, "This version is being reviewed.")
    assert stored(lesson).title == "Put talking in the roster"


def test_a_draft_that_was_kept_aside_goes_once_the_text_is_saved(curator, scenario, lesson):
    form = hidden_of(shown(curator, lesson))
    assert submit(curator, "/drafts", form | {"title": "n" * 120}, headers=SCRIPT).status_code == 200
    saved = by_script(curator, lesson, form | {"title": "Short enough", "draft_revision": 1})
    assert saved.json["fields"]["idempotency_key"] != form["idempotency_key"]
    assert not kept_drafts.every(actor(scenario.curator), enter=lambda *_any: {})
    assert stored(lesson).title == "Short enough"


def test_the_page_of_a_note_has_positions_and_questions_and_a_lesson_splits_its_advice(
    app, curator, scenario, lesson
):
    who = scenario.actor("curator")

    def save(draft, **fields):
        lessons.save(who, draft.id, saved_count=lessons.working(draft).saved_count, **fields)

    source = {"title": "Law", "url": "https://law.example/", "kind": "rule"}
    save(lesson, advice_field="Ask first.", owner="service of Aalst", external_sources=[source])
    note = lessons.draft(who, scenario.thread.id, title="Who decides?")
    save(
        note,
        outcome=Outcome.DISCUSSION,
        one_sentence="We differ.",
        open_questions=["From when?"],
        assumptions=["One address"],
    )
    for words in ("nobody talks with me", "rang everybody"):
        claim = claims.add(who, note.id, text=f"We hold {words}")
        claims.quote(who, claim.id, post_id=scenario.post.id, words=words, stance="supports")
    for each in (lesson, note):
        lessons.submit(who, each.id, audience=Audience.NETWORK)
        reviewed.publish(scenario.actor("reviewer"), each.id)
    db.session.commit()
    reader = app.test_client()
    sign_in(reader, scenario.reader)

    def read(path):
        return html.unescape(reader.get(path, headers={"Accept-Language": "en"}).get_data(as_text=True))

    page = read(f"/lessons/{lesson.public_id}")
    assert page.index("For everyone") < page.index("For people who do the work") < page.index("Ask first.")
    assert '<a href="https://law.example/" rel="noopener nofollow" dir="auto">Law</a>' in page
    assert "service of Aalst" in page
    page = read(f"/lessons/{note.public_id}")
    assert all(words in page for words in ("Discussion note", "2 positions", "Open questions", "One address"))
    assert not any(words in page for words in ("What you can do", "fairly sure", "Stays a discussion"))
    listed = read("/lessons")
    assert "Discussion note" in listed
    assert "Stays a discussion" not in listed
    thread = read(f"/threads/{scenario.thread.id}-{scenario.thread.slug}")
    assert "A discussion note came out of this thread." in thread
    assert "A lesson came out of this thread." in thread
    assert lesson_tags.of(note.current_id) == []
