"""A draft beside posts with everything in them, and hands that select in them: by mouse, by keyboard, by script.

Where a selection lies is worked out in another way than the page does it: by counting the letters before and in it.
"""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from werkzeug.serving import make_server

from forum import create_app
from forum.domain.lessons import claims, lessons
from forum.infra.db import db
from forum.models.claims import Excerpt
from forum.models.spaces import Role
from forum.models.threads import PostRevision
from tests.conftest import settings_for
from tests.factories import actor, make_member, make_post, make_space, make_thread, sign_in

AGAIN = "het werkte niet"
POSTS = (
    f"# Vooraf\n\nDe *eerste* keer: {AGAIN} 👩‍🌾. Ondanks **alles**: {AGAIN}.\nPunt uit, want {AGAIN}.",
    "1. één\n2. twee 🇧🇪\n   - diep\n   - dieper `code`\n\n- [ ] los\n\n- lijst met een "
    "[verwijzing](https://voorbeeld.example/pad?x=1) en https://nog.example/een",
    "| wie | hoeveel |\n|---|--:|\n| gezinnen | 20 |\n| 👍🏽👍🏽 | 6 |\n\nen daarna ~~niets~~ toch iets",
    "```\nals regen:\n    binnen  blijven\n\n\tanders:\n      buiten\n```\n\n> geciteerd\n> > dieper\n\nslot",
    "مرحبا بكم في المدينة، قال الرجل.\n\nEn שלום daarbij, e\u0301e\u0301n\u00a0woord, 𝒜𝓁𝓁ℯ𝓈 & <niets>",
    "Ja.",
    "woord" * 60 + " einde",
)
# As an older or a newer renderer may have stored it: line ends inside paragraphs, white space at odd places.
STORED = "  Een regel\nnog een 🧑‍🤝‍🧑 regel\n\n\n\n    ingesprongen\n\n  \nlaatste regel \n"

POINT = """([where, at, along]) => {
    const nodes = [];
    for (const root of document.querySelectorAll(where)) {
        const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) if (walker.currentNode.data.trim()) nodes.push(walker.currentNode);
    }
    let left = Math.floor(at * nodes.reduce((sum, node) => sum + node.length, 0));
    for (const node of nodes) {
        if (left >= node.length) { left -= node.length; continue; }
        const range = document.createRange();
        range.setStart(node, left);
        range.setEnd(node, left + 1);
        const box = range.getBoundingClientRect();
        return [box.left + along * box.width, box.top + box.height / 2];
    }
}"""
# Any two points of the page: in a text, or between two elements.
RANGE = """ends => {
    const nodes = [];
    const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_ALL);
    while (walker.nextNode()) nodes.push(walker.currentNode);
    const [[a, i], [b, j]] = ends.map(([near, at, along]) => {
        const posts = nodes.filter(node => node.parentElement.closest('[data-words]'));
        const node = near ? posts[Math.floor(at * posts.length)] : nodes[Math.floor(at * nodes.length)];
        const length = node.nodeType === Node.TEXT_NODE ? node.length : node.childNodes.length;
        return [node, Math.floor(along * (length + 1))];
    });
    getSelection().setBaseAndExtent(a, i, b, j);
}"""
SELECTED = """() => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const anchor = document.createRange();
    anchor.setStart(selection.anchorNode, selection.anchorOffset);
    const posts = [...document.querySelectorAll('[data-words]')];
    const read = part => { // the bar under a paragraph is no text of the post
        const box = document.createElement('div');
        box.append(part.cloneContents());
        for (const bar of box.querySelectorAll('[data-stance-bar]')) bar.remove();
        return box.textContent;
    };
    if (anchor.compareBoundaryPoints(Range.START_TO_START, range) > 0) posts.reverse();
    for (const words of posts) {
        const whole = document.createRange();
        whole.selectNodeContents(words);
        const part = whole.cloneRange();
        if (range.compareBoundaryPoints(Range.START_TO_START, whole) > 0)
            part.setStart(range.startContainer, range.startOffset);
        if (range.compareBoundaryPoints(Range.END_TO_END, whole) < 0)
            part.setEnd(range.endContainer, range.endOffset);
        const said = read(part);
        if (!said.trim()) continue;
        whole.setEnd(part.startContainer, part.startOffset);
        const before = read(whole).replace(/[\\uD800-\\uDBFF]$/, ''); // half of a letter that is in it
        return {post: Number(words.closest('[data-post]').dataset.post), before, said};
    }
    return null;
}"""
# These words, in the first post that has them in one piece; whether there is one.
SELECT_WORDS = """words => {
    const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const at = node.parentElement.closest('[data-words]') ? node.data.indexOf(words) : -1;
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(node, at); range.setEnd(node, at + words.length);
        const chosen = getSelection(); chosen.removeAllRanges(); chosen.addRange(range);
        document.dispatchEvent(new Event('selectionchange'));
        return true;
    }
    return false;
}"""
# Words that were sent are recorded in place, or the page comes back and says what is wrong.
RECORDED = (
    "() => document.querySelector('.error-summary') || document.querySelector('[data-stance-bar]')?.hidden"
)
WORDS, BESIDE = "[data-words]", ".source .cluster, .pane__title, .draft-claim h3"
KEYS = (
    "Shift+ArrowRight", "Shift+ArrowLeft", "Shift+ArrowDown", "Shift+ArrowUp", "Control+Shift+ArrowRight",
    "Control+Shift+ArrowLeft", "Shift+End", "Shift+Home",
)  # fmt: skip


