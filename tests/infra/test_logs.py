"""The log says which page, how it went and what it cost, and nothing about anybody."""

import json
import logging

import pytest
from flask import abort
from sqlalchemy import text as sql

from forum.infra import logs
from forum.infra.db import db


@pytest.fixture
def pages(house, caplog):
    """A house whose request lines are caught."""
    house.config["PROPAGATE_EXCEPTIONS"] = False
    house.add_url_rule(
        "/people/<name>/<int:number>", "person", lambda name, number: "x", methods=["GET", "POST"]
    )
    house.add_url_rule("/broken", "broken", lambda: 1 / 0)
    house.add_url_rule("/closed", "closed", lambda: abort(403))
    caplog.set_level(logging.INFO, "leerkring.requests")
    return house


def lines(caplog) -> list[dict]:
    """The request lines, each of which must be one line of JSON."""
    said = [record.getMessage() for record in caplog.records if record.name == "leerkring.requests"]
    assert all("\n" not in line and "\r" not in line for line in said)
    return [json.loads(line) for line in said]


def test_a_request_is_one_line(pages, caplog):
    answer = pages.test_client().get("/people/ann@x.example/7?secret=word", headers={"User-Agent": "Spy"})
    (line,) = lines(caplog)
    assert set(line) == {"at", "id", "method", "route", "status", "ms", "queries"}
    assert line["route"] == "/people/<name>/<int:number>"
    assert (line["method"], line["status"], line["queries"]) == ("GET", 200, 0)
    assert line["id"] == answer.headers["X-Request-ID"]
    assert line["ms"] >= 0


def test_nothing_of_a_person_is_kept(pages, caplog):
    pages.test_client().post(
        "/people/ann@x.example/7?secret=word",
        data={"body": "private words"},
        headers={"Referer": "https://x.example/ref", "X-Forwarded-For": "203.0.113.9", "Cookie": "a=crumbs"},
    )
    said = json.dumps(lines(caplog))
    for personal in ("ann", "secret", "word", "private", "ref", "203.0.113.9", "127.0.0.1", "crumbs"):
        assert personal not in said


@pytest.mark.parametrize(
    ("path", "status", "route"),
    [("/broken", 500, "/broken"), ("/closed", 403, "/closed"), ("/no", 404, None)],
)
def test_what_goes_wrong_is_a_line_too(pages, caplog, path, status, route):
    pages.test_client().get(path)
    (line,) = lines(caplog)
    assert (line["status"], line["route"]) == (status, route)


def test_the_number_is_ours_and_no_line_can_be_forged(pages, caplog):
    client = pages.test_client()
    first = client.get("/no\n{}%0A%0D", headers={"X-Request-ID": "forged"}).headers["X-Request-ID"]
    second = client.open("/no", method="FORGED").headers["X-Request-ID"]
    assert "forged" not in {first, second}
    assert first != second
    assert [line["method"] for line in lines(caplog)] == ["GET", "other"]


def test_queries_are_counted(session, app, caplog):
    caplog.set_level(logging.INFO, "leerkring.requests")
    with logs.count_queries() as seen:
        db.session.execute(sql("select 1"))
        with db.session.begin_nested():
            db.session.execute(sql("select 2"))
    assert seen.count == 2
    assert seen.statements == ["select 1", "select 2"]
    db.session.execute(sql("select 3"))
    assert seen.count == 2


def record(error: Exception | None = None, message: str = "a\nb", *words: object) -> logging.LogRecord:
    """A record as the logging module makes it."""
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("forum.jobs", logging.ERROR, "x.py", 1, message, words, info)


def test_other_lines_are_one_line_of_json():
    line = logs.JsonLines().format(record(None, "%s left", "a\r\n{}"))
    assert "\n" not in line
    assert json.loads(line)["message"] == "a\r\n{} left"
    assert json.loads(line)["level"] == "error"


def test_an_error_tells_where_and_not_what_somebody_wrote():
    try:
        raise ValueError("private words")
    except ValueError as error:
        line = logs.JsonLines().format(record(error))
    told = json.loads(line)
    assert told["error"] == "ValueError"
    assert "test_logs.py" in told["where"][-1]
    assert "private" not in line


def test_a_line_within_a_request_carries_its_number(pages):
    with pages.test_request_context():
        pages.preprocess_request()
        told = json.loads(logs.JsonLines().format(record()))
    assert len(told["id"]) == 32


@pytest.mark.parametrize("message", [
    '127.0.0.1 - - "GET /lessons?tag=zwangerschap&next=/x HTTP/1.1" 200', "went to /accounts/sign-in?zwangerschap",
    "Exception on http://forum.test/lessons?tag=zwangerschap [GET]",
])  # fmt: skip
@pytest.mark.parametrize(
    "lines_of", [logs.JsonLines(), logs.PlainLines("%(levelname)s %(message)s")], ids=["json", "plain"]
)
def test_no_query_of_an_address_is_logged(lines_of, message):
    record = logging.LogRecord("werkzeug", logging.INFO, "x.py", 1, message, None, None)
    line = lines_of.format(record)
    assert "zwangerschap" not in line
    assert "/" in line
    assert "Why? Because" in lines_of.format(
        logging.LogRecord("a", 20, "x.py", 1, "Why? Because", None, None)
    )


def test_no_query_is_logged_of_a_page_that_breaks(pages, caplog):
    """Neither in our line nor in that of the error, nor in what is known of it."""
    with caplog.at_level(logging.DEBUG):
        pages.test_client().get("/broken?tag=zwangerschap")
    assert caplog.records
    for record in caplog.records:
        for lines_of in (logs.JsonLines(), logs.PlainLines("%(message)s")):
            assert "zwangerschap" not in lines_of.format(record)
