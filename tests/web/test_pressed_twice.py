"""A form that a double click sends twice: the second is answered by another session, that has nothing at hand yet."""

import pytest

from forum.domain.held_posts import choosing, sending
from forum.domain.held_posts.choosing import Choice
from forum.domain.moderation import post_reports
from forum.domain.moderation.post_reports import Said
from forum.infra.db import db
from forum.models.post_reports import ReportOutcome, ReportReason
from tests.factories import actor, csrf_for, make_member, make_post, make_thread, sign_in

FORMS = {
    "settling": ("/posts/{post}/settlement", {"outcome": ReportOutcome.HIDDEN.value, "reason": "A name."}),
    "approval": ("/spaces/{space}/moderation/held/{held}/approval", {"seen": "1"}),
    "refusal": ("/spaces/{space}/moderation/held/{held}/refusal", {"seen": "1", "reason": "A name."}),
}


@pytest.mark.parametrize("name", list(FORMS))
def test_the_second_of_two_presses_is_answered_like_the_first(client, gent, leen, moderator, name):
    noor = make_member("Noor", space=gent)
    thread = make_thread(gent, leen)
    post = make_post(thread, leen, "Jan Peeters lives there.")
    post_reports.report(actor(noor), post.id, Said(ReportReason.IDENTIFIES))
    choosing.choose(actor(moderator), gent.id, Choice(newcomers=True))
    held = sending.reply(actor(noor), thread.id, body="May I?", idempotency_key="een")
    ids = {"post": post.id, "thread": thread.id, "space": gent.slug, "held": held.id}
    db.session.commit()
    sign_in(client, moderator)
    path, values = FORMS[name]
    token = csrf_for(client)
    answers = []
    for _press in range(2):
        db.session.commit()
        db.session.expunge_all()
        answers.append(client.post(path.format(**ids), data={**values, "csrf_token": token}))
    assert [answer.status_code for answer in answers] == [303, 303]
    if name == "approval":
        assert answers[0].location == answers[1].location
