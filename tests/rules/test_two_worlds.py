"""Two worlds with the same seed and clock: in one an author refuses, in the other the same author stays silent.

For everybody else nothing differs: no page, no mail, no line of a log and no row, before the reminder, after it and
after the closing; and neither when the question is taken back, when another author proposes other words, nor when the
place is asked anew. The author looks at the page in both.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum import create_app
from forum.domain.consents import closing, letters, rounds, store
from forum.domain.lessons import claims
from forum.infra import clock, disks
from forum.infra.db import db
from forum.jobs import calendar, event_processing
from forum.jobs.sending import Sender
from forum.models.accounts import Member, NetworkRole
from forum.models.claims import Claim
from forum.models.consents import Consent, ConsentRequest, ConsentRound
from forum.models.lessons import Lesson
from forum.models.mail import Lane
from forum.models.spaces import Audience, Space
from forum.models.themes import Axis
from forum.models.threads import Post, Thread
from tests.conftest import copied_database, forget_the_request_before, settings_for
from tests.consent_scenario import CLAIMS, QUOTED, build
from tests.factories import actor, make_member, sign_in, submit
from tests.rules import test_leak_walk as walk
from tests.sweeps import on_one_database

pytestmark = pytest.mark.live
BEGUN = datetime(2026, 11, 24, 10, tzinfo=UTC)
AUTHOR, SILENT = "Bart", "Chris"
FEW = ("second", "admin")
KEEN = ("second",)  # whoever moderates there sees most
EVERYBODY = (None, "Cas", "Amina", SILENT, "second", "colleague", "reviewer", "reader", "editor", "admin")
# What differs at each request by chance, and is no word of the forum.
CHANCE = re.compile(
    r'name="csrf_token" value="[^"]*"|[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|[\w.-]{60,}|={15}\d+=='
)
# Who was here when, and until the closing the answer itself, which its author alone is shown.
ACCESS, ANSWERS = {"sign_in"}, ("answer", "answered_at", "own_words")
NAMES = {
    "second": "Sien", "colleague": "Koen", "reviewer": "Wout", "reader": "Rik", "editor": "Els", "admin": "Bas",
}  # fmt: skip
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Base:
    """A network in which the authors are being asked, in a database that is copied for each world."""

    url: str
    folder: Path
    lesson_id: int
    opened: Any  # moments of the round
    requests: dict[str, int]

    def world(self, name: str) -> Flask:
        """The forum on a copy of its own."""
        folder = self.folder / name
        folder.mkdir()
        settings = settings_for(copied_database(self.url, folder), folder)
        app = create_app(
            settings | {"SECRET_KEY": "the same in both", "SMTP_URL": f"mailbox:{folder / 'mail'}"}
        )
        app.before_request_funcs.setdefault(None, []).insert(0, forget_the_request_before)
        app.extensions["lots"] = Random(1)
        return app


@dataclass
class Moments:
    """When a round reminds and closes."""

    remind_at: datetime
    closes_at: datetime


@dataclass
class Moment:
    """When everything is compared, for whom, what somebody else does just before.

    `wide` looks at every number of a thing, not at the author's alone; `every` also tries every address.
    """

    at: datetime
    people: tuple[str | None, ...] = ()
    act: Callable[[Flask, Base], None] | None = None
    wide: bool = False
    every: bool = False


@pytest.fixture(autouse=True)
def disk_of_one_size(monkeypatch):
    """The room on the disk, which other programs take and give back, stands on a page for administrators."""
    monkeypatch.setattr(disks, "room", lambda folder: disks.Room(10**10, 10**11, is_read_only=False))


@pytest.fixture
def base(live_app, tmp_path):
    with live_app.app_context(), clock.at(BEGUN):
        scenario = build()
        make_member("Els", network_role=NetworkRole.EDITOR)
        make_member("Bas", network_role=NetworkRole.ADMIN)
        opened = scenario.ask()
        scenario.say("Amina", "function")
        db.session.commit()
        work()
        found = Base(
            live_app.config["SQLALCHEMY_DATABASE_URI"],
            tmp_path,
            scenario.lesson.id,
            Moments(opened.remind_at, opened.closes_at),
            {name: scenario.request(name).id for name in scenario.authors},
        )
        db.session.remove()
        db.engine.dispose()
    return found


def work() -> None:
    """What the worker does in a minute."""
    calendar.look_at_consents()
    calendar.open_digests()
    while event_processing.process_due():
        pass
    Sender(Lane.NOTICE, "worker").send_due()


def begun(base: Base, name: str, *, refuses: bool) -> Flask:
    """A world in which the author has looked at the question, and refused or not."""
    app = base.world(name)
    with app.app_context(), clock.at(BEGUN + DAY):
        browser = app.test_client()
        sign_in(browser, member(AUTHOR))
        address = f"/consents/{base.requests[AUTHOR]}"
        assert browser.get(address).status_code == 200
        if refuses:
            assert submit(browser, address, {"answer": "no"}).status_code == 303
        db.session.remove()
    return app


def lived(app: Flask, base: Base, moment: Moment) -> dict[tuple[Any, ...], Any]:
    """Everything that others can see in one world at the moment."""
    with app.app_context(), clock.at(moment.at), pytest.MonkeyPatch.context() as patch:
        # ids that are drawn by lot: the same lots in both worlds
        patch.setattr("forum.infra.rows.secrets", app.extensions["lots"])
        if moment.act is not None:
            moment.act(app, base)
        work()
        seen = dict(everything(app, base, moment))
        db.session.remove()
    return seen


def member(name: str) -> Member:
    return db.session.scalars(select(Member).where(Member.name == NAMES.get(name, name))).one()


def everything(app: Flask, base: Base, moment: Moment) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Pages, rows and mails, each by where it is."""
    for person in moment.people:
        browser = app.test_client()
        if person is not None:
            sign_in(browser, member(person))
        for address in addresses(app, base, moment):
            answer = browser.get(address, headers={"Accept-Language": "en"})
            kept = [pair for pair in answer.headers if pair[0] not in {"Set-Cookie", "X-Request-Id"}]
            body = CHANCE.sub("", answer.get_data(as_text=True))
            yield (person, address), (answer.status_code, CHANCE.sub("", str(kept)), body)
    for table in db.metadata.sorted_tables:
        if table.name not in ACCESS:
            yield ("rows", table.name), rows_of(table)
    for path in sorted(Path(app.config["INSTANCE"], "mail").glob("*")):
        yield ("mail", path.name), CHANCE.sub("", path.read_text())


