"""A draft may quote a closed thread of another space that one of its makers reads; the others read nothing of it."""

import pytest

from forum.domain.consents import rounds
from forum.domain.lessons import claims, holding, lessons
from forum.infra.db import db
from forum.models.spaces import Audience, Role
from forum.policy.errors import Invalid
from tests.consent_scenario import build
from tests.factories import actor, join, make_member, make_post, make_thread, sign_in

SECRET, NAME = "Only Gent knows that the cellar flooded", "Gerda"


@pytest.fixture
def scenario(session):
    """Cas moderates Aalst and Gent; Sien only Aalst, where the lesson is made."""
    made = build(("Amina",))
    join(made.curator, made.elsewhere, Role.MODERATOR)
    gerda = make_member(NAME, space=made.elsewhere)
    closed = make_thread(made.elsewhere, made.others["reader"], title="Closed", audience=Audience.SPACE)
    post = make_post(closed, gerda, SECRET)
    curator = made.actor("curator")
    lessons.add_source(curator, made.lesson.id, closed.id)
    claims.quote(curator, made.claims()[0].id, post_id=post.id, words=SECRET, stance="supports")
    db.session.commit()
    return made


def shown(client, scenario, who):
    sign_in(client, who)
    paths = (f"/workbench/{scenario.lesson.id}", f"/workbench/{scenario.lesson.id}/permission")
    pages = "".join(client.get(path).get_data(as_text=True) for path in paths)
    return [word in pages for word in (SECRET, NAME, "Amina")]


def test_who_does_not_read_the_thread_finds_no_words_nor_names_of_it_while_authors_are_asked(
    client, scenario
):
    cas, sien = scenario.curator, scenario.others["second"]
    holding.name_deputy(actor(cas), scenario.lesson.id, member_id=sien.id)
    db.session.commit()
    assert shown(client, scenario, cas) == [True, True, True]
    assert shown(client, scenario, sien) == [False, False, True]
    with pytest.raises(Invalid):
        rounds.open_round(actor(sien), scenario.lesson.id, Audience.NETWORK)
    opened = scenario.ask()
    db.session.commit()
    assert shown(client, scenario, cas) == [True, True, True]
    assert shown(client, scenario, sien) == [False, False, True]
    scenario.close(opened)
    db.session.commit()
    assert shown(client, scenario, cas)[0]
    assert shown(client, scenario, sien)[:2] == [False, False]
