"""Forms that another site makes a member's browser send: refused, and nothing of them is offered to be sent again."""

import json

import pytest
from sqlalchemy import func, select

from forum.infra.db import db
from forum.models.threads import Post
from tests.factories import csrf_for, join, make_member, make_space, make_thread, sign_in

WORDS = "gevaarlijkmerk"
ELSEWHERE = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://forum.test.evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://sub.localhost"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    {"Origin": "http://localhost:8080"},
    {"Origin": "ftp://localhost"},
    {"Origin": "http://[nonsense"},
    {"Referer": "https://evil.example/http://localhost/"},
    {"Referer": "nonsense"},
)
OURS = (
    {},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost"},
    {"Origin": "http://localhost:80", "Referer": "https://elsewhere.example/"},
    {"Origin": "http://forum.test"},  # BASE_URL, where a proxy tells us another host
    {"Referer": "http://localhost/threads/1"},
)


@pytest.fixture
def talk(session):
    space = make_space("Gent", city="gent")
    noor = make_member("Noor", space=space)
    return make_thread(space, noor), noor


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_what_another_site_sent_is_not_kept_for_one_click(client, talk, headers):
    thread, _noor = talk
    answer = client.post(f"/threads/{thread.id}/replies", data={"body": WORDS}, headers=headers)
    assert answer.status_code == 403
    assert WORDS not in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers  # a fresh session here would sign her out


def posts():
    return db.session.scalar(select(func.count(Post.id)))


@pytest.mark.parametrize(("headers", "status"), [
    *((headers, 403) for headers in ELSEWHERE), *((headers, 303) for headers in OURS),
], ids=str)  # fmt: skip
def test_a_write_needs_a_fitting_origin_beside_its_token(client, talk, headers, status):
    thread, noor = talk
    sign_in(client, noor)
    form = {"body": WORDS, "csrf_token": csrf_for(client)}
    before = posts()
    answer = client.post(f"/threads/{thread.id}/replies", data=form, headers=headers)
    assert answer.status_code == status
    assert posts() == before + (status == 303)
    assert status == 303 or "Set-Cookie" not in answer.headers, "her own session stays as it was"


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=b", "application/json"])
def test_whatever_the_kind_of_body_another_site_sends_nothing_is_done_with_it(client, talk, kind):
    thread, noor = talk
    sign_in(client, noor)
    token = csrf_for(client)
    part = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    body = {
        "text/plain": f"body={WORDS}&csrf_token={token}",
        "application/json": json.dumps({"body": WORDS, "csrf_token": token}),
    }.get(kind, part.format("body", WORDS) + part.format("csrf_token", token) + "--b--\r\n")
    before = posts()
    headers = {"Origin": "https://evil.example", "X-CSRFToken": token, "Content-Type": kind}
    answer = client.post(f"/threads/{thread.id}/replies", data=body, headers=headers)
    assert answer.status_code == 403
    assert "Another site sent this form." in answer.get_data(as_text=True)
    assert posts() == before
    if kind.startswith("multipart"):
        headers["Origin"] = "http://localhost"
        assert client.post(f"/threads/{thread.id}/replies", data=body, headers=headers).status_code == 303


def test_a_browser_that_hides_the_referer_writes_behind_a_proxy_with_tls(app, client, talk, monkeypatch):
    monkeypatch.setitem(app.config, "BASE_URL", "https://forum.example")
    thread, noor = talk
    sign_in(client, noor)
    form = {"body": WORDS, "csrf_token": csrf_for(client)}
    where = {"base_url": "https://forum.example:443/", "headers": {"Origin": "https://forum.example"}}
    cookie = client.get_cookie("leerkring")
    client.set_cookie("leerkring", cookie.value, domain="forum.example")
    assert client.post(f"/threads/{thread.id}/replies", data=form, **where).status_code == 303
    where["headers"] = {"Origin": "http://forum.example"}
    form["body"] = "Without TLS anybody can pretend to be this site."
    assert client.post(f"/threads/{thread.id}/replies", data=form, **where).status_code == 403


def test_no_route_writes_for_another_site(app):
    """Only the link of a letter counts from wherever it is sent; its token is signed."""
    marked = {name for name, view in app.view_functions.items() if getattr(view, "by_link_alone", False)}
    assert marked == {"unsubscribe.stop"}


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}], ids=str
)
def test_what_she_wrote_here_is_kept(client, talk, headers):
    thread, noor = talk
    sign_in(client, noor)
    answer = client.post(f"/threads/{thread.id}/replies", data={"body": WORDS}, headers=headers)
    assert answer.status_code == 403
    assert WORDS in answer.get_data(as_text=True)


def test_a_member_is_still_signed_in_afterwards(client, talk):
    thread, noor = talk
    join(noor, make_space("Aalst", city="aalst"))
    sign_in(client, noor)
    client.post(f"/threads/{thread.id}/replies", data={"body": WORDS}, headers=ELSEWHERE[0])
    assert client.get("/settings/profile").status_code == 200
