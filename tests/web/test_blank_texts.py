"""A text of which nothing shows is no text: neither a story, nor its title, nor an answer."""

import pytest
from sqlalchemy import select

from forum.infra.db import db
from forum.models.threads import Post
from tests.factories import STORY, make_thread, sign_in, submit

BLANK = {
    "zero width": "\u200b",
    "joiners": "\u2060\u200d",
    "soft hyphen": "\u00ad",
    "filler": "\u3164",
    "braille": "\u2800",
    "spaces": " \u00a0\u3000\t\r\n",
    "marks of nothing": "***\r\n\r\n> \u200b",
}


@pytest.mark.parametrize("blank", BLANK.values(), ids=BLANK)
def test_w8_what_shows_nothing_is_no_story_no_title_and_no_answer(client, gent, leen, blank):
    thread = make_thread(gent, leen)
    sign_in(client, leen)

    def sent(address, **fields):
        return submit(client, address, fields).status_code

    stories, replies = f"/spaces/{gent.slug}/threads", f"/threads/{thread.id}/replies"
    assert sent(stories, **STORY | {"body": blank}) == 422
    if blank != BLANK["marks of nothing"]:
        assert sent(stories, **STORY | {"title": blank}) == 422
    assert sent(stories, **STORY) == 303
    assert sent(replies, body=blank) == 422
    assert sent(replies, body=f"{blank}Ja{blank}") == 303


@pytest.mark.parametrize("name", ["zero width", "spaces", "marks of nothing"])
def test_a_blank_title_and_a_blank_text_are_told_in_one_answer(client, gent, leen, name):
    sign_in(client, leen)
    thread = make_thread(gent, leen)
    change = f"/posts/{db.session.scalar(select(Post.id))}/revisions"
    for address, other in (
        (f"/spaces/{gent.slug}/threads", {**STORY, "title": " "}),
        (f"/spaces/{gent.slug}/threads", {**STORY, "axis": ""}),
        (f"/threads/{thread.id}/replies", {"kind": "nonsense"}),
        (change, {"title": " ", "seen_revision": 1}),
    ):
        both, one = (
            submit(client, address, {**other, "body": body}) for body in (BLANK[name], "It went well.")
        )
        assert (both.status_code, one.status_code) == (422, 422)
        assert "Write something first." in both.text
        assert "Write something first." not in one.text
        assert "2 things still need" in both.text
