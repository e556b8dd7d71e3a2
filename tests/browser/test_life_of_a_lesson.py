"""The whole life of a lesson, from a press under a closed thread to a confirmation, and what it costs its curator.

An interaction is a press, a tap or a finished field. Moving the focus is none, as moving a pointer is none.
"""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from forum.infra import clock
from tests.browser.conftest import served_town
from tests.browser.test_consent_journey import follow, link_of, look, press, tab_to
from tests.conftest import copied_database
from tests.servers import smtp_server

pytestmark = pytest.mark.browser
THREAD = "/threads/21-de-poetsploeg-wist-het-eerder-dan-het-managementteam"
MOST = 60  # interactions of the curator
TITLE = "Vraag of het terugkomt, en bel wie het schreef"
CLAIMS = (
    "Wat drie keer terugkomt, is groter dan het lijkt",
    "Eén vraag op het formulier en één telefoontje volstaan",
)
# The post, its sentence, the key of the stance, and the claim.
QUOTED = (
    (1, "Vorig jaar hebben we drie keer gemeld", "1", 1),
    (2, "Wij keken naar het aantal meldingen", "1", 1),
    (3, "Wie ja antwoordt, krijgt een telefoontje", "1", 2),
    (5, "Twee keer was het wel iets", "1", 2),
    (4, "Goed, als het telefoontje gaat", "2", 2),
)
TEXT = {
    "textarea[name=title]": TITLE,
    "textarea[name=one_sentence]": "Eén vraag en één telefoontje vangen op wat klein lijkt.",
    "textarea[name=advice_field]": "Zet ‘Komt dit terug?’ op het formulier, en bel wie ja zegt.",
    "input[name=conditions]": "er wordt gebeld naar wie het schreef",
    "textarea[name=unknowns]": "Of mensen het blijven invullen na een jaar.",
}
COMMENT = "Hoeveel keer was het niets?"
MENDED = "Eén vraag en één telefoontje: negen keer aangekruist, twee keer was het iets."
EXPECTED = "In drie maanden vangen we er vijf op."
AGAINST = "Bij ons belde niemand terug, ook na drie keer vragen."
REPLIED = "Dan ontbreekt de helft: zonder telefoontje is het een vakje."
SAID = "[data-said]"
READY = "main .btn--primary[name=then]"


@pytest.fixture(scope="module")
def letters():
    """A mail server on loopback."""
    with smtp_server() as server:
        yield server


@pytest.fixture(scope="module")
def town(tmp_path_factory, letters, demo_network):
    """A town of this file alone: its clock runs ahead, and its letters go to a real mail server."""
    folder = tmp_path_factory.mktemp("life")
    with served_town(copied_database(demo_network(), folder), folder, letters.url) as made:
        yield made


@dataclass
class Hands:
    """Somebody at a page, who counts what they do there."""

    page: Page
    done: int = 0

    def press(self, selector: str) -> None:
        """Go to a button or a link by keyboard and press it; another page comes."""
        press(self.page, selector)
        self.done += 1

    def write(self, selector: str, words: str) -> None:
        """Fill in a field."""
        self.page.fill(selector, words)
        self.done += 1

    def choose(self, selector: str) -> None:
        """Choose one of several, or tick a box."""
        self.page.check(selector)
        self.done += 1

    def key(self, key: str) -> None:
        """Press a key that does something."""
        self.page.keyboard.press(key)
        self.done += 1


def draft_of(curator: Hands) -> str:
    """From the desk to a draft with two claims on five excerpts, all by keyboard, and its text."""
    page = curator.page
    page.goto("/workbench")
    assert "De poetsploeg wist het eerder" in page.inner_text("main")
    curator.press("main form[action='/threads/21/lessons'] button")
    page.wait_for_load_state("networkidle")  # with the scripts: until they are there a link is a link
    draft = page.url.split("?")[0]
    for claim in CLAIMS:
        curator.write("#new-claim input[name=text]", claim)
        curator.key("Enter")
        page.wait_for_selector(f".draft-claim >> text={claim}")
    for number, (post, words, stance, claim) in enumerate(QUOTED, start=1):
        quote(curator, post, words, stance, claim)
        assert page.locator(".draft-claim .excerpt").count() == number
    curator.press("main a[href*='part=text']")
    for field, words in TEXT.items():
        curator.write(field, words)
    curator.choose('input[name=outcome][value="partly"]')
    return draft


