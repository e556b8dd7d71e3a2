"""Forms that another site makes a member's browser send: refused, and nothing of them is offered to be sent again."""

import pytest

from tests.factories import join, make_member, make_space, make_thread, sign_in

WORDS = "gevaarlijkmerk"
ELSEWHERE = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://forum.test.evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://sub.localhost"},
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
