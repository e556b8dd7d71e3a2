"""The workbench in the browser: from a thread to a published lesson with nothing but forms."""

import html
import re

import pytest
from sqlalchemy import func, select

from forum.domain.lessons import lessons
from forum.domain.lessons import tags as lesson_tags
from forum.domain.moderation import hiding
from forum.domain.threads import posts
from forum.infra.db import db
from forum.models.claims import Claim, Excerpt
from forum.models.lessons import Lesson, LessonState
from forum.models.spaces import Audience
from tests.factories import actor, make_post, sign_in, submit
from tests.lesson_scenario import OPENING, WORDS, build
from tests.reviewed import ALL_GOOD

TEXT = {
    "title": "Put talking in the roster",
    "one_sentence": "Give one colleague the time.",
    "outcome": "worked",
    "axis": "solidaire-stadspolis",
    "needs": ["stories"],
    "confidence": "low",
    "recommendation": "Put half an hour in the roster.",
    "conditions": "fixed teams\na fixed day",
    "unknowns": "Whether it lasts.",
    "tags": "roster, talk",
}


def page(client, path, status=200):
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == status, (path, answer.status_code)
    return answer.get_data(as_text=True)


def browser(app, member):
    """A browser of her own."""
    made = app.test_client()
    sign_in(made, member)
    return made


@pytest.mark.both_databases
def test_from_a_thread_to_a_published_lesson_with_nothing_but_forms(app):
    scenario = build()
    curator, reviewer = browser(app, scenario.curator), browser(app, scenario.reviewer)
    begun = submit(curator, f"/threads/{scenario.thread.id}/lessons")
    assert begun.status_code == 303
    bench = begun.headers["Location"]
    assert "Choose a title for the lesson." in page(curator, bench)
    assert submit(curator, f"{bench}/claims", {"text": "Contact keeps people"}).status_code == 303
    claim = db.session.scalars(select(Claim)).one()
    refused = submit(
        curator, f"{bench}/excerpts", {"claim_id": claim.id, "words": "never said", "stance": "supports"}
    )
    assert refused.status_code == 422
    assert "never said" in refused.get_data(as_text=True)
    quoted = submit(
        curator, f"{bench}/excerpts", {"claim_id": claim.id, "words": WORDS, "stance": "supports"}
    )
    assert quoted.status_code == 303
    assert "Nothing is missing" not in page(curator, bench)
    assert submit(curator, f"{bench}/text", TEXT | {"saved_count": 1}).status_code == 303
    shown = page(curator, f"{bench}?part=text")
    assert "a fixed day" in shown
    assert "roster, talk" in shown
    assert "Nothing is missing" in shown
    assert (
        submit(curator, f"{bench}/submission", {"audience": "network", "reviewer": "group"}).status_code
        == 303
    )
    assert submit(curator, f"{bench}/publication").status_code == 403
    assert "Put talking in the roster" in page(reviewer, "/workbench")
    assert "Approve and publish" in page(reviewer, bench)
    assert "Approve and publish" not in page(curator, bench)
    out = submit(reviewer, f"{bench}/publication", ALL_GOOD | {"version": 1})
    assert out.status_code == 303
    reader = browser(app, scenario.reader)
    assert "Contact keeps people" in page(reader, out.headers["Location"])
    assert page(curator, bench, 303) is not None


@pytest.mark.both_databases
def test_a_double_press_makes_one_draft_one_claim_and_one_excerpt(app):
    scenario = build()
    curator = browser(app, scenario.curator)
    places = {
        submit(curator, f"/threads/{scenario.thread.id}/lessons").headers["Location"] for _n in range(2)
    }
    (bench,) = places
    for _n in range(2):
        submit(curator, f"{bench}/claims", {"text": "Contact keeps people"})
    claim = db.session.scalars(select(Claim)).one()
    values = {"claim_id": claim.id, "words": WORDS, "stance": "nuances"}
    for _n in range(2):
        submit(curator, f"{bench}/excerpts", values)
    assert db.session.scalar(select(func.count(Excerpt.id))) == 1


def test_the_workbench_is_for_moderators_and_a_draft_for_its_makers(app, client):
    scenario = build()
    lesson = scenario.draft()
    page(browser(app, scenario.reader), "/workbench", 404)
    assert client.get("/workbench").status_code == 303
    elsewhere = browser(app, scenario.reviewer)
    assert "Put talking" not in page(elsewhere, "/workbench")
    page(elsewhere, f"/workbench/{lesson.id}", 404)
    page(elsewhere, f"/workbench/{lesson.id}/preview", 404)
    for path in ("text", "claims", "submission", "publication", "return"):
        values = TEXT | {"saved_count": 1, "text": "Mine", "audience": "space", "note": "Mine"}
        assert submit(elsewhere, f"/workbench/{lesson.id}/{path}", values).status_code == 404, path
    assert submit(elsewhere, f"/threads/{scenario.thread.id}/lessons").status_code == 403


