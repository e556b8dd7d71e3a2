"""A post that is shown again: rendered before anything is locked, and anew where its text changed meanwhile."""

import pytest

from forum.domain.moderation import hiding
from forum.domain.threads import post_store, posts, rendering
from forum.infra import rates, text
from forum.models.spaces import Audience
from forum.policy.errors import Forbidden, NotFound
from tests.factories import actor, make_member, make_post, make_thread

BODY, LATER = "Op het *plein*.", "Op het **dorpsplein**."


@pytest.fixture
def rendered_texts(monkeypatch):
    """What was rendered, in order."""
    found = []
    genuine = text.render
    monkeypatch.setattr(text, "render", lambda source: found.append(source) or genuine(source))
    return found


def taken_back(gent, leen):
    post = make_post(make_thread(gent, leen, audience=Audience.SPACE), leen, BODY)
    posts.take_back(actor(leen), post.id)
    return post


def test_what_was_rendered_before_is_used(gent, leen, moderator, rendered_texts):
    post = taken_back(gent, leen)
    rendered_texts.clear()
    posts.put_back(actor(leen), post.id, rendered=rendering.again(actor(leen), post.id))
    assert (rendered_texts, "<em>plein</em>" in post.html) == ([BODY], True)
    assert post.render_version == text.RENDER_VERSION
    hiding.hide(actor(moderator), post.id, reason="Te luid")
    hiding.restore(actor(moderator), post.id, rendered=rendering.again(actor(moderator), post.id))
    assert (rendered_texts, "<em>plein</em>" in post.html) == ([BODY, BODY], True)


def test_another_text_or_another_post_is_rendered_anew(gent, leen, rendered_texts):
    post = taken_back(gent, leen)
    before = rendering.again(actor(leen), post.id)
    posts.put_back(actor(leen), post.id)
    posts.edit(actor(leen), post.id, body=LATER, seen_revision=1)
    posts.take_back(actor(leen), post.id)
    for wrong in (before, before._replace(revision=2, post_id=post.id + 1), None):
        rendered_texts.clear()
        posts.put_back(actor(leen), post.id, rendered=wrong)
        assert (rendered_texts, "<strong>dorpsplein</strong>" in post.html) == ([LATER], True)
        posts.take_back(actor(leen), post.id)


def test_each_rendering_is_counted_and_only_for_who_sees_the_post(gent, leen, moderator, monkeypatch):
    post = taken_back(gent, leen)
    spent = []
    monkeypatch.setattr(rates, "spend", lambda name, subject, *, limit: spent.append((name, subject, limit)))
    with pytest.raises(NotFound):
        rendering.again(actor(make_member("Karim")), post.id)
    assert spent == []
    with pytest.raises(Forbidden):
        posts.put_back(actor(moderator), post.id, rendered=rendering.again(actor(moderator), post.id))
    posts.put_back(actor(leen), post.id)
    counted = [
        subject for name, subject, limit in spent if (name, limit) == ("render", post_store.MOST_RENDERINGS)
    ]
    assert counted == [f"member:{moderator.id}", f"member:{leen.id}"]
