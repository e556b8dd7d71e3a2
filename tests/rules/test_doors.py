"""Every endpoint says who may enter; one that says nothing answers 403."""

from flask import Flask

from forum.infra import i18n
from forum.web.http import access

DOORS = {access.anyone, access.signed_in, access.members, access.curators, access.moderators, access.demo}


def undeclared(app: Flask) -> list[str]:
    """Endpoints without a door."""
    return sorted(
        name
        for name, view in app.view_functions.items()
        if name != access.STATIC and getattr(view, "open_to", None) not in DOORS
    )


def test_every_endpoint_says_who_may_enter(app):
    assert undeclared(app) == []


def test_an_endpoint_that_says_nothing_is_closed():
    house = Flask("house")
    house.config.update(SECRET_KEY="x" * 32, DEFAULT_LOCALE="en", TRANSLATIONS="", TIMEZONE="UTC")
    i18n.init_app(house, lambda: "en", lambda: "UTC")
    house.add_url_rule("/open", "open", access.open_to(access.anyone)(lambda: "inside"))
    house.add_url_rule("/loose", "loose", lambda: "inside")
    house.before_request(access.check_guard)
    house.register_error_handler(access.Forbidden, lambda error: ("closed", 403))
    visitor = house.test_client()
    assert undeclared(house) == ["loose"]
    assert visitor.get("/open").status_code == 200
    assert visitor.get("/loose").status_code == 403
