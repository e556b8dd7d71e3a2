"""One post, two devices of its author: whoever comes second gets both texts, and no word is lost on the way.

Each round draws which of the two opens the form, writes on, or sends what they have; who is refused puts both texts
together, as the page asks, and sends that. What was never answered with a good answer is still in their form.
"""

import os
import random
import re
from html import unescape

import pytest

from forum.domain.threads import post_store
from forum.infra import rates
from forum.infra.db import db
from forum.models.threads import Post, PostRevision, Thread
from tests.factories import make_post, make_thread, sign_in, submit

pytestmark = pytest.mark.both_databases
TEXTAREA = re.compile(r"<textarea[^>]*>\s?(.*?)</textarea>", re.DOTALL)
SEEN = re.compile(r'name="seen_revision" type="hidden" value="(\d+)"')
STEPS = 10


class Device:
    """A browser with the form of one post in it."""

    def __init__(self, client, post_id, name):
        self.client, self.address, self.name = client, f"/posts/{post_id}/revisions", name
        self.body, self.seen, self.typed = None, None, 0

    def open(self):
        page = self.client.get(f"{self.address}/new").text
        (self.body, *_rest), self.seen = map(unescape, TEXTAREA.findall(page)), SEEN.search(page)[1]

    def write(self):
        self.typed += 1
        self.body = f"{self.body.strip()} {self.name}{self.typed}"

    def send(self):
        """Return whether it was accepted; else the form holds both texts afterwards, as its user puts them together."""
        answer = submit(self.client, self.address, {"body": self.body, "seen_revision": self.seen})
        if answer.status_code == 303:
            self.body = None
            return True
        assert answer.status_code == 409
        mine, theirs = map(unescape, TEXTAREA.findall(answer.text))
        assert mine.strip() == self.body.strip(), "what was typed is in the form, to the letter"
        missing = [word for word in mine.split() if word not in theirs.split()]
        self.body, self.seen = " ".join([theirs.strip(), *missing]), SEEN.search(answer.text)[1]
        return False


def interleave(devices, draw):
    """A number of steps of two devices, in an order that is drawn; at the end both send until they are accepted."""
    refused = 0
    for _step in range(STEPS):
        device = draw.choice(devices)
        if device.body is None:
            device.open()
        elif draw.random() < 0.5:
            device.write()
        else:
            refused += not device.send()
    for device in devices:
        while device.body is not None:
            refused += not device.send()
    return refused


def write_at_once(app, post, rounds, draw, monkeypatch):
    """Run so many interleavings, each on a post of its own; return how often somebody was refused."""
    monkeypatch.setattr(
        rates, "spend", lambda *_args, **_named: None
    )  # a limit would refuse what this is not about
    thread, author = db.session.get_one(Thread, post.thread_id), post.author
    refused = 0
    for number in range(rounds):
        post = make_post(thread, author, "It began so.")
        db.session.commit()
        devices = [Device(app.test_client(), post.id, f"{name}{number}x") for name in "ab"]
        for device in devices:
            sign_in(device.client, author)
        refused += interleave(devices, draw)
        said = words_of(post)
        for device in devices:
            assert {f"{device.name}{at}" for at in range(1, device.typed + 1)} <= said, f"round {number}"
    return refused


def words_of(post):
    """The words of a post as it stands now, and that nothing is missing from its history."""
    db.session.expire_all()
    current = db.session.get_one(Post, post.id)
    numbers = db.session.scalars(
        db.select(PostRevision.number).where(PostRevision.post_id == post.id).order_by(PostRevision.number)
    ).all()
    assert list(numbers) == list(range(1, current.revision + 1))
    return set(post_store.latest_revision(current).body.split())


@pytest.fixture
def post(gent, leen):
    made = make_post(make_thread(gent, leen), leen, "It began so.")
    made.author = leen
    db.session.commit()
    return made


def test_two_devices_lose_no_words(app, post, monkeypatch):
    assert write_at_once(app, post, 20, random.Random(11), monkeypatch) > 5


@pytest.mark.proof
@pytest.mark.timeout(900)
def test_a_thousand_interleavings_of_two_devices_lose_no_words(app, post, monkeypatch):
    seed = int(os.environ.get("PROOF_SEED", "11"))
    assert write_at_once(app, post, 1_000, random.Random(seed), monkeypatch) > 250, f"PROOF_SEED={seed}"