def test_two_who_write_at_once_see_both_texts(app):
    scenario = build()
    lesson = scenario.draft()
    one, other = browser(app, scenario.curator), browser(app, scenario.second)
    scenario.share(lesson)
    seen = lessons.working(lesson).saved_count
    submit(one, f"/workbench/{lesson.id}/text", TEXT | {"saved_count": seen, "unknowns": "Theirs"})
    answer = submit(other, f"/workbench/{lesson.id}/text", TEXT | {"saved_count": seen, "unknowns": "Mine"})
    assert answer.status_code == 409
    shown = answer.get_data(as_text=True)
    assert "Theirs" in shown
    assert "Mine" in shown
    count = re.search(r'name="saved_count" value="(\d+)"', shown)[1]
    again = submit(other, f"/workbench/{lesson.id}/text", TEXT | {"saved_count": count, "unknowns": "Mine"})
    assert again.status_code == 303
    assert lessons.working(lesson).unknowns == "Mine"


def test_two_tabs_that_change_other_fields_are_put_together_and_only_what_both_changed_is_asked(app):
    scenario = build()
    lesson = scenario.draft()
    at = f"/workbench/{lesson.id}"
    tabs = [browser(app, scenario.curator) for _tab in range(3)]
    begun = {"saved_count": lessons.working(lesson).saved_count}
    assert submit(tabs[0], f"{at}/text", TEXT | begun).status_code == 303
    drawn = [hidden_of(page(tab, f"{at}?part=text")) for tab in tabs]
    typed = [
        drawn[0] | TEXT | {"unknowns": "From the first tab", "tags": "phone", "conditions": "One\r\nTwo"},
        drawn[1] | TEXT | {"problem": "From the second tab", "needs": ["facts", "action"]},
        drawn[2] | TEXT | {"problem": "From the third tab", "context": "Only from the third"},
    ]
    for tab, values in zip(tabs[:2], typed, strict=False):
        assert submit(tab, f"{at}/text", values).status_code == 303
    assert "What was changed somewhere else meanwhile stands in it too." in page(tabs[1], f"{at}?part=text")
    version = lessons.working(lesson)
    assert (version.unknowns, version.problem) == ("From the first tab", "From the second tab")
    assert (lesson_tags.of(version.id), version.conditions) == (["phone"], ["One", "Two"])

    answer = submit(tabs[2], f"{at}/text", typed[2])
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert re.findall(r'<textarea[^>]* name="(\w+)"', " ".join(shown.split())) == ["problem"]
    again = hidden_of(shown) | {"problem": "Both", "needs": ["facts", "action"]}
    assert submit(tabs[2], f"{at}/text", again).status_code == 303
    version = lessons.working(lesson)
    assert (version.unknowns, version.problem, version.context) == (
        "From the first tab", "Both", "Only from the third"
    )  # fmt: skip
    assert (lesson_tags.of(version.id), version.needs) == (["phone"], ["facts", "action"])