def rows_of(table: Any) -> list[dict[str, Any]]:
    rows = [dict(row) for row in db.session.execute(select(table).order_by(*table.primary_key)).mappings()]
    if table.name == ConsentRequest.__tablename__ and db.session.scalar(
        select(ConsentRound.id).where(ConsentRound.closed_at.is_(None))
    ):
        rows = [{name: value for name, value in row.items() if name not in ANSWERS} for row in rows]
    return rows


def addresses(app: Flask, base: Base, moment: Moment) -> list[str]:
    """The addresses of the leak walk, filled with what there is here; in short, with what concerns the author."""
    author = member(AUTHOR)
    bait = {name: [1] for name in walk.BAIT} | {
        "slug": db.session.scalars(select(Space.slug).order_by(Space.id)).all(),
        "thread_id": db.session.scalars(select(Thread.id)).all(),
        "lesson_id": [base.lesson_id],
        "post_id": [3, 1, 2, 4],  # the author's, and the others
        "request_id": [base.requests[AUTHOR], *(base.requests[name] for name in ("Amina", SILENT))],
        "claim_id": [2, 1, 3],
        "public_id": ["les-2026-001"],
        "number": ["1.0"],
        "handle": list(dict.fromkeys([author.handle, *db.session.scalars(select(Member.handle)).all()[:4]])),
        "member_id": [author.id],
        "axis": [Axis.SOLIDARITY],
        "kind": ["lessons", "threads", "spaces"],
        "token": ["no"], "name": ["1.eml"], "filename": ["css/tokens.css"],
    }  # fmt: skip
    found = []
    with app.test_request_context():
        adapter = app.url_map.bind("forum.test")
        for rule in walk._pages(app):
            filled: list[dict[str, object]] = [{}]
            for argument in sorted(rule.arguments):
                values = bait[argument] if moment.wide else bait[argument][:1]
                filled = [{**one, argument: value} for one in filled for value in values]
            found += [adapter.build(rule.endpoint, values, method="GET") for values in filled]
    found.remove("/metrics")  # it counts requests, as the access log does
    return [path + query for path in found for query in ("", *(walk.QUERIES if moment.every else ()))]


def differences(one: dict, other: dict) -> list[Any]:
    """Where two worlds differ."""
    return [where for where in sorted({*one, *other}, key=str) if one.get(where) != other.get(where)]


def compared(base: Base, moments: list[Moment]) -> list[Any]:
    """Where the two worlds differ: they are lived side by side, since all their pages together fill a memory."""
    worlds = [begun(base, name, refuses=name == "refusal") for name in ("refusal", "silence")]
    found, seen = [], 0
    for moment in moments:
        refusal, silence = (lived(app, base, moment) for app in worlds)
        seen += len(refusal)
        found += [(moment.at, *where) for where in differences(refusal, silence)]
    for app in worlds:
        with app.app_context():
            db.engine.dispose()
    assert seen > 30
    return found


def takes_back(app: Flask, base: Base) -> None:
    """The curator withdraws the question."""
    cas = app.test_client()
    sign_in(cas, member("Cas"))
    path = f"/workbench/{base.lesson_id}/permission"
    assert submit(cas, path, {"_method": "DELETE"}).status_code == 303


def proposes(app: Flask, base: Base) -> None:
    """Another author proposes other words."""
    amina = app.test_client()
    sign_in(amina, member("Amina"))
    answer = {"answer": "other_words", "own_words": "We rang all eleven."}
    assert submit(amina, f"/consents/{base.requests['Amina']}", answer).status_code == 303


