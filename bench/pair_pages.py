"""`python -m bench.pair_pages`: makes a draft beside the long thread of a network, and says as JSON what to measure."""

import json
import re
import sys
from typing import Any

from flask import Flask
from sqlalchemy import select

from bench.prepare import sign_in
from forum import create_app
from forum.demo.synthetic.size import A_PAGE, FIRST_LESSON, LONG_THREAD
from forum.domain.lessons import lessons
from forum.infra import logs
from forum.infra.db import db
from forum.models.lessons import Lesson
from forum.models.spaces import Membership, Role
from forum.models.threads import Thread
from forum.policy.actors import actor_of
from forum.policy.standing import belonging

BESIDE = 50  # posts on a page of the workbench
POST = {"workbench": r'id="source-(\d+)"', "thread": r'id="post-(\d+)"'}


def main() -> int:
    """Make the draft, and print."""
    logs.log.disabled = True
    app = create_app()
    with app.app_context():
        told = _told(app)
    for name in ("workbench", "thread"):
        shown = "".join(_shown(app, path, told["cookie"]) for path in told[name])
        told["shown"][name] = len(set(re.findall(POST[name], shown)))
    for path in told["lesson"]:
        told["weights"] = [len(_shown(app, path, cookie).encode()) for cookie in (told["cookie"], "")]
    print(json.dumps(told))
    return 0


def _shown(app: Flask, path: str, cookie: str) -> str:
    answer = app.test_client(use_cookies=False).get(path, headers={"Cookie": cookie})
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answers {answer.status_code}")
    return answer.text


def _told(app: Flask) -> dict[str, Any]:
    thread = db.session.get_one(Thread, LONG_THREAD)
    moderates = select(Membership.member_id).where(
        Membership.space_id == thread.space_id, Membership.role == Role.MODERATOR, belonging(Membership)
    )
    moderator = actor_of(db.session.scalars(moderates.limit(1)).one())
    if moderator is None:
        raise RuntimeError("Nobody moderates the space of the long thread.")
    draft = lessons.draft(moderator, thread.id, title="Measured")
    db.session.commit()
    public_id = db.session.scalars(select(Lesson.public_id).where(Lesson.id == FIRST_LESSON)).one()
    beside, own = (-(-thread.last_number // rows) for rows in (BESIDE, A_PAGE))
    return {
        "cookie": sign_in(app, moderator.id),
        "posts": thread.last_number,
        "shown": {},  # posts, of all pages together
        "weights": [],  # of the lesson's page in bytes, for a member and for a visitor
        "lesson": [f"/lessons/{public_id}"],
        "bare": f"/lesson/{public_id}",
        "workbench": [f"/workbench/{draft.id}?part=thread&page={number + 1}" for number in range(beside)],
        "thread": [f"/threads/{thread.id}-{thread.slug}?page={number + 1}" for number in range(own)],
    }


if __name__ == "__main__":
    sys.exit(main())
