"""The page where a member chooses her digest."""

from datetime import timedelta

import pytest

from forum.domain.digests import subscriptions
from forum.infra import clock
from forum.infra.db import db
from forum.models.subscriptions import Delivery, Frequency
from forum.models.themes import Axis
from tests.factories import make_member, make_space, make_thread, sign_in, submit

PAGE = "/settings/digest"


@pytest.fixture
def dirk(client):
    """A signed-in member of Aalst who has not chosen yet, with something new to read."""
    space = make_space("Aalst", city="aalst")
    member = make_member("Dirk", space=space)
    make_thread(
        space, make_member("Ann", space=space), title="Who cleans?", at=clock.now() - timedelta(days=1)
    )
    sign_in(client, member)
    member.space = space
    return member


def page(client):
    return client.get(PAGE).get_data(as_text=True)


def test_a_visitor_signs_in_first(client):
    answer = client.get(PAGE)
    assert answer.status_code == 303
    assert "/accounts/sign-in" in answer.location


def test_nothing_is_chosen_beforehand_and_the_preview_is_real(client, dirk):
    found = page(client)
    assert "You have not chosen yet" in found
    assert "checked" not in found
    assert "Who cleans?" in found
    assert subscriptions.choice_of(dirk.id) is None


def test_a_choice_is_kept_and_shown(client, dirk):
    values = {"frequency": "weekly", "spaces": [dirk.space.id], "axes": ["kwalitatieve-densiteit"]}
    assert submit(client, PAGE, values).status_code == 303
    wishes = subscriptions.preferences_of(dirk.id)
    assert (wishes.frequency, dict(wishes.spaces)) == (Frequency.WEEKLY, {dirk.space.id: Delivery.DIGEST})
    assert wishes.axes[Axis.DENSITY] == Delivery.DIGEST
    assert page(client).count("checked") == 3
    assert "You have not chosen yet" not in page(client)


def test_never_is_a_choice_too(client, dirk):
    assert submit(client, PAGE, {"frequency": "never"}).status_code == 303
    assert subscriptions.choice_of(dirk.id).frequency == Frequency.NEVER


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"frequency": "hourly"},
        {"frequency": "weekly", "axes": ["nonsense"]},
        {"frequency": "weekly", "spaces": ["x"]},
    ],
)
def test_what_cannot_be_meant_comes_back_with_the_error(client, dirk, values):
    assert submit(client, PAGE, values).status_code == 422
    assert subscriptions.choice_of(dirk.id) is None


def test_a_space_of_others_cannot_be_chosen(client, dirk):
    closed = make_space("Gent", city="gent")
    db.session.commit()
    assert submit(client, PAGE, {"frequency": "weekly", "spaces": [closed.id]}).status_code == 422
    assert "Gent" not in page(client)


def test_a_form_without_the_token_of_the_session_changes_nothing(client, dirk):
    assert client.post(PAGE, data={"frequency": "weekly"}).status_code >= 400
    assert subscriptions.choice_of(dirk.id) is None
