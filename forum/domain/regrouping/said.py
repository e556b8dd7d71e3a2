"""What each author said in a thread, as a digest: an agreement is about these words, and no others."""

import hashlib
import json
from collections import defaultdict
from typing import Any

from sqlalchemy import select

from forum.infra.db import db
from forum.models.responses import ThreadResponse
from forum.models.summaries import SummaryVersion
from forum.models.threads import Post


def by(thread_id: int) -> dict[int, str]:
    """Return the digest of what each author said in a thread, by their id (three queries)."""
    parts: dict[int, list[Any]] = defaultdict(list)
    posts = select(Post.author_id, Post.id, Post.revision).where(Post.thread_id == thread_id)
    for author_id, post_id, revision in db.session.execute(posts.order_by(Post.id)):
        parts[author_id].append(["post", post_id, revision])
    responses = select(ThreadResponse).where(ThreadResponse.thread_id == thread_id)
    for response in db.session.scalars(responses.order_by(ThreadResponse.id)):
        words = [response.kind.value, response.sentence]
        parts[response.member_id].append(["response", response.id, *words])
    versions = select(SummaryVersion.editor_id, SummaryVersion.id).where(
        SummaryVersion.thread_id == thread_id
    )
    for editor_id, version_id in db.session.execute(versions.order_by(SummaryVersion.id)):
        parts[editor_id].append(["summary", version_id])
    return {
        author_id: hashlib.sha256(json.dumps(said).encode()).hexdigest() for author_id, said in parts.items()
    }
