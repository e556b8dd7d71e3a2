"""The database fails, really: every page says so in the reader's language, with the words that were sent."""

import re
import time
import uuid
from contextlib import contextmanager
from html import unescape

import pytest
from flask_migrate import upgrade
from sqlalchemy import event, func, select

from forum import create_app
from forum.infra.db import db
from forum.models.threads import Post
from tests.conftest import POSTGRES, settings_for
from tests.factories import csrf_for, make_member, make_space, make_thread, sign_in
from tests.live import faults
from tests.postgres import NOT_DURABLE, PostgresServer

pytestmark = pytest.mark.live
WORDS = "\n".join(["Wat ik <zonet> & lang heb getypt."] * 300)  # more than fits on the pages that are there
PATHS = ["/", "/spaces", "/lessons", "/threads/1-gone", "/no-such-page", "/readyz"]


class Ground:
    """Somebody who reads Dutch, with a browser that asks for English, in a thread."""

    def __init__(self, app) -> None:
        self.app, self.browser = app, app.test_client()
        app.extensions["turns"].seconds = 0.4  # nobody here has the patience of real people
        app.config["PROPAGATE_EXCEPTIONS"] = False  # as in use
        with app.app_context():
            space = make_space("Gent")
            member = make_member("Noor", space=space, locale="nl", theme="dark")
            thread = make_thread(space, member)
            db.session.commit()
            sign_in(self.browser, member)
            self.engine, self.path = db.engine, f"/threads/{thread.id}/replies"
            self.page = f"/threads/{thread.id}-{thread.slug}"
            db.session.remove()
        assert self.browser.get(self.page).status_code == 200
        self.token = csrf_for(self.browser)

    def reply(self, **options):
        fields = {
            "body": WORDS,
            "csrf_token": self.token,
            "kind": "experience",
            "idempotency_key": str(uuid.uuid4()),
        }
        return self.browser.post(self.path, data=fields, headers={"Accept-Language": "en"}, **options)

    def replies(self) -> int:
        with self.app.app_context():
            return db.session.scalar(select(func.count(Post.id))) - 1


@pytest.fixture
def ground(live_app):
    return Ground(live_app)


def form_of(page: str) -> dict[str, str]:
    """The fields of the form on a page, as a browser reads them."""
    form = re.search(r"<form.*?</form>", page, re.S)
    assert form, page
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0])
    typed = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form[0], re.S)
    return {name: unescape(value) for name, value in [*hidden, *typed]}


def says(answer) -> None:
    """It is our page: in Dutch, dark, with the words and a way to send them again."""
    assert answer.status_code == 503, answer.text[:300]
    assert int(answer.headers["Retry-After"]) > 0
    assert 'lang="nl-BE" data-theme="dark"' in answer.text
    fields = form_of(answer.text)
    assert fields["body"].replace("\r\n", "\n") == WORDS
    assert "Verstuur het opnieuw" in answer.text


@contextmanager
def commit_that_is_cut(engine):
    """The connection goes while the commit is under way."""

    def cut(_connection) -> None:
        faults.cut(engine)

    event.listen(engine, "commit", cut)
    try:
        yield
    finally:
        event.remove(engine, "commit", cut)


FAULTS = [faults.locked, faults.full, faults.only_readable]
if POSTGRES:
    FAULTS += [faults.deadlocked, commit_that_is_cut]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_reply_is_refused_with_its_words_and_can_be_sent_again(ground, fault):
    with fault(ground.engine):
        began = time.monotonic()
        refused = ground.reply()
        assert time.monotonic() - began < 5
        assert ground.browser.get(ground.page).status_code == 200
        assert ground.browser.get("/healthz").status_code == 200
        for_script = ground.browser.post(
            ground.path, data=form_of(refused.text), headers={"Accept": "application/json"}
        )
    says(refused)
    assert ("niets nieuws bewaren" in refused.text) == (fault in {faults.full, faults.only_readable})
    assert for_script.status_code == 503
    assert for_script.json["message"] in refused.text
    assert ground.replies() == 0
    again = ground.browser.post(ground.path, data=form_of(refused.text))
    assert again.status_code == 303
    assert ground.replies() == 1


def test_a_form_of_another_site_is_not_offered_to_be_sent(ground):
    with faults.locked(ground.engine):
        headers = {"Sec-Fetch-Site": "cross-site"}
        refused = ground.browser.post(
            ground.path, data={"body": WORDS, "csrf_token": ground.token}, headers=headers
        )
    assert refused.status_code >= 400
    assert 'name="body"' not in refused.text


@pytest.fixture
def server(tmp_path):
    """A PostgreSQL of this test alone, which may be stopped."""
    made = PostgresServer(NOT_DURABLE)
    yield made
    made.stop()


@pytest.fixture
def elsewhere(server, tmp_path):
    """The same ground on that server."""
    app = create_app(settings_for(server.url, tmp_path))
    with app.app_context():
        upgrade()
    yield Ground(app)
    with app.app_context():
        db.engine.dispose()


if POSTGRES:

    def test_a_server_that_stops_is_asked_once_and_the_first_request_after_it_starts_is_served(
        server, elsewhere
    ):
        ground, tried = elsewhere, []
        event.listen(ground.engine, "do_connect", lambda *_rest: tried.append(1) and None)
        server.stop()
        refused = ground.reply()
        says(refused)
        assert len(tried) == 1
        for path in PATHS:
            away = ground.browser.get(path, headers={"Accept-Language": "en"})
            assert away.status_code == 503
            assert path == "/readyz" or 'lang="nl-BE" data-theme="dark"' in away.text
        assert ground.browser.get("/healthz?lang=en").status_code == 200
        server.start()
        assert ground.browser.post(ground.path, data=form_of(refused.text)).status_code == 303
        assert ground.replies() == 1

    @pytest.mark.parametrize("path", PATHS)
    def test_connections_that_a_restart_cut_are_made_anew(ground, path):
        before = ground.browser.get(path)
        faults.cut(ground.engine)
        assert ground.browser.get(path).status_code == before.status_code
        faults.cut(ground.engine)
        assert ground.reply().status_code == 303