def takes(app: Flask, base: Base) -> None:
    """The curator takes them after the closing."""
    cas = app.test_client()
    sign_in(cas, member("Cas"))
    path = f"/workbench/{base.lesson_id}/permission/{base.requests['Amina']}"
    assert submit(cas, path, {}).status_code == 303


def asks_anew(app: Flask, base: Base) -> None:
    """After the closing the curator quotes what went once more, and asks its authors anew."""
    cas, lesson = actor(member("Cas")), db.session.get_one(Lesson, base.lesson_id)
    for claim in db.session.scalars(select(Claim).where(Claim.version_id == lesson.working_id)).all():
        name = next(name for name, text in CLAIMS.items() if text == claim.text)
        if name in (AUTHOR, SILENT):
            post = db.session.scalars(select(Post).where(Post.author_id == member(name).id)).one()
            claims.quote(cas, claim.id, post_id=post.id, words=QUOTED[name], stance="supports")
    rounds.open_round(cas, lesson.id, Audience.NETWORK)
    db.session.commit()


@on_one_database
def test_a_refusal_cannot_be_told_from_silence(base):
    """When the round reminds and when it closes; the next test looks at it while it is open."""
    moments = [
        Moment(base.opened.remind_at + HOUR, KEEN),
        Moment(base.opened.closes_at + HOUR, FEW),
    ]
    assert compared(base, moments) == []


@on_one_database
def test_nor_once_the_question_is_taken_back(base):
    assert compared(base, [Moment(BEGUN + 2 * DAY, KEEN, takes_back)]) == []


def around(base: Base, person: str | None) -> list[Moment]:
    """Each day until a day after the closing, and each hour around the reminder and the closing."""
    remind, close = base.opened.remind_at, base.opened.closes_at
    daily = [BEGUN + number * DAY for number in range(2, 16)]
    hourly = [at + number * HOUR for at in (remind, close) for number in range(-3, 4)]
    every = {BEGUN + 2 * DAY, remind, close, close + DAY}
    return [
        Moment(at, (person,), wide=True, every=at in every)
        for at in sorted({*daily, *hourly, BEGUN + 2 * DAY, close + DAY})
    ]


def moments_of(base: Base, story: str) -> list[Moment]:
    """When a story is looked at by everybody, and what others do in it."""

    def moment(at: datetime, act: Callable[[Flask, Base], None] | None = None) -> Moment:
        return Moment(at, EVERYBODY, act, wide=True, every=act in (takes_back, takes, asks_anew))

    begin, closed = BEGUN + 2 * DAY, base.opened.closes_at + HOUR
    return {
        "taken back": [moment(begin, takes_back), moment(begin + DAY), moment(begin + 15 * DAY)],
        "other words": [moment(begin, proposes), moment(closed), moment(closed + HOUR, takes)],
        "asked anew": [moment(closed), moment(closed + HOUR, asks_anew), moment(closed + 20 * DAY)],
    }[story]


@pytest.mark.proof
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("story", ["taken back", "other words", "asked anew"])
def test_nor_at_any_hour_for_anybody(base, story):
    assert compared(base, moments_of(base, story)) == []


@pytest.mark.proof
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("person", EVERYBODY)
def test_nor_at_any_hour_until_the_closing(base, person):
    """Each person in worlds of their own: so many pages at so many hours are too many for one test."""
    assert compared(base, around(base, person)) == []


def _tells_when(found: Any, *, at: datetime) -> None:
    """Planted: the row of a refusal has the moment at which it was given."""
    refused = [one.id for one in found.requests if one.answer == "no"]
    CLOSE(found, at=at)
    for row in db.session.scalars(select(Consent).where(Consent.agreed.is_(False))):
        asked = db.session.get_one(ConsentRequest, refused[0]) if refused else None
        row.answered_at = at - HOUR if asked is not None and asked.post_id == row.post_id else at


def _keeps(round_id: int, *, closed_at: datetime) -> None:
    """Planted: what was refused stays in its row."""


def _only_silent(round_id: int) -> list[int]:
    """Planted: whoever refused gets no reminder."""
    rows = db.session.scalars(select(ConsentRequest).where(ConsentRequest.round_id == round_id))
    return sorted({row.author_id for row in rows if row.answer is None})


CLOSE: Callable[..., None] = closing.close


@on_one_database
@pytest.mark.parametrize("planted", ["moment", "row", "reminder"])
def test_a_planted_leak_is_found(base, monkeypatch, planted):
    where, name, leak = {
        "moment": (closing, "close", _tells_when),
        "row": (store, "forget_refusals", _keeps),
        "reminder": (letters, "without_yes", _only_silent),
    }[planted]
    monkeypatch.setattr(where, name, leak)
    moments = [base.opened.remind_at + HOUR, base.opened.closes_at + HOUR]
    assert compared(base, [Moment(at) for at in moments]) != []
