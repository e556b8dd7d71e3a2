"""Views that do next to nothing, served as the forum is: no page of a Flask forum can cost less.

The first returns 40 kB of ready HTML. The second asks one Core query of 20 rows (the posts of one thread with the
names of their authors) and fills a small template. The third is the smallest view of a lesson (`bare_lesson`).
"""

import os

from flask import Flask, render_template
from sqlalchemy import create_engine, select

from bench import bare_lesson
from forum.demo.synthetic.size import PAGE_THREAD
from forum.models.accounts import Member
from forum.models.threads import Post, PostRevision

READY = "<!doctype html><title>Ready</title>" + "<p>The same words as before.</p>" * 1_300
ROWS = (
    select(Post.number, Member.name, Post.created_at, PostRevision.plain)
    .join(Member, Member.id == Post.author_id)
    .join(PostRevision, (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision))
    .where(Post.thread_id == PAGE_THREAD)
    .order_by(Post.number)
    .limit(20)
)

app = Flask(__name__)
engine = create_engine(os.environ.get("DATABASE_URL", "sqlite://"))
app.extensions[bare_lesson.ENGINE] = engine
app.register_blueprint(bare_lesson.bp)


@app.get("/ready")
def ready() -> str:
    return READY


@app.get("/rows")
def rows() -> str:
    with engine.connect() as connection:
        return render_template("rows.html", rows=connection.execute(ROWS).all())