def hidden_of(shown):
    """The hidden fields of the form of the text."""
    form = shown.split('data-draft="lesson_text:', 1)[1].split("</form>", 1)[0]
    tags = [tag for tag in re.findall(r"<input [^>]*>", form) if 'type="hidden"' in tag]
    pairs = [(re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
    return {
        name[1]: html.unescape(value[1]) if value else "" for name, value in pairs if name[1] != "csrf_token"
    }


def test_a_text_that_is_too_long_comes_back_whole(app):
    scenario = build()
    lesson = scenario.draft()
    curator = browser(app, scenario.curator)
    seen = lessons.working(lesson).saved_count
    long = "y" * 101
    answer = submit(curator, f"/workbench/{lesson.id}/text", TEXT | {"saved_count": seen, "title": long})
    assert answer.status_code == 422
    assert long in answer.get_data(as_text=True)
    answer = submit(
        curator, f"/workbench/{lesson.id}/text", TEXT | {"saved_count": seen, "tags": "a, b, c, d, e, f"}
    )
    assert answer.status_code == 422
    assert "a, b, c, d, e, f" in answer.get_data(as_text=True)
    assert lessons.working(lesson).saved_count == seen


def test_a_lesson_that_waits_for_consent_says_so(app):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    curator = browser(app, scenario.curator)
    shown = page(curator, f"/workbench/{lesson.id}?part=review")
    assert "the author of 1 excerpt still has to give consent" in shown
    assert f'href="/workbench/{lesson.id}/permission"' in shown
    answer = submit(
        curator, f"/workbench/{lesson.id}/submission", {"audience": "network", "reviewer": "group"}
    )
    assert answer.status_code == 422
    assert "the author of 1 excerpt still has to give consent" in answer.get_data(as_text=True)
    assert lesson.state == LessonState.DRAFT


def test_the_draft_counts_posts_that_stand_and_excerpts_from_field_work(app):
    scenario = build()
    lesson = scenario.draft()
    curator = browser(app, scenario.curator)
    late, gone = (make_post(scenario.thread, scenario.second) for _turn in range(2))
    db.session.commit()
    before = re.search(r"(\d+) of (\d+) posts not used yet", page(curator, f"/workbench/{lesson.id}"))
    hiding.hide(actor(scenario.curator), late.id, reason="Names a client")
    posts.take_back(actor(scenario.second), gone.id)
    db.session.commit()
    shown = page(curator, f"/workbench/{lesson.id}")
    after = re.search(r"(\d+) of (\d+) posts? not used yet", shown)
    assert [int(one) - int(other) for one, other in zip(before.groups(), after.groups(), strict=True)] == [
        2,
        2,
    ]
    assert shown.count("not used yet") == int(after[1]) + 1
    assert re.search(r"1 excerpt,\s+<b>1 from the field</b>", shown)


def test_a_reviewer_returns_a_version_with_a_note(app):
    scenario = build()
    lesson = scenario.draft()
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewer, curator = browser(app, scenario.reviewer), browser(app, scenario.curator)
    assert submit(reviewer, f"/workbench/{lesson.id}/return", {"note": "", "version": 1}).status_code == 422
    assert (
        submit(reviewer, f"/workbench/{lesson.id}/return", {"note": "Who says so?", "version": 1}).status_code
        == 303
    )
    assert "Who says so?" in page(curator, f"/workbench/{lesson.id}")
    assert "Who says so?" not in page(reviewer, f"/workbench/{lesson.id}", 410)


def test_claims_and_excerpts_are_changed_and_dropped(app):
    scenario = build()
    lesson = scenario.draft()
    claim = db.session.scalars(select(Claim)).one()
    excerpt = db.session.scalars(select(Excerpt)).one()
    curator = browser(app, scenario.curator)
    assert (
        submit(curator, f"/workbench/claims/{claim.id}", {"text": "Talking keeps people"}).status_code == 303
    )
    assert submit(curator, f"/workbench/claims/{claim.id}", {"text": " "}).status_code == 422
    assert "Talking keeps people" in page(curator, f"/workbench/{lesson.id}")
    assert submit(curator, f"/workbench/excerpts/{excerpt.id}").status_code == 404
    assert submit(curator, f"/workbench/excerpts/{excerpt.id}", {"_method": "DELETE"}).status_code == 303
    assert "The excerpt was taken away" in page(curator, f"/workbench/{lesson.id}")
    assert submit(curator, f"/workbench/claims/{claim.id}", {"_method": "DELETE"}).status_code == 303
    assert "Deleted: “Talking keeps people”" in page(curator, f"/workbench/{lesson.id}")
    assert db.session.scalar(select(func.count(Claim.id))) == 0


def test_another_thread_is_added_by_its_address(app):
    scenario = build()
    lesson = scenario.draft()
    curator = browser(app, scenario.curator)
    for address, status in (
        ("nonsense", 422),
        ("/threads/999999-x", 422),
        (f"http://forum.test/threads/{scenario.thread.id}-why", 303),
    ):
        assert (
            submit(curator, f"/workbench/{lesson.id}/sources", {"address": address}).status_code == status
        ), address


def test_a_new_version_is_begun_from_the_page_of_the_lesson(app):
    scenario = build()
    lesson = scenario.published()
    curator = browser(app, scenario.curator)
    assert "Make a new version" in page(curator, f"/lessons/{lesson.public_id}")
    assert submit(curator, f"/lessons/{lesson.public_id}/versions").status_code == 303
    assert "draft by " in page(curator, f"/workbench/{lesson.id}")
    assert submit(browser(app, scenario.reviewer), f"/lessons/{lesson.public_id}/versions").status_code == 403
    assert db.session.get_one(Lesson, lesson.id).state == LessonState.DRAFT


def test_the_workbench_costs_the_same_however_long_the_thread(app, count_queries):
    scenario = build()
    lesson = scenario.draft()
    curator = browser(app, scenario.curator)

    def asked(path):
        with count_queries() as seen:
            page(curator, path)
        return seen.count

    paths = ("/workbench", f"/workbench/{lesson.id}", f"/workbench/{lesson.id}/preview")
    few = [asked(path) for path in paths]
    for number in range(60):
        make_post(scenario.thread, scenario.author, f"And then {number}.")
    scenario.draft(text="Another claim")
    db.session.commit()
    assert [asked(path) for path in paths] == few
    assert "And then 50." in page(curator, f"/workbench/{lesson.id}?page=2")


def test_e1_pasted_words_that_stand_in_several_places_ask_which_one_is_meant(app):
    scenario = build()
    again = "It did not work."
    post = make_post(scenario.thread, scenario.author, f"<{again} & {again}")
    lesson = scenario.draft()
    claim = db.session.scalars(select(Claim)).one()
    curator = browser(app, scenario.curator)
    values = {"claim_id": claim.id, "words": again, "stance": "contradicts"}
    asked = submit(curator, f"/workbench/{lesson.id}/excerpts", values)
    assert asked.status_code == 422
    shown = asked.get_data(as_text=True)
    offered = re.findall(r'name="place" value="([0-9.]+)"', shown)
    assert offered == [f"{post.id}.1.1.17", f"{post.id}.1.20.36"]
    assert f"&lt;<mark>{again}</mark> &amp; {again}" in shown
    assert "post 3 by Amina, in “Why they stopped”" in shown
    assert re.search(rf"<textarea[^>]*>\s*{again}</textarea>", shown)
    assert re.search(r'<input[^>]* checked[^>]* value="contradicts"', shown)
    answer = submit(curator, f"/workbench/{lesson.id}/excerpts", values | {"place": offered[1]})
    assert answer.status_code == 303
    last = db.session.scalars(select(Excerpt).order_by(Excerpt.id.desc())).first()
    assert (last.start_at, last.words, last.claim_id) == (20, again, claim.id)
    other = submit(
        curator,
        f"/workbench/{lesson.id}/excerpts",
        values | {"place": offered[1], "stance": "supports"},
        headers={"Accept-Language": "en"},
    )
    assert other.status_code == 422
    assert "This text is under this claim already, as “Contradicts”" in other.get_data(as_text=True)
    assert last.stance == "contradicts"


def test_a_selection_in_a_post_that_changed_meanwhile_comes_back_with_its_words(app):
    scenario = build()
    lesson = scenario.draft()
    claim = db.session.scalars(select(Claim)).one()
    curator = browser(app, scenario.curator)
    values = {"claim_id": claim.id, "words": WORDS, "stance": "supports"}
    stale = submit(
        curator, f"/workbench/{lesson.id}/excerpts", values | {"place": f"{scenario.post.id}.7.0.20"}
    )
    assert stale.status_code == 422
    shown = stale.get_data(as_text=True)
    assert "This post was changed after you opened the page." in shown
    assert WORDS in shown
    assert 'name="place"' not in shown
    assert db.session.scalar(select(func.count(Excerpt.id))) == 1
    long_ends = "With us half of them stayed.\r\n" + " \r\n" * 600
    pasted = submit(curator, f"/workbench/{lesson.id}/excerpts", values | {"words": long_ends})
    assert pasted.status_code == 303


def test_e2_the_numbers_of_claims_are_no_words_of_the_post(app):
    scenario = build()
    lesson = scenario.draft()
    shown = page(browser(app, scenario.curator), f"/workbench/{lesson.id}")
    text = re.search(r"data-words>(.*?)</div>", shown, re.S)[1]
    start, end = OPENING.index(WORDS), OPENING.index(WORDS) + len(WORDS)
    assert f'data-start="{start}">nobody talks with </mark>' in text
    assert f'data-start="{end - 2}" data-claims="1">me</mark><span data-start="{end}">' in text
    assert re.sub("<[^>]*>", "", text).strip() == OPENING


def test_what_gives_a_masked_source_away_is_told_before_it_is_sent(app):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft(text="In Aalst contact keeps people")
    curator = browser(app, scenario.curator)
    for address in (f"/workbench/{lesson.id}?part=review", f"/workbench/{lesson.id}/permission"):
        told = page(curator, address)
        assert 'This names Aalst.<ul>\n<li dir="auto">“Aalst” (Claims)</li>' in told
        assert "“somebody" not in told
        page(browser(app, scenario.reviewer), address, 404)
    asked = f"words-{db.session.scalars(db.select(Excerpt.id)).one()}"
    wrong = submit(
        curator, f"/workbench/{lesson.id}/permission", {"audience": "network", asked: "Ring Amina"}
    )
    named = 'This names Amina, who can be looked up.<ul>\n<li dir="auto">“Amina” (An excerpt)</li>'
    assert named in wrong.text
    claim = db.session.scalars(db.select(Claim)).one()
    claim.text = "Contact keeps people"
    db.session.commit()
    for address in (f"/workbench/{lesson.id}?part=review", f"/workbench/{lesson.id}/permission"):
        assert "A reader of another city" not in page(curator, address)