def quote(curator: Hands, post: int, words: str, stance: str, claim: int) -> None:
    """Open the sentences of a post, go to the one that is meant, pick it and record it under a claim."""
    page = curator.page
    tab_to(page, f"#source-{post} [data-cite]")
    curator.key("Enter")
    while words not in page.evaluate("() => document.activeElement.closest('.sentence').innerText"):
        page.keyboard.press("Tab")
    curator.key(" ")
    while int(page.inner_text("[data-claim-number]")) != claim:
        curator.key("[" if int(page.inner_text("[data-claim-number]")) > claim else "]")
    curator.key(stance)
    page.wait_for_selector(f"{SAID}:not(:empty)")


def allowed(curator: Hands, letters, open_page, town) -> None:
    """Permission of the two who are quoted, asked for the network, and given in one sitting each."""
    page = curator.page
    page.wait_for_selector(READY)  # once all that is needed has been saved
    assert page.inner_text(READY) == "Vraag toestemming", "what comes next"
    curator.press(READY)
    curator.choose('input[name=audience][value="network"]')
    curator.press("main form[method=get] button")
    curator.choose('input[name^=own-][value="function"]')
    curator.press("main form[method=post].form button.btn--primary")
    look(page)
    town.work()
    for who, answer in (("dirk", "name"), ("ruben", "function")):
        author = open_page(who, phone=True)
        author.goto(link_of(letters, who, "/consents/"))
        for question in ("Citaat 1 van 2", "Citaat 2 van 2"):
            assert question in look(author), "the second follows the first"
            author.check(f'input[name=answer][value="{answer}"]')
            press(author, "main form button.btn--primary")
    town.wait(timedelta(days=20))


def returned_and_published(curator: Hands, letters, open_page, town) -> str:
    """Sent to another city, back with a comment at its sentence, mended, sent again to the same person, published."""
    page = curator.page
    page.goto(link_of(letters, "marleen", "/workbench/"))
    assert all(words in page.inner_text("main") for _post, words, _stance, _claim in QUOTED)
    curator.press("main a[href*='part=review']")
    curator.choose('input[name=audience][value="network"]')
    curator.choose('input[name=reviewer][value="other"]')
    curator.write("input[name=reviewer_name]", "Wouter")
    curator.press("main form[action$='/submission'] button")
    town.work()
    wouter = open_page("wouter")
    wouter.goto(link_of(letters, "wouter", "/workbench/"))
    follow(wouter, "main a[href*='comment=one_sentence']")
    wouter.fill("main form[action*='/comments'] textarea", COMMENT)
    press(wouter, "main form[action*='/comments'] button")
    wouter.locator("main form[action$='/return'] button").first.scroll_into_view_if_needed()
    press(wouter, "main form[action$='/return'] button")
    town.work()
    page.goto(link_of(letters, "marleen", "/workbench/"))
    assert COMMENT in page.inner_text("#comments")
    curator.press("main form[action$='/settlement'] button")
    curator.press("main a[href$='part=text']")
    curator.write("textarea[name=one_sentence]", MENDED)
    curator.press(READY)
    assert page.is_checked('input[name=audience][value="network"]'), "as it was sent before"
    assert "Wouter" in page.inner_text("label:has(input[name=reviewer]:checked)"), "who knows it already"
    curator.press("main form[action$='/submission'] button")
    town.work()
    wouter.goto(link_of(letters, "wouter", "/workbench/"))
    assert "1 wijziging sinds" in wouter.inner_text("main")
    for name in ("borne", "unknown", "limits", "dissent", "usable"):
        with wouter.expect_response("**/checklist"):
            wouter.locator(f'label:has(input[name={name}][value="yes"])').click()
    wouter.locator("[data-approve]:not([aria-disabled])").wait_for()
    press(wouter, "[data-approve]")
    return wouter.url


