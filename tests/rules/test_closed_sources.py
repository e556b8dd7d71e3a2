"""What was asked, answered, left out and noted about a closed talk meets nobody who may not; its numbers neither.

Refused words, answers, own words, reasons, notes on reviews and versions, the title of the talk, and the ids of its
thread and posts: in pages, lists, versions, comparisons, JSON, files, addresses and letters.
"""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select, text

from forum.domain.consents import other_words, rounds
from forum.domain.consents.passages import Wording, of_draft
from forum.domain.consents.wording import changes
from forum.domain.digests import subscriptions, windows
from forum.domain.lessons import claims, lessons, origin, page_facts
from forum.infra import clock, mailer
from forum.infra.db import db
from forum.jobs import worker
from forum.models.accounts import Member, NetworkRole
from forum.models.consents import ConsentAnswer, ConsentRound
from forum.models.mail import OutgoingMail
from forum.models.spaces import Audience, Role, Space
from forum.models.subscriptions import Frequency
from tests import reviewed
from tests.conftest import POSTGRES
from tests.consent_scenario import ConsentScenario
from tests.factories import actor, make_member, make_post, make_space, make_thread, sign_in
from tests.lesson_scenario import FULL
from tests.rules import test_leak_walk
from tests.sweeps import few_of, on_one_database

TITLE, SLUG = "Stil zwarttitelmerk", "zwarttitelmerk"
REFUSED, SILENT, OWN = "zwartweigermerk", "zwartzwijgmerk", "zwarteigenmerk"
WHY, RETURNED, CHANGED, ASKED, LEFT = (
    "zwartredenmerk", "zwartteruggavemerk", "zwartwijzigmerk", "zwartvraagmerk", "zwartomgevingmerk",
)  # fmt: skip
MARKERS = (SLUG, REFUSED, SILENT, OWN, WHY, RETURNED, CHANGED, ASKED, LEFT)
# So far from every other number that one on a page can only be theirs.
FIRST = 7_300_000
NUMBER = re.compile(r"(?<!\d)73000\d\d(?!\d)")
SAID = {
    "Amina": "We rang all who stopped",
    "Bart": f"He told everybody {REFUSED}",
    "Chris": f"The team knew it {SILENT}",
    "Dora": "Half of them came back after a call",
}
OUTSIDE = ("visitor", "field worker", "moderator", "editor", "administrator", "former member")


@pytest.fixture
def world(session) -> SimpleNamespace:
    """A lesson in two versions from a closed talk: one yes, one no, one silence, and other words that were left."""
    with clock.at(clock.now() - timedelta(days=40)):
        scenario = _talk()
        opened = _asked(scenario)
    with clock.at(opened.closes_at):
        scenario.close(opened)
        dora = scenario.request("Dora")
        other_words.leave(scenario.actor("curator"), scenario.lesson.id, dora.id)
        rounds.look(scenario.actor("curator"), scenario.lesson.id)
    with clock.at(opened.closes_at + timedelta(days=2)):
        _published(scenario, note="first")
    with clock.at(clock.now() - timedelta(days=3)):
        lessons.revise(scenario.actor("curator"), scenario.lesson.id)
        _published(scenario, note=CHANGED)
    readers = {
        "visitor": None,
        "field worker": scenario.others["reader"],
        "moderator": make_member("Leen", space=scenario.elsewhere, role=Role.MODERATOR),
        "editor": make_member("Els", network_role=NetworkRole.EDITOR),
        "administrator": make_member("Bas", network_role=NetworkRole.ADMIN),
        "former member": scenario.others["former"],
        "author": scenario.authors["Amina"],
        "curator": scenario.curator,
    }
    # Before it was published anew, so that their first letter tells of it on whatever day of the week this runs.
    with clock.at(clock.now() - timedelta(days=4)):
        for member in readers.values():
            if member is not None:
                subscriptions.choose(actor(member), frequency=Frequency.WEEKLY)
    db.session.commit()
    return SimpleNamespace(scenario=scenario, lesson=scenario.lesson, readers=readers)


def _talk() -> ConsentScenario:
    space, elsewhere = make_space("Aalst", city="aalst"), make_space("Gent", city="gent")
    curator = make_member("Cas", space=space, role=Role.MODERATOR)
    authors = {name: make_member(name, space=space) for name in SAID}
    others = {
        "reviewer": make_member("Wout", space=elsewhere, role=Role.MODERATOR),
        "reader": make_member("Rik", space=elsewhere),
        "former": make_member("Former", space=elsewhere),
    }
    _count_from_far(elsewhere, others["reviewer"])
    closed = make_thread(
        space, curator, title=TITLE, body=f"What did you see? {LEFT}", audience=Audience.SPACE
    )
    posts = {name: make_post(closed, authors[name], f"{said}. {LEFT}") for name, said in SAID.items()}
    maker = actor(curator)
    lesson = lessons.draft(maker, closed.id, title=FULL["title"])
    for name, said in SAID.items():
        claim = claims.add(maker, lesson.id, text=f"Claim on {name[0]}")
        claims.quote(maker, claim.id, post_id=posts[name].id, words=said, stance="supports")
    lessons.save(maker, lesson.id, saved_count=lessons.working(lesson).saved_count, **FULL)
    return ConsentScenario(space, curator, authors, closed, posts, lesson, elsewhere, others)


def _count_from_far(space: Space, author: Member) -> None:
    """Let the next threads and posts have ids that stand on no page by accident."""
    first = make_thread(space, author, id=FIRST)
    make_post(first, author, id=FIRST + 10)
    if POSTGRES:
        for table, number in (("thread", FIRST + 1), ("post", FIRST + 11)):
            db.session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {number})"))


