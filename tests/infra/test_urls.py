"""An address that is remembered is the address that Flask builds, in every way of asking for it."""

import flask
import pytest
from werkzeug.routing import BuildError

from forum.infra.urls import App


def _show(number):
    return ""


@pytest.fixture
def site():
    """A small site, served twice: at its root and below a folder."""
    app = App(__name__)
    page = flask.Blueprint("page", __name__)
    page.add_url_rule("/pages/<number>", "show", _show, methods=["GET"])
    page.add_url_rule("/pages/<number>/edit", "show", _show, methods=["POST"])
    app.register_blueprint(page)
    return app


QUESTIONS = (
    ("page.show", {"number": 1}),
    ("page.show", {"number": True}),
    ("page.show", {"number": "1", "after": "x y"}),
    ("page.show", {"number": "1", "after": None}),
    ("page.show", {"number": "1", "tag": ["a", "b"]}),
    ("page.show", {"number": "1", "_anchor": "post-2"}),
    ("page.show", {"number": "1", "_method": "POST"}),
    ("page.show", {"number": "1", "_external": True}),
    (".show", {"number": "1"}),
)


@pytest.mark.parametrize("root", ["/", "/forum/"])
def test_it_is_what_flask_would_build_also_the_second_time(site, root):
    with site.test_request_context("/pages/7", base_url=f"http://site.test{root}"):
        expected = [flask.Flask.url_for(site, endpoint, **values) for endpoint, values in QUESTIONS]
        for _time in range(2):
            assert [flask.url_for(endpoint, **values) for endpoint, values in QUESTIONS] == expected
    assert len(set(expected)) > len(QUESTIONS) - 3, "the questions differ"


def test_what_cannot_be_built_is_refused_every_time(site):
    with site.test_request_context("/pages/7"):
        for _time in range(2):
            with pytest.raises(BuildError):
                flask.url_for("page.nowhere")
