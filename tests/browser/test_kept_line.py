"""On a phone, the line that says what became of the words stands in sight while somebody types."""

import pytest

from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.threads import Post
from tests.browser import places
from tests.browser.writing import ANSWER, KEPT, write

pytestmark = pytest.mark.browser


def box(page, what):
    return page.locator(what).bounding_box()


def test_it_stands_under_the_text_of_a_reply(town, open_page):
    page = open_page("sara", phone=True)
    page.goto(places.thread(town.app))
    page.click(ANSWER)
    page.locator("#answer markdown-toolbar").wait_for()  # fetched when its text is reached
    below = box(page, "#answer .kinds")["y"] - box(page, "#answer .sheet")["y"]
    write(page, "Nog niet af.")
    line = box(page, KEPT)
    sheet, kinds = box(page, "#answer .sheet"), box(page, "#answer .kinds")
    assert sheet["y"] + sheet["height"] < line["y"] < kinds["y"]
    assert line["y"] + line["height"] < box(page, ".tabbar")["y"]
    assert kinds["y"] - sheet["y"] == pytest.approx(below, abs=1)  # it had its place


def test_it_leaves_the_buttons_of_a_change_where_they_are(town, open_page):
    with town.app.app_context():
        query = db.select(Post.id).join(Member, Member.id == Post.author_id)
        post_id = db.session.scalars(query.where(Member.email.startswith("yasmina"))).first()
        db.session.remove()
    page = open_page("yasmina", phone=True)
    page.goto(f"/posts/{post_id}/revisions/new")
    left = box(page, ".sheet")["x"]
    write(page, "Anders.", where="form.composer textarea", note="form.composer [data-saved]")
    change, leave, line = (
        box(page, f".sendbar {each}") for each in (".btn--primary", "[name=leave]", "[data-saved]")
    )
    assert change["x"] == line["x"] == left
    assert line["y"] < change["y"] == leave["y"]
