"""The demo's people have a password that everybody knows: with the demo switched off they are nobody."""

import pytest

from tests.factories import make_member, sign_in


@pytest.mark.parametrize(("demo", "status"), [(True, 200), (False, 303)])
def test_a_device_of_the_demo_is_signed_in_only_while_there_is_a_demo(app, client, monkeypatch, demo, status):
    monkeypatch.setitem(app.config, "DEMO", demo)
    member = make_member(email="yasmina@demo.leerkring.example")
    sign_in(client, member)
    assert client.get("/settings/profile").status_code == status
