"""Addresses of house rules that no version has."""

import pytest

from forum.domain.house_rules import publishing
from forum.domain.house_rules.publishing import Text
from forum.infra.db import db
from tests.factories import actor, sign_in, submit

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize("number", [0, 2, 32767, 32768, 99999, 2147483647])
def test_a_version_that_no_rules_can_have_is_not_there(client, gent, leen, moderator, number):
    publishing.publish(actor(moderator), gent.id, Text("## Eerst\n\nWees lief.\n"), seen=0)
    db.session.commit()
    sign_in(client, leen)
    at = f"/spaces/{gent.slug}/rules/{number}"
    assert client.get(at).status_code in ((404,) if number else (200, 404))
    assert client.get(f"{at}/changes").status_code == 404
    assert client.get(f"{at}/changes?since=1").status_code == 404
    assert submit(client, f"{at}/acceptance", {}).status_code in (404, 409)
    assert client.get(f"/policy/{number}").status_code in ((404,) if number else (200, 404))
