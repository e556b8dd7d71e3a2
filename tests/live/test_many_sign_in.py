"""Many who sign in at one moment: each gets in, a few passwords are hashed at a time, and who reads is not stopped."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event

from forum.domain.people import accounts
from forum.infra import passwords, turns
from forum.infra.db import db
from tests.factories import GOOD, csrf_for

pytestmark = pytest.mark.live


@pytest.fixture
def people(live_app):
    """As many accounts, each with a browser that stands before the sign-in page."""

    def make(number):
        with live_app.app_context():
            hashed = passwords.hash_password(GOOD)
            for one in range(number):
                accounts.create(
                    email=f"p{one}@city.test",
                    name=f"P {one}",
                    password_hash=hashed,
                    confirmed=True,
                    approved=True,
                )
            db.session.commit()
            db.session.remove()
        browsers = [live_app.test_client() for _one in range(number)]
        return [(browser, f"p{one}@city.test", csrf_for(browser)) for one, browser in enumerate(browsers)]

    return make


def sign_in_at_once(people, password=GOOD):
    def one(person):
        browser, email, token = person
        fields = {"email": email, "password": password, "csrf_token": token}
        return browser.post("/accounts/sign-in", data=fields).status_code

    with ThreadPoolExecutor(len(people)) as crowd:
        return list(crowd.map(one, people))


@pytest.mark.parametrize("number", [12, pytest.param(60, marks=pytest.mark.proof)])
def test_all_get_in_while_a_few_are_hashed_and_who_reads_is_answered(live_app, people, monkeypatch, number):
    passwords.configure(time_cost=passwords.TIME_COST, memory_cost=passwords.MEMORY_COST)
    monkeypatch.setitem(live_app.config, "RATES_ENABLED", True)
    hashing, most, slowest, done = [0], [0], [0.0], threading.Event()
    genuine = passwords._hasher.verify
    lock = threading.Lock()

    class Watched:
        def verify(self, *args):
            with lock:
                hashing[0] += 1
                most[0] = max(most[0], hashing[0])
            try:
                return genuine(*args)
            finally:
                with lock:
                    hashing[0] -= 1

        def __getattr__(self, name):
            return getattr(hasher, name)

    def read():
        reader = live_app.test_client()
        while not done.wait(0.05):
            began = time.monotonic()
            assert reader.get("/healthz").status_code == 200
            slowest[0] = max(slowest[0], time.monotonic() - began)

    hasher = passwords._hasher
    crowd = people(number)
    monkeypatch.setattr(passwords, "_hasher", Watched())
    with ThreadPoolExecutor(1) as aside:
        reading = aside.submit(read)
        began = time.monotonic()
        answers = sign_in_at_once(crowd)
        took = time.monotonic() - began
        done.set()
        reading.result(30)
    figures = f"{number} in {took:.1f} s, {most[0]} hashed at a time, slowest page {slowest[0]:.2f} s"
    assert answers == [303] * number, figures
    assert most[0] <= passwords.AT_ONCE
    assert slowest[0] < 2, figures


def test_whoever_waits_to_be_hashed_holds_no_connection(live_app, people, monkeypatch):
    held, at_hashing = set(), []
    crowd = people(1)
    with live_app.app_context():
        engine = db.engine
    event.listen(engine, "checkout", lambda *args: held.add(threading.get_ident()))
    event.listen(engine, "checkin", lambda *args: held.discard(threading.get_ident()))
    genuine = passwords._turns.take
    monkeypatch.setattr(
        passwords._turns, "take", lambda: (at_hashing.append(threading.get_ident() in held), genuine())
    )
    assert sign_in_at_once(crowd, "wrong") == [422]
    assert sign_in_at_once(crowd) == [303]
    assert at_hashing == [False, False]


def test_when_too_many_wait_the_next_is_asked_to_come_back(live_app, people, monkeypatch):
    """A flood does not fill every thread: who is too many hears so at once, with the address still there."""
    crowd = people(1)
    monkeypatch.setattr(passwords, "_turns", turns.Turns(0, 0, 0.1))
    browser, email, token = crowd[0]
    answer = browser.post("/accounts/sign-in", data={"email": email, "password": GOOD, "csrf_token": token})
    assert (answer.status_code, email in answer.get_data(as_text=True)) == (503, True)
    assert int(answer.headers["Retry-After"]) > 0
