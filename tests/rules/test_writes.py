"""Nothing is written without a token, for another site or from a file, and looking changes nothing: for every route."""

import io

import pytest
from sqlalchemy import func, select

from forum.infra import clock
from forum.infra.db import db
from tests.factories import csrf_for, sign_in
from tests.rules.test_leak_walk import BAIT
from tests.sweeps import few_of, on_one_database, once

# The signed link in a mail is the permission itself; mail clients press that button without a session (RFC 8058).
WITHOUT_TOKEN = {"unsubscribe.stop"}
# What looking may move: how far somebody has read, and when a device was last seen.
MOVED_BY_LOOKING = {"read_mark", "read_ahead", "sign_in", "space_visit"}


@pytest.fixture
def app(salted_app):
    return salted_app


@pytest.fixture
def world(salted, session):
    return salted()


def addresses(app, world, method):
    """One address of every route that takes `method`, with its endpoint."""
    with app.test_request_context():
        adapter = app.url_map.bind("forum.test")
        for rule in app.url_map.iter_rules():
            if method in (rule.methods or ()) and rule.endpoint != "static":
                values = {name: BAIT[name](world)[0] for name in rule.arguments}
                yield rule.endpoint, adapter.build(rule.endpoint, values, method=method)


def everything():
    """How many rows each table has, and a sum over what they hold."""
    found = {}
    for table in db.metadata.sorted_tables:
        if table.name not in MOVED_BY_LOOKING:
            rows = db.session.execute(select(table)).all()
            found[table.name] = (len(rows), hash(tuple(sorted(map(repr, rows)))))
    return found


@on_one_database
def test_no_route_writes_without_a_token(app, world):
    moderator = app.test_client()
    sign_in(moderator, world.moderator)
    csrf_for(moderator)
    before, tried = everything(), 0
    for endpoint, address in addresses(app, world, "POST"):
        if endpoint in WITHOUT_TOKEN:
            continue
        answer = moderator.post(address, data={"body": "x", "title": "x", "reason": "x", "audience": "space"})
        assert 400 <= answer.status_code < 500, f"{address} answered {answer.status_code} without a token"
        wrong = moderator.post(address, data={"body": "x", "csrf_token": "forged"})
        assert 400 <= wrong.status_code < 500, f"{address} answered {wrong.status_code} to a forged token"
        tried += 1
    assert tried > 30
    db.session.expire_all()
    assert everything() == before


@on_one_database
def test_no_route_writes_for_another_site(app, world):
    moderator = app.test_client()
    sign_in(moderator, world.moderator)
    token = csrf_for(moderator)
    before, tried = everything(), 0
    for endpoint, address in addresses(app, world, "POST"):
        if endpoint in WITHOUT_TOKEN:
            continue
        form = {"body": "x", "title": "x", "reason": "x", "audience": "space", "csrf_token": token}
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
            answer = moderator.post(address, data=form, headers=headers)
            assert answer.status_code == 403, f"{address} answered {answer.status_code} to another site"
            assert "Another site sent this form." in answer.get_data(as_text=True)
            tried += 1
    assert tried > 60
    db.session.expire_all()
    assert everything() == before


def multipart(*parts):
    """A body of parts as a program may write them; each the line after `Content-Disposition: form-data`, and a text."""
    lines = "".join(f"--b\r\nContent-Disposition: form-data{line}\r\n\r\n{text}\r\n" for line, text in parts)
    return (lines + "--b--\r\n").encode()


def strange_bodies(token):
    """Bodies in which a file, or nothing that any form of ours sends, stands where a text is expected (S1)."""
    text = (';name="csrf_token"', token)
    file = io.BytesIO
    yield "files", {"csrf_token": token, **{name: (file(b"x"), "a.txt") for name in TEXTS}}, None
    yield "a file beside the text", {"csrf_token": token, "body": ["x", (file(b"x"), "a.txt")]}, None
    yield "a file without a name", {"csrf_token": token, "body": (file(b"x"), "")}, None
    yield "the token as a file", {"csrf_token": (file(token.encode()), "a.txt")}, None
    yield "a value without a name", multipart(text, ("", "x")), "multipart/form-data; boundary=b"
    yield "the end of the names", multipart(text, (";name=", "x")), "multipart/form-data; boundary=b"


TEXTS = (
    "body",
    "title",
    "text",
    "note",
    "reason",
    "message",
    "email",
    "password",
    "name",
    "words",
    "address",
)


@on_one_database
def test_s1_a_file_where_a_text_is_expected_is_refused_by_every_route(app, world):
    moderator = app.test_client()
    sign_in(moderator, world.moderator)
    token = csrf_for(moderator)
    before, tried = everything(), 0
    for _endpoint, address in addresses(app, world, "POST"):
        for what, body, kind in strange_bodies(token):
            answer = moderator.post(address, data=body, content_type=kind or "multipart/form-data")
            assert answer.status_code in {400, 422}, f"{address} answered {answer.status_code} to {what}"
            tried += 1
    assert tried > 300
    db.session.expire_all()
    assert everything() == before


ABSURD = [
    "multipart/form-data", "multipart/form-data; boundary=", f"multipart/form-data; boundary={'a' * 300}",
    "multipart/form-data; boundary=ÿ", "multipart/mixed; boundary=b", "application/json", "text/plain", "", "/",
    "application/x-www-form-urlencoded; charset=utf-99", "application/x-www-form-urlencoded; charset=utf-16",
]  # fmt: skip
FEW = ("multipart/form-data; boundary=", "application/json")


@pytest.mark.parametrize("kind", once(few_of(ABSURD, *FEW)))
def test_a_body_of_an_absurd_kind_breaks_no_route(app, world, kind):
    moderator = app.test_client()
    sign_in(moderator, world.moderator)
    token = csrf_for(moderator)
    for endpoint, address in addresses(app, world, "POST"):
        if endpoint not in {"accounts.sign_out", "settings.sign_out_others"}:
            for body in (b"{", b"body=%ff&title=%00", multipart((';name="body"', "x"))[:-8]):
                headers = {"Content-Type": kind.encode().decode("latin-1"), "X-CSRFToken": token}
                answer = moderator.post(address, data=body, headers=headers)
                assert answer.status_code < 500, f"{address} answered {answer.status_code} to {kind}"


def test_looking_changes_nothing(app, world):
    moderator = app.test_client()
    sign_in(moderator, world.moderator)
    before = everything()
    for _endpoint, address in addresses(app, world, "GET"):
        moderator.get(address)
        moderator.head(address)
    db.session.expire_all()
    assert everything() == before


def test_the_comparison_sees_a_change(app, world):
    before = everything()
    world.thread.locked_at = clock.now()
    db.session.flush()
    assert everything() != before
    assert db.session.scalar(select(func.count()).select_from(db.metadata.tables["thread"]))
