"""Every answer carries the security headers, whatever went wrong before it was made."""

import pytest
from flask import Response, abort, session

from tests.infra.conftest import make_house

pytestmark = pytest.mark.any_database


@pytest.fixture
def pages(house):
    """A house with pages of every kind."""
    house.config["PROPAGATE_EXCEPTIONS"] = False
    house.add_url_rule("/fine", "fine", lambda: "x", methods=["GET"])
    house.add_url_rule("/broken", "broken", lambda: 1 / 0)
    house.add_url_rule("/closed", "closed", lambda: abort(403))
    house.add_url_rule("/early", "early", lambda: abort(429))
    own = {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        "Cache-Control": "private",
    }
    house.add_url_rule("/own", "own", lambda: Response("x", headers=own))

    @house.route("/sign-in")
    def sign_in() -> str:
        session["_user_id"] = "secret"
        return "x"

    return house


PLACES = [
    ("/fine", "GET", 200),
    ("/fine", "POST", 405),
    ("/fine", "OPTIONS", 200),
    ("/nowhere", "GET", 404),
    ("/closed", "GET", 403),
    ("/early", "GET", 429),
    ("/broken", "GET", 500),
    ("/static/css/tokens.css", "GET", 200),
    ("/static/0123456789abcdef/css/tokens.css", "GET", 200),
    ("/static/none.css", "GET", 404),
    ("/static/css/tokens.css", "POST", 405),
]


@pytest.mark.parametrize(("path", "method", "status"), PLACES)
def test_every_answer_is_guarded(pages, path, method, status):
    answer = pages.test_client().open(path, method=method)
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in answer.headers


def test_production_insists_on_tls(pages):
    pages.config["HSTS"] = True
    seconds = pages.test_client().get("/nowhere").headers["Strict-Transport-Security"]
    assert int(seconds.split("max-age=")[1].split(";")[0]) >= 31_536_000


def test_a_page_may_bring_a_policy_of_its_own(pages):
    answer = pages.test_client().get("/own")
    assert answer.headers.getlist("Content-Security-Policy") == [
        "default-src 'none'; style-src 'unsafe-inline'"
    ]


def test_pages_of_a_signed_in_person_stay_out_of_caches(pages):
    client = pages.test_client()
    assert "no-store" not in client.get("/fine").headers.get("Cache-Control", "")
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"
    assert client.get("/fine").headers["Cache-Control"] == "no-store"
    assert client.get("/nowhere").headers["Cache-Control"] == "no-store"
    assert client.get("/own").headers["Cache-Control"] == "private"
    assert "no-store" not in client.get("/static/css/tokens.css").headers["Cache-Control"]
    assert client.get("/static/none.css").headers["Cache-Control"] == "no-store"


def test_a_page_of_a_visitor_is_shared_by_no_cache(pages):
    answer = pages.test_client().get("/fine")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))
    assert "Accept-Language" not in pages.test_client().get("/static/css/tokens.css").headers["Vary"]


def test_a_house_says_so_in_every_environment():
    assert "Content-Security-Policy" in make_house(HSTS=True).test_client().get("/").headers
