"""From a story in one city to an answer in another and back, and from a newcomer to whom they can ask: on a phone.

Each in either language, with scripts and without: `make test` takes two of the four ways, `make proof` the others.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page

from forum.infra.db import db
from forum.models.accounts import Member
from tests.browser.conftest import Opener, Town
from tests.browser.selecting import SELECT_WORDS
from tests.factories import GOOD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
# Either language, with scripts and without; `make test` has no time for the two of the proof.
WAYS = [
    pytest.param("nl", True, id="nl"),
    pytest.param("en", False, id="en-without-scripts"),
    pytest.param("en", True, id="en", marks=pytest.mark.proof),
    pytest.param("nl", False, id="nl-without-scripts", marks=pytest.mark.proof),
]
DUTCH = {
    "Post your story": "Plaats je verhaal",
    "Your story is posted.": "Je verhaal is geplaatst.",
    "From other cities": "Uit andere steden",
    "Waiting for you": "Dit wacht op jou",
    "My threads": "Mijn gesprekken",
    "New from": "Nieuw van",
    "replied": "antwoordde",
    "in post 1": "in bijdrage 1",
    "Your note:": "Je notitie:",
    "1 new": "1 nieuw",
    "Reply": "Antwoord",
    "Reply to post": "Antwoord op bijdrage",
    "You reply to": "Je antwoordt op",
    "Post reply": "Plaats antwoord",
    "Quote": "Citeer",
    "Quote from post 1": "Citeer uit bijdrage 1",
    "Quote in my reply": "Citeer in mijn antwoord",
    "More about post 1": "Meer over bijdrage 1",
    "Keep with a note": "Bewaar met een notitie",
    "Keep": "Bewaren",
    "Change": "Wijzig",
    "Everything": "Alles",
    "Nothing": "Niets",
    "Save": "Bewaar",
    "You are told of every post here.": "Je krijgt een melding van elke bijdrage hier.",
    "This thread is muted": "Dit gesprek is gedempt",
    "People": "Mensen",
    "Search": "Zoek",
    "Filter": "Filter",
    "High-quality density": "Kwalitatieve densiteit",
    "Ask me about": "Vraag mij over",
    "Posts that you may read": "Bijdragen die jij mag lezen",
    "I accept these house rules": "Ik aanvaard deze huisregels",
}
STORY = (
    "Wij haalden de banken weg, en de ruzies bleven. Pas toen we een avond bleven zitten, hoorden we waarom."
)
PASSAGE = "Wij haalden de banken weg, en de ruzies bleven."


@dataclass
class Walk:
    """A page of somebody with a phone, and the words in the language that they chose."""

    page: Page
    language: str

    def word(self, english: str) -> str:
        """What the page calls this."""
        return DUTCH[english] if self.language == "nl" else english

    def press(self, role: str, name: str, within: str = "main") -> None:
        """Press the first link or button with this name."""
        self.page.locator(within).get_by_role(role, name=self.word(name)).first.click()

    def part(self, heading: str) -> Locator:
        """The section of the page below this heading."""
        return self.page.get_by_role("region", name=re.compile(f"^{re.escape(self.word(heading))}"))

    def line(self, heading: str, words: str) -> Locator:
        """The line with these words in that part of the page."""
        return self.part(heading).get_by_role("listitem").filter(has_text=words)

    def sees(self, words: str, within: str = "body") -> bool:
        """Whether this stands there to be read."""
        return words in self.page.inner_text(within)

    def home(self) -> None:
        """Go to the first page."""
        self.page.goto("/")

    def answer(self, words: str) -> None:
        """Write an answer below what stands in the field already, and post it."""
        field = self.page.locator("#answer textarea")
        field.fill(f"{field.input_value()}{words}")
        if rules := self.page.get_by_label(self.word("I accept these house rules")).all():
            rules[0].check()  # once, with the first words in that space
        self.press("button", "Post reply")
        self.page.get_by_role("article").get_by_text(words).wait_for()


Walker = Callable[..., Walk]


@pytest.fixture
def walker(town: Town, open_page: Opener, language: str, scripts: bool) -> Iterator[Walker]:
    """`walker("hasan")`: a phone in this language, with scripts or without; afterwards the language is as it was."""
    people: list[str] = []

    def come(who: str, **options: str) -> Walk:
        people.append(f"{who}@demo.leerkring.example")
        page = open_page(who, phone=True, java_script_enabled=scripts, **options)
        page.goto("/")
        if language == "en":
            page.get_by_role("button", name="English").click()
        assert page.locator("html").get_attribute("lang") == {"nl": "nl-BE", "en": "en"}[language]
        return Walk(page, language)

    yield come
    with town.app.app_context():
        db.session.execute(db.update(Member).where(Member.email.in_(people)).values(locale="nl"))
        db.session.commit()
        db.session.remove()


def plain(place: Locator) -> str:
    """The words there, without the signs around a name that say in which direction it runs."""
    return place.inner_text().replace("\u2068", "").replace("\u2069", "")


def tell(walk: Walk, title: str) -> None:
    """Share a story with the whole network."""
    walk.home()
    walk.page.click(".tabbar__write")
    walk.page.fill("textarea[name=body]", STORY)
    walk.page.fill("input[name=title]", title)
    walk.page.click(".reach > summary")
    walk.page.check("input[name=audience][value=network]")
    walk.page.check("input[name=axis][value=kwalitatieve-densiteit]")
    walk.press("button", "Post your story")
    walk.page.get_by_text(walk.word("Your story is posted.")).wait_for()


def quote(walk: Walk, *, scripts: bool) -> None:
    """Take a passage of the story into an answer: selected by hand, or chosen from its sentences."""
    if scripts:
        walk.page.locator("[data-answer]").first.wait_for()
        assert walk.page.evaluate(SELECT_WORDS, PASSAGE)
        walk.press("button", "Quote", within="[role=toolbar]")
    else:
        walk.press("link", "Quote from post 1")
        walk.page.get_by_label(PASSAGE).check()
        walk.press("button", "Quote in my reply")


def choose(walk: Walk, level: str, said: str) -> None:
    """Choose what one is told of the thread that is open."""
    walk.press("link", "Change", within="aside")
    walk.page.get_by_role("radio", name=re.compile(f"^{walk.word(level)}")).first.check()
    walk.press("button", "Save")
    walk.page.get_by_text(walk.word(said)).first.wait_for()


@pytest.mark.parametrize(("language", "scripts"), WAYS)
def test_a_story_from_one_city_is_met_answered_quoted_kept_and_muted_in_another(
    town, walker, language, scripts
):
    title = f"De banken op het plein, {language} {scripts}"
    hasan = walker("hasan")
    tell(hasan, title)

    annelies = walker("annelies")
    annelies.home()
    assert title in annelies.part("From other cities").inner_text()
    annelies.page.get_by_role("link", name=title).first.click()
    assert annelies.sees(PASSAGE)
    annelies.press("link", "Reply", within=".tabbar")
    annelies.answer("In Leuven bleven ze ook. Wie kwam er zitten?")

    town.work()
    hasan.home()
    own = hasan.line("My threads", title)
    assert hasan.word("1 new") in own.inner_text()
    assert f"{hasan.word('New from')} Annelies" in plain(own)
    told = hasan.line("Waiting for you", title)
    assert f"Annelies {hasan.word('replied')}" in plain(told)
    told.get_by_role("link").click()
    hasan.page.get_by_role("link", name=f"{hasan.word('Reply to post')} 2").click()
    assert hasan.word("You reply to") in hasan.page.inner_text("#answer")
    hasan.answer("Twee jongens en hun oma. Zij kende iedereen.")

    town.work()
    annelies.home()
    met = annelies.line("My threads", title)
    assert f"{annelies.word('New from')} Hasan" in plain(met)
    met.get_by_role("link").click()
    assert annelies.sees("Zij kende iedereen.")
    quote(annelies, scripts=scripts)
    annelies.answer("Dat was bij ons net zo.")
    quoted = annelies.page.locator("article", has_text="Dat was bij ons net zo.").locator("figure")
    assert PASSAGE in quoted.inner_text()
    assert f"Hasan {annelies.word('in post 1')}" in quoted.inner_text()

    choose(annelies, "Everything", "You are told of every post here.")
    annelies.page.goto("/settings/following")
    assert annelies.sees(title, within="main")
    annelies.page.get_by_role("link", name=title).first.click()
    annelies.page.get_by_text(annelies.word("More about post 1")).click()
    annelies.press("link", "Keep with a note", within="#post-1")
    annelies.page.fill("textarea[name=note], input[name=note]", "Voor de ploeg van maandag")
    annelies.press("button", "Keep")
    annelies.page.goto("/bookmarks")
    kept = annelies.page.locator("article", has_text=title)
    assert f"{annelies.word('Your note:')} Voor de ploeg van maandag" in kept.inner_text()
    kept.get_by_role("link", name=title).first.click()

    choose(annelies, "Nothing", "This thread is muted")
    hasan.page.reload()
    hasan.answer("Morgen zitten we er weer.")
    town.work()
    annelies.home()
    assert not annelies.sees(title, within="main section[aria-labelledby=latest]")
    annelies.page.goto("/notifications")
    assert not annelies.sees("Morgen zitten we er weer.")


@pytest.mark.parametrize(("language", "scripts"), WAYS)
def test_a_newcomer_finds_a_person_by_what_they_offer_and_asks_in_their_thread(
    town, walker, language, scripts
):
    who = f"nieuw-{language}-{scripts}".lower()
    email = f"{who}@demo.leerkring.example"
    added = town.app.test_cli_runner().invoke(
        args=["member", "add", email, "--name", "Loes", "--space", "gent", "--password-stdin"],
        input=f"{GOOD}\n",
    )
    assert added.exit_code == 0, added.output
    question = f"Gaan jullie ook binnen als de eigenaar in het buitenland woont ({who})?"
    loes = walker(who, password=GOOD)
    loes.press("link", "People", within=".tabbar")
    loes.page.fill("main input[name=q]", "gevel")
    loes.press("button", "Search")
    person = loes.page.locator("li", has=loes.page.get_by_role("link", name="Stijn"))
    assert f"{loes.word('Ask me about')} Leegstand vaststellen achter een mooie gevel" in person.inner_text()
    loes.page.goto("/people")
    loes.page.locator("summary", has_text=loes.word("Filter")).click()
    loes.press("link", "High-quality density")
    assert "Stijn" in loes.page.inner_text("main section")
    loes.page.get_by_role("link", name="Stijn").click()
    assert loes.page.inner_text("h1") == "Stijn"
    assert "#leegstand" in loes.part("Ask me about").inner_text()
    loes.part("Posts that you may read").get_by_role("link", name="Leegstandsregister").first.click()
    loes.press("link", "Reply to post")
    loes.answer(question)
    town.work()
    stijn = walker("stijn")
    told = stijn.line("Waiting for you", "Leegstandsregister")
    assert "Loes" in told.inner_text()
    told.get_by_role("link").click()
    assert stijn.sees(question)