def applied(letters, open_page, town, lesson: str) -> None:
    """One city says that it worked; another foretells what it expects, and says what came of it when it is asked."""
    sofie = open_page("sofie", phone=True)
    sofie.goto(lesson)
    follow(sofie, "#report a.btn--primary")
    sofie.check('input[name=outcome][value="worked"]')
    sofie.fill("textarea[name=what_was_done]", "De vraag staat op het formulier van de groendienst.")
    sofie.fill("textarea[name=what_came]", "Vier meldingen bleken hetzelfde lek.")
    press(sofie, "main form .sendbar button.btn--primary")
    jonas = open_page("jonas", phone=True)
    jonas.goto(lesson)
    follow(jonas, "#report a.btn--plain")
    jonas.fill("textarea[name=what_was_done]", "We begonnen bij de sporthallen.")
    jonas.fill("textarea[name=what_came]", "Het loopt drie weken.")
    jonas.fill("textarea[name=expected]", EXPECTED)
    due = (clock.now() + town.ahead + timedelta(days=60)).date()
    jonas.fill("input[name=due_on]", due.isoformat())
    press(jonas, "main form .sendbar button.btn--primary")
    look(jonas)
    sofie.goto(lesson)
    assert "pas te lezen op" in look(sofie)
    assert EXPECTED not in sofie.content()
    town.wait(timedelta(days=61))
    town.wait(timedelta(hours=1))
    jonas = open_page("jonas", phone=True)
    jonas.goto(link_of(letters, "jonas", "/lessons/"))
    jonas.check('input[name=outcome][value="adapted"]')
    jonas.fill("textarea[name=what_came]", "Drie in plaats van vijf, en dat was genoeg.")
    press(jonas, "main form .sendbar button.btn--primary")
    said = look(jonas)
    assert EXPECTED in said
    assert said.index(EXPECTED) < said.rindex("Drie in plaats van vijf"), "foretold beside what happened"


def disputed(curator: Hands, open_page, town, lesson: str) -> None:
    """A reader of a third city contradicts a claim; it is accepted, answered and ended beside that claim."""
    els = open_page("els", phone=True)
    els.goto(lesson)
    follow(els, "main a[href$='/counter-evidence/new']")
    els.check("input[name=claim] >> nth=1")
    els.fill("textarea[name=words]", AGAINST)
    press(els, "main form .sendbar button.btn--primary")
    town.work()
    page = curator.page = open_page("marleen")
    page.goto("/workbench")
    curator.press("main a[href*='/counter-evidence']")
    curator.press("main form[action$='/acceptance'] button")
    curator.write("main form[action$='/reply'] textarea[name=words]", REPLIED)
    curator.press("main form[action$='/reply'] .sendbar button:first-child")
    els.goto(lesson)
    assert "Betwist" in look(els)
    curator.write("main form[action$='/end'] [name=reason]", "De bewering geldt als er ook gebeld wordt.")
    curator.press("main form[action$='/end'] button")
    els.goto(lesson)
    said = look(els)
    assert said.index(CLAIMS[1]) < said.index(AGAINST) < said.index(REPLIED), "it stays beside the claim"


@pytest.mark.timeout(400)
def test_a_closed_thread_becomes_a_lesson_that_other_cities_try_contradict_and_confirm(
    town, letters, open_page
):
    ruben = open_page("ruben", phone=True)
    ruben.goto(THREAD)
    press(ruben, "#nomination button")
    assert "Je zei dat hier een les in zit" in look(ruben)
    curator = Hands(open_page("marleen"))
    draft_of(curator)
    allowed(curator, letters, open_page, town)
    curator.page = open_page("marleen")  # weeks later
    lesson = returned_and_published(curator, letters, open_page, town)
    applied(letters, open_page, town, lesson)
    disputed(curator, open_page, town, lesson)
    editor = open_page("eva")
    editor.goto(lesson)
    press(editor, "main form[action$='/confirmation'] button")
    reader = open_page("wouter", phone=True)
    reader.goto(lesson)
    assert "Bevestigd door andere steden" in look(reader)
    assert "plafond" not in reader.content(), "what Dirk kept inside"
    assert reader.goto(THREAD).status == 404
    assert curator.done <= MOST, f"{curator.done} interactions"
