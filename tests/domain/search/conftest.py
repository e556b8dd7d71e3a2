"""Who writes in the tests of search: a space of Gent and its moderator."""

import pytest

from forum.models.spaces import Role
from tests.factories import make_member, make_space


@pytest.fixture
def gent(session):
    return make_space("Gent", city="gent", slug="gent")


@pytest.fixture
def leen(gent):
    return make_member("Leen", space=gent, role=Role.MODERATOR)
