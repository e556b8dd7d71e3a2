"""Words that do not fit and words from right to left: nothing scrolls sideways, each block takes its own direction."""

import uuid
from dataclasses import dataclass

import pytest

from forum.domain.lessons import claims, lessons
from forum.domain.threads import threads
from forum.infra import passwords
from forum.infra.db import db
from forum.models.accounts import Capacity
from forum.models.spaces import Audience, Role
from forum.models.themes import Axis, Need
from forum.models.threads import Post
from tests.factories import actor, make_member, make_post, make_space

from .conftest import PASSWORD

pytestmark = pytest.mark.browser
WIDE = "w" * 40
RIGHT_TO_LEFT = "مرحبا (2024)!"
BODY = f"""{RIGHT_TO_LEFT}

Dutch again, https://example.org/{"w" * 120} and {"wx" * 100}.

- {"w" * 90}

> {"w" * 90}

### {"w" * 90}

| {" | ".join("w" * 30 for _turn in range(6))} |
|{"---|" * 6}
| {" | ".join("w" * 30 for _turn in range(6))} |

    {"w" * 200}

`{"w" * 120}`
"""
SIDEWAYS = """() => {
    const page = document.documentElement, wide = page.scrollWidth - page.clientWidth;
    if (wide <= 0) return null;
    const over = [...document.body.querySelectorAll('*')]
        .filter(e => e.getBoundingClientRect().right > page.clientWidth + 1)
        .map(e => e.tagName + '.' + e.className);
    return `${wide} px: ${[...new Set(over)].slice(-6).join(', ')}`;
}"""


@dataclass
class Wide:
    """Where the wide words stand."""

    thread: str
    pages: list[str]


@pytest.fixture(scope="module")
def wide(town):
    """A moderator, a space, a thread, a draft and a lesson whose every word is as long as it may be."""
    with town.app.app_context():
        space = make_space("w" * 80, description="w" * 200)
        member = make_member(
            "W" * 80, space=space, role=Role.MODERATOR, locale="nl", email="wide@demo.leerkring.example",
            password_hash=passwords.hash_password(PASSWORD), handle=f"wide-{uuid.uuid4().hex[:8]}",
        )  # fmt: skip
        capacity = db.session.scalars(db.select(Capacity).where(Capacity.member_id == member.id)).one()
        capacity.function = "w" * 100
        db.session.flush()
        who = actor(member)
        values = {"need": Need.STORIES, "axis": Axis.SOLIDARITY, "audience": Audience.SPACE}
        for title, tags in ((RIGHT_TO_LEFT, [WIDE, "kort", "x" * 40]), ("w" * 160, [])):
            thread = threads.start(
                who, space.id, title=title, body=BODY, tags=tags, idempotency_key=str(uuid.uuid4()), **values
            )
            threads.reply(who, thread.id, body=BODY, idempotency_key=str(uuid.uuid4()))
            if title == RIGHT_TO_LEFT:
                first = f"/threads/{thread.id}-{thread.slug}"
        lesson = lessons.draft(who, thread.id, title="w" * 100)
        claim = claims.add(who, lesson.id, text="w" * 300)
        post = db.session.scalars(db.select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()
        others = make_post(thread, make_member("Mo", space=space), BODY)
        claims.quote(who, claim.id, post_id=post.id, words="wx" * 100, stance="supports")
        saved = lessons.working(lesson).saved_count
        lessons.save(
            who, lesson.id, saved_count=saved, tags=[WIDE], one_sentence="w" * 200, conditions=["w" * 160]
        )
        db.session.commit()
        pages = [
            *("/", "/spaces", "/settings/profile", "/workbench"),
            *(f"/spaces/{space.slug}{rest}" for rest in ("", f"?tag={WIDE}", "/members", "/moderation")),
            *(f"/spaces/{space.slug}/moderation/{rest}" for rest in ("log", "posts", "held")),
            f"/spaces/{space.slug}/threads/new",
            *(first, f"/threads/{thread.id}-{thread.slug}"),
            *(f"/posts/{post.id}/{rest}" for rest in ("revisions/new", "withdrawal")),
            *(f"/posts/{others.id}/{rest}" for rest in ("hiding", "reports/new")),
            *(f"/workbench/{lesson.id}{rest}" for rest in ("", "/preview", "?part=text", "?part=thread")),
        ]  # fmt: skip
        db.session.remove()
    return Wide(first, pages)


def test_w12_nothing_scrolls_sideways_on_a_phone_whatever_the_words(open_page, wide):
    page = open_page("wide", phone=True)
    sideways = {}
    for address in wide.pages:
        assert page.goto(address).status == 200, address
        for width in (390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            if over := page.evaluate(SIDEWAYS):
                sideways[address, width] = over
    assert sideways == {}
    page.goto(wide.thread)
    page.fill("textarea[name=body]", BODY)
    page.get_by_role("tab", name="Voorbeeld").click()
    page.locator(".sheet__preview td").first.wait_for()
    assert page.evaluate(SIDEWAYS) is None


def test_w11_a_title_a_block_and_a_field_take_their_direction_from_their_first_letter(open_page, wide):
    page = open_page("wide", phone=True)
    page.goto(wide.thread)
    direction = "element => getComputedStyle(element).direction"
    assert page.locator("h1").evaluate(direction) == "rtl"
    assert page.locator(".tags").evaluate(direction) == "ltr"
    blocks = page.locator(".opening-post .prose > p")
    assert [block.evaluate(direction) for block in blocks.all()[:2]] == ["rtl", "ltr"]
    field = page.locator("textarea[name=body]")
    field.fill("Hallo")
    assert field.evaluate(direction) == "ltr"
    field.fill(RIGHT_TO_LEFT)
    assert field.evaluate(direction) == "rtl"