def _asked(scenario: ConsentScenario) -> ConsentRound:
    maker, version = scenario.actor("curator"), lessons.working(scenario.lesson)
    passing = of_draft(maker, scenario.lesson, version, Audience.NETWORK)
    wordings = {one.excerpt_id: one.start() for one in passing}
    amina = next(one for one in passing if one.quoted.speaker == "Amina")
    shorter = Wording("We rang all", dict.fromkeys(changes(amina.said, "We rang all"), WHY), "somebody")
    opened = scenario.ask(wordings={**wordings, amina.excerpt_id: shorter})
    scenario.say("Amina", ConsentAnswer.MASKED)
    scenario.say("Bart", ConsentAnswer.NO)
    scenario.say("Dora", ConsentAnswer.OTHER_WORDS, own_words=f"A few came back {OWN}")
    return opened


def _published(scenario: ConsentScenario, *, note: str) -> None:
    maker, reviewer, lesson = scenario.actor("curator"), scenario.actor("reviewer"), scenario.lesson
    for claim in scenario.claims():
        if claim.text != "Claim on A":
            claims.remove(maker, claim.id)
    saved_count = lessons.working(lesson).saved_count
    lessons.save(
        maker, lesson.id, saved_count=saved_count, change_note=note, result=f"More stayed, {len(note)}."
    )
    ask = {"audience": Audience.NETWORK, "asked_id": reviewer.id, "note": ASKED}
    lessons.submit(maker, lesson.id, **ask)
    lessons.send_back(reviewer, lesson.id, note=f"Say more {RETURNED}")
    lessons.submit(maker, lesson.id, **ask)
    reviewed.publish(reviewer, lesson.id, recognised=False)


def addresses(app: Flask, world: SimpleNamespace, *, every: bool) -> list[str]:
    """The pages of the lesson and the lists that hold it; or every page there is, filled with what is closed."""
    at = f"/lessons/{world.lesson.public_id}"
    own = [
        "/", "/lessons", "/lessons?city=aalst", "/lessons?axis=solidaire-stadspolis", at, f"{at}/v/1.0", f"{at}/v/1.1",
        f"{at}/compare", f"{at}/compare?from=1.0&to=1.1", "/spaces", f"/spaces/{world.scenario.space.slug}",
        "/consents", "/workbench", f"/workbench/{world.lesson.id}",
    ]  # fmt: skip
    if not every:
        return own
    bait = SimpleNamespace(
        **dict.fromkeys(("closed", "unlisted", "quiet"), world.scenario.space),
        **dict.fromkeys(("moved", "spelt", "split", "merged"), world.scenario.thread),
        threads=[world.scenario.thread], lessons=[world.lesson], post=world.scenario.posts["Amina"],
        insider=world.scenario.authors["Amina"], begun=[1],
    )  # fmt: skip
    return [*own, *test_leak_walk.addresses(app, bait)]


def met(app: Flask, world: SimpleNamespace, person: str, *, every: bool = False) -> set[str]:
    """The markers and numbers that somebody meets, other than those in the address that they typed."""
    browser = app.test_client()
    if world.readers[person] is not None:
        sign_in(browser, world.readers[person])
    found: set[str] = set()
    for address in addresses(app, world, every=every):
        answer = browser.get(address)
        said = answer.get_data(as_text=True) + str(answer.headers)
        found |= {
            marker for marker in (*MARKERS, *NUMBER.findall(said)) if marker in said and marker not in address
        }
    return found - open_numbers()


def open_numbers() -> set[str]:
    """Those of the thread that the whole network may read."""
    return {str(FIRST), str(FIRST + 10)}


@on_one_database
def test_nobody_outside_meets_what_was_refused_answered_noted_or_numbered(app, world):
    for person in OUTSIDE:
        assert (person, met(app, world, person)) == (person, set())
    # Whoever made it meets what is theirs, so the markers lie where they are looked for.
    assert {SLUG, str(world.scenario.thread.id)} <= met(app, world, "curator")
    assert {SLUG, str(world.scenario.thread.id)} <= met(app, world, "author")
    assert not {REFUSED, SILENT, OWN, WHY} & met(app, world, "curator")


@pytest.mark.parametrize("person", few_of(OUTSIDE))
def test_no_page_at_all_shows_it(app, world, person):
    assert met(app, world, person, every=True) == set()


def test_no_letter_carries_it_to_anybody_outside(app, world):
    with clock.at(clock.now() + timedelta(days=8)):
        windows.open_all(clock.now())
        db.session.commit()
        worker.run_until_idle()
    sent = [bytes(message).decode("utf-8", "replace") for message in mailer.sent()]
    outside = {world.readers[person].email for person in OUTSIDE if world.readers[person] is not None}
    letters = [letter for letter in sent if any(f"To: {email}" in letter for email in outside)]
    assert any(world.lesson.public_id in letter for letter in letters), "they do hear of the lesson"
    for letter in letters:
        assert [marker for marker in MARKERS if marker in letter] == []
        assert set(NUMBER.findall(letter)) <= open_numbers()
    for row in db.session.scalars(select(OutgoingMail)):
        assert [m for m in MARKERS if m in f"{row.key} {row.payload} {row.reason} {row.message_id}"] == []


@on_one_database
def test_a_leak_that_is_planted_is_found(app, world, monkeypatch):
    known, read = origin.known, page_facts.of

    def leaking(lesson, version, facts, **how):
        return known(lesson, version, facts, **{**how, "hidden": False})

    monkeypatch.setattr(origin, "known", leaking)
    # Names of an origin that is kept from somebody are not even read.
    monkeypatch.setattr(page_facts, "of", lambda *who, **how: read(*who, **{**how, "hidden": False}))
    assert met(app, world, "field worker") == {CHANGED}
