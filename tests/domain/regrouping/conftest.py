"""Two threads of one space, with people who wrote in them."""

import pytest

from tests.factories import make_member, make_post, make_thread


@pytest.fixture
def karim(gent):
    return make_member("Karim", space=gent, city="gent")


@pytest.fixture
def target(gent, leen):
    thread = make_thread(gent, leen, title="Who rings back?")
    make_post(thread, leen, "Nobody yet.")
    return thread


@pytest.fixture
def thread(gent, karim, leen):
    thread = make_thread(gent, karim, title="Calling back", body="It is never done.")
    make_post(thread, leen, "Here it is.")
    return thread