@dataclass(frozen=True)
class Selected:
    """What is selected: `plain[start:end]` of a post."""

    post_id: int
    start: int
    end: int


@dataclass
class Workplace:
    """A served forum with one draft; its page in a browser, tall enough to show all posts."""

    app: Flask
    page: Page
    address: str
    claim_ids: list[int]
    plain: dict[int, str]  # of each post
    base: str

    def selected(self) -> Selected | None:
        """What is selected at this moment in the text of a post."""
        found = self.page.evaluate(SELECTED)
        if found is None:
            return None
        letters = [at for at, letter in enumerate(self.plain[found["post"]]) if not letter.isspace()]
        before, said = (sum(not letter.isspace() for letter in found[part]) for part in ("before", "said"))
        return Selected(found["post"], letters[before], letters[before + said - 1] + 1)

    def excerpts(self) -> dict[tuple[int, Selected], tuple[str, str]]:
        """Words and stance of every excerpt, by its claim and place."""
        query = select(Excerpt, PostRevision.post_id).join(PostRevision)
        with self.app.app_context():
            rows = db.session.execute(query).all()
            return {
                (row.claim_id, Selected(post_id, row.start_at, row.end_at)): (row.words, row.stance.value)
                for row, post_id in rows
            }

    def forget(self, keep: int) -> None:
        """Remove the excerpts but the first ones, so that the page stays light."""
        with self.app.app_context():
            for excerpt in db.session.scalars(select(Excerpt).order_by(Excerpt.id).offset(keep)).all():
                db.session.delete(excerpt)
            db.session.commit()


@dataclass
class Hands:
    """Ways to select something, drawn by chance."""

    page: Page
    chance: random.Random

    def select(self) -> str:
        """Select something in one of the ways; its name."""
        way = self.chance.choice(
            [self.drag, self.click_twice, self.click_thrice, self.keys, self.shift, self.span]
        )
        way()
        return way.__name__

    def drag(self) -> None:
        """Pull the pointer from one point to another; one of the two may lie outside the posts."""
        ends = [self._point(), self._point(self.chance.choice([WORDS, WORDS, BESIDE]))]
        self.chance.shuffle(ends)
        self.page.mouse.move(*ends[0])
        self.page.mouse.down()
        self.page.mouse.move(*ends[1], steps=3)
        self.page.mouse.up()

    def click_twice(self) -> None:
        """Select a word."""
        self.page.mouse.click(*self._point(), click_count=2)

    def click_thrice(self) -> None:
        """Select a paragraph."""
        self.page.mouse.click(*self._point(), click_count=3)

    def shift(self) -> None:
        """Click at one point, and with Shift at another."""
        self.page.mouse.click(*self._point())
        self.page.keyboard.down("Shift")
        self.page.mouse.click(*self._point())
        self.page.keyboard.up("Shift")

    def keys(self) -> None:
        """Change a selection with Shift and the arrows."""
        self.page.mouse.click(*self._point(), click_count=2)
        for _press in range(self.chance.randint(1, 12)):
            self.page.keyboard.press(self.chance.choice(KEYS))

    def span(self) -> None:
        """Select by script: from any point of the page to any other, also between elements."""
        draw = self.chance.random
        self.page.evaluate(RANGE, [[draw() < 0.7, draw(), draw()] for _end in range(2)])

    def _point(self, where: str = WORDS) -> tuple[float, float]:
        x, y = self.page.evaluate(POINT, [where, self.chance.random(), self.chance.random()])
        return x, y


@contextmanager
def workplace(url: str, folder: Path, chromium: Browser) -> Iterator[Workplace]:
    """A forum on the migrated database at `url`, served, with a moderator signed in at a draft of two claims."""
    server = make_server("127.0.0.1", 0, lambda environ, start: b"", threaded=True)
    base = f"http://127.0.0.1:{server.server_port}"
    app = create_app(settings_for(url, folder) | {"BASE_URL": base})
    with app.app_context():
        made = _build()
        client = app.test_client()
        sign_in(client, made.pop("member"))
        cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        db.session.remove()
    assert cookie is not None
    server.app = app
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    context = chromium.new_context(base_url=base, viewport={"width": 1280, "height": 3000})
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base}])
    page = context.new_page()
    page.set_default_timeout(10_000)
    try:
        yield Workplace(app, page, base=base, **made)
    finally:
        context.close()
        server.shutdown()
        thread.join(timeout=10)
        with app.app_context():
            db.engine.dispose()


def _build() -> dict[str, Any]:
    space = make_space("Gent", city="gent")
    author = make_member("Amina", space=space)
    member = make_member("Cas", space=space, role=Role.MODERATOR)
    thread = make_thread(space, author, title="Alles", body="Opening 🎉")
    posts = [make_post(thread, author, body) for body in (*POSTS, STORED)]
    revisions = db.session.scalars(select(PostRevision).order_by(PostRevision.post_id)).all()
    revisions[-1].plain = STORED
    lesson = lessons.draft(actor(member), thread.id, title="Alles")
    claim_ids = [claims.add(actor(member), lesson.id, text=text).id for text in ("Eén", "Twee")]
    for post, words in ((posts[0], "De eerste keer"), (posts[2], "20")):
        claims.quote(actor(member), claim_ids[0], post_id=post.id, words=words, stance="nuances")
    return {
        "member": member,
        "address": f"/workbench/{lesson.id}",
        "claim_ids": claim_ids,
        "plain": {revision.post_id: revision.plain for revision in revisions},
    }
