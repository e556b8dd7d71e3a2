"""A name from right to left stands within our sentences without moving their words."""

import pytest
from markupsafe import Markup

from forum.infra import bidi
from forum.infra.i18n import gettext, ngettext

pytestmark = pytest.mark.any_database
NAME = "مريم (2)"


def test_a_part_from_right_to_left_is_isolated_and_others_are_left_alone():
    parts = {"name": NAME, "city": "Gent", "accents": "Zoë", "number": 3}
    assert bidi.isolate(parts) == parts | {"name": f"\u2068{NAME}\u2069"}
    assert bidi.isolated("שלום") == "\u2068שלום\u2069"
    assert isinstance(bidi.isolated(Markup("<b>مريم</b>")), Markup)
    assert (
        gettext("%(name)s replied in %(city)s", name=NAME, city="Gent")
        == f"\u2068{NAME}\u2069 replied in Gent"
    )
    assert ngettext("%(name)s, %(num)d", "%(name)s, %(num)d", 2, name=NAME) == f"\u2068{NAME}\u2069, 2"
