"""Whatever somebody selects beside a draft freezes at its place, over everything that a post can hold."""

import re
from collections import Counter

import pytest

from forum.domain.threads import posts
from forum.infra.db import db
from forum.models.threads import Post
from forum.policy.actors import actor_of
from tests.browser.selecting import AGAIN, RECORDED, Hands, Selected, Workplace, workplace
from tests.conftest import copied_database

pytestmark = pytest.mark.browser
STANCES = {"1": "supports", "2": "nuances", "3": "contradicts"}
SELECT = """([post, nth, words]) => {
    const walker = document.createTreeWalker(
        document.querySelector(`[data-post="${post}"] [data-words]`), NodeFilter.SHOW_TEXT);
    const places = []; // of every letter: a passage that is used stands in several nodes
    for (let node = walker.nextNode(); node; node = walker.nextNode())
        for (let at = 0; at < node.length; at++) places.push([node, at]);
    const text = places.map(([node, at]) => node.data[at]).join("");
    let start = -1;
    do { start = text.indexOf(words, start + 1); } while (start >= 0 && nth--);
    const [first, last] = [places[start], places[start + words.length - 1]];
    getSelection().setBaseAndExtent(...first, last[0], last[1] + 1);
}"""


@pytest.fixture(scope="module")
def served(migrated, tmp_path_factory, chromium):
    folder = tmp_path_factory.mktemp("selections")
    with workplace(copied_database(migrated, folder), folder, chromium) as desk:
        yield desk


@pytest.fixture
def desk(served):
    served.forget(keep=2)
    served.page.goto(served.address)
    return served


def send(desk: Workplace, key: str, *, pressed: bool = False) -> None:
    bar = desk.page.locator("[data-stance-bar]")
    bar.wait_for(state="visible")
    with desk.page.expect_response(lambda answer: answer.request.method == "POST"):
        if pressed:
            bar.locator(f"[data-stance={STANCES[key]}]").click()
        else:
            desk.page.keyboard.press(key)
    desk.page.wait_for_function(RECORDED)


@pytest.mark.parametrize("many", [8, pytest.param(200, marks=[pytest.mark.proof, pytest.mark.timeout(600)])])
def test_every_selection_freezes_exactly_at_its_place(desk, chance, many):
    hands, ways = Hands(desk.page, chance), Counter()
    while ways.total() < many:
        desk.page.evaluate("() => { getSelection().removeAllRanges(); scrollTo(0, 0); }")
        claim_id = chance.choice(desk.claim_ids)
        desk.page.locator(f"#claim-{claim_id} h3").click()
        way = hands.select()
        place = desk.selected()
        if place is None:
            desk.page.locator("[data-stance-bar]").wait_for(state="hidden")
            continue
        ways[way] += 1
        before = desk.excerpts()
        _words, judged = before.get((claim_id, place), ("", ""))
        key = next((key for key, stance in STANCES.items() if stance == judged), chance.choice("123"))
        send(desk, key, pressed=chance.random() < 0.3)
        words = desk.plain[place.post_id][place.start : place.end]
        assert desk.excerpts() == before | {(claim_id, place): (words, STANCES[key])}, (way, ways)
        if len(before) > 40:
            desk.forget(keep=10)
            desk.page.goto(desk.address)
    assert many < 100 or len(ways) == 6, ways


def test_e1_the_place_that_is_selected_is_frozen_and_an_earlier_judgement_stays(desk):
    post_id = next(post_id for post_id, plain in desk.plain.items() if AGAIN in plain)
    first, third = desk.plain[post_id].index(AGAIN), desk.plain[post_id].rindex(AGAIN)
    before = desk.excerpts()
    desk.page.locator(f"#claim-{desk.claim_ids[0]} h3").click()
    for start, key in ((third, "1"), (first, "3")):
        desk.page.evaluate(SELECT, [post_id, desk.plain[post_id].count(AGAIN, 0, start), AGAIN])
        send(desk, key)
    places = {start: Selected(post_id, start, start + len(AGAIN)) for start in (first, third)}
    made = {
        (desk.claim_ids[0], places[third]): (AGAIN, "supports"),
        (desk.claim_ids[0], places[first]): (AGAIN, "contradicts"),
    }
    assert desk.excerpts() == before | made
    desk.page.evaluate(SELECT, [post_id, 2, AGAIN])
    send(desk, "2")
    assert "This text is under this claim already" in desk.page.inner_text(".error-summary")
    assert desk.excerpts() == before | made


