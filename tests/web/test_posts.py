"""One's own words as pages: the form that changes them, the conflict that loses nothing, the way back."""

from forum.domain.threads import posts
from forum.infra.db import db
from forum.models.spaces import Role
from tests.factories import actor, make_member, make_post, make_thread, sign_in, submit


def words(answer):
    return answer.get_data(as_text=True)


def test_the_form_holds_the_words_as_typed_and_keeps_a_change(client, gent, leen):
    thread = make_thread(gent, leen, title="Before", body="It was **bold**.")
    post_id = _opening(thread)
    sign_in(client, leen)
    shown = words(client.get(f"/posts/{post_id}/revisions/new"))
    assert "It was **bold**." in shown
    assert 'value="Before"' in shown
    answer = submit(
        client, f"/posts/{post_id}/revisions", {"title": "After", "body": "It is.", "seen_revision": 1}
    )
    assert answer.location == f"/threads/{thread.id}-after#post-1"
    shown = words(client.get(answer.location))
    assert "After" in shown
    assert "edited <time" in shown


def test_a_conflict_shows_both_texts_and_the_next_try_counts(client, gent, leen):
    post = make_post(make_thread(gent, leen), leen, "First.")
    posts.edit(actor(leen), post.id, body="Written on the phone.", seen_revision=1)
    db.session.commit()
    sign_in(client, leen)
    change = {"body": "Written at the desk.", "seen_revision": 1}
    answer = submit(client, f"/posts/{post.id}/revisions", change)
    shown = words(answer)
    assert answer.status_code == 409
    assert "Written on the phone." in shown
    assert "Written at the desk." in shown
    assert 'name="seen_revision" type="hidden" value="2"' in shown
    assert "removed: </span>phone<" in shown
    assert "added: </span>desk<" in shown
    assert submit(client, f"/posts/{post.id}/revisions", change | {"seen_revision": 2}).status_code == 303


def test_an_empty_change_is_refused_with_the_form(client, gent, leen):
    post = make_post(make_thread(gent, leen), leen)
    sign_in(client, leen)
    answer = submit(client, f"/posts/{post.id}/revisions", {"body": "", "seen_revision": 1})
    assert (answer.status_code, "Write something first." in words(answer)) == (422, True)


def test_others_get_no_form(client, gent, leen):
    post = make_post(make_thread(gent, leen), leen)
    sign_in(client, make_member("Mo", space=gent, role=Role.MODERATOR))
    assert client.get(f"/posts/{post.id}/revisions/new").status_code == 403
    assert client.get(f"/posts/{post.id}/withdrawal").status_code == 403
    assert submit(client, f"/posts/{post.id}/withdrawal").status_code == 403


def test_words_are_taken_back_after_a_question_and_put_back(client, gent, leen):
    thread = make_thread(gent, leen)
    post = make_post(thread, leen, "Said too soon.")
    sign_in(client, leen)
    assert "Take your post back?" in words(client.get(f"/posts/{post.id}/withdrawal"))
    answer = submit(client, f"/posts/{post.id}/withdrawal")
    shown = words(client.get(answer.location))
    assert "Said too soon." not in shown
    assert "The author took this post back." in shown
    assert "Put back" in shown
    answer = submit(client, f"/posts/{post.id}/withdrawal", {"_method": "delete"})
    assert "Said too soon." in words(client.get(answer.location))


def _opening(thread):
    rows = db.session.execute(db.text("SELECT id FROM post WHERE thread_id = :id"), {"id": thread.id})
    return rows.scalar_one()