def test_e2_a_selection_over_a_passage_that_is_used_holds_no_number(desk):
    used = desk.page.locator("mark[data-claims]").first
    assert used.evaluate("mark => getComputedStyle(mark, '::after').content").startswith('"1"')
    used.evaluate("mark => getSelection().selectAllChildren(mark.parentElement)")
    place, before = desk.selected(), desk.excerpts()
    assert place is not None
    send(desk, "1", pressed=True)
    words = desk.plain[place.post_id][place.start : place.end]
    assert words.startswith("De eerste keer: het werkte niet")
    assert words not in {earlier for earlier, _stance in before.values()}
    assert words in {now for now, _stance in desk.excerpts().values()}


def test_the_number_of_a_claim_stands_on_the_line_of_its_last_word_at_any_width(desk):
    used = desk.page.locator("mark[data-claims]").first
    lines = """mark => {
        const text = mark.closest("p");
        const apart = [];
        for (let width = 120; width < 420; width += 4) {
            text.style.width = `${width}px`;
            const word = document.createRange();
            word.selectNodeContents(mark);
            if (mark.getClientRects().length > 1 || word.getClientRects().length > 1) apart.push(width);
        }
        return apart;
    }"""
    for sign in ("", "?", "!", "”"):
        used.evaluate(
            "(mark, sign) => { mark.firstChild.data = mark.firstChild.data.replace(/\\W*$/, sign); }", sign
        )
        assert used.evaluate(lines) == []


def test_the_bar_comes_next_by_keyboard_has_a_name_and_stands_under_the_words_that_it_does_not_move(desk):
    piece, bar = desk.page.locator("[data-start]").nth(3), desk.page.locator("[data-stance-bar]")
    boxes = "() => [...document.querySelectorAll('.source')].map(post => post.getBoundingClientRect().top)"
    under = "piece => piece.closest('p').getBoundingClientRect().bottom"
    before, end = desk.page.evaluate(boxes), piece.evaluate(under)
    piece.dblclick()
    bar.wait_for(state="visible")
    at = next(number for number, top in enumerate(before) if top > end)
    assert desk.page.evaluate(boxes)[:at] == before[:at]
    assert piece.evaluate(under) == end
    assert end <= bar.evaluate("bar => bar.getBoundingClientRect().top") < end + 40
    assert desk.page.get_by_role("toolbar", name=re.compile(r"\w")).is_visible()
    count = len(desk.excerpts())
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Tab")
    assert desk.page.evaluate("() => document.activeElement.dataset.stance") == "nuances"
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_function(RECORDED)
    assert len(desk.excerpts()) == count + 1


def test_words_of_a_post_that_changed_meanwhile_are_not_frozen(desk):
    post_id = max(desk.plain)
    before = desk.excerpts()
    with desk.app.app_context():
        post = db.session.get_one(Post, post_id)
        posts.edit(actor_of(post.author_id), post_id, body="Anders.", seen_revision=1)
        db.session.commit()
    desk.page.evaluate(SELECT, [post_id, 0, "laatste regel"])
    send(desk, "1")
    assert desk.page.inner_text(".error-summary").count("changed after you opened the page") == 1
    assert desk.page.input_value("textarea[name=words]") == "laatste regel"
    assert "Anders." in desk.page.inner_text(f"[data-post='{post_id}']")
    assert desk.excerpts() == before
