"""Every act on others' words and memberships: tried by everybody in each state, against a table written by hand."""

import pytest

from forum.models.moderation import Action
from tests.acts import (
    doors,
    on_absences,
    on_acts,
    on_archive,
    on_desk,
    on_measures,
    on_people,
    on_places,
    on_posts,
    on_spaces,
    on_threads,
    on_words,
)
from tests.acts.act import ANSWERS, DONE, found
from tests.policy import people
from tests.policy.tables import differences, read
from tests.rules.source import ROOT

MODULES = (
    on_absences, on_acts, on_archive, on_desk, on_measures, on_people, on_places, on_posts, on_spaces, on_threads,
    on_words,
)  # fmt: skip
ACTS = [act for module in MODULES for act in module.ACTS]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_who_does_it_and_in_which_state(session, act):
    town = people.build()
    assert differences(read(act.table, answers="".join(ANSWERS)), found(act, town)) == []


def test_every_kind_of_line_is_written_by_an_act_that_has_a_table():
    missing = set(Action) - {action for act in ACTS for action in act.lines}
    assert missing == set(), "write an act in tests/acts with its table, by hand"


def test_every_table_has_somebody_who_does_it_and_somebody_who_does_not():
    for act in ACTS:
        cells = {cell for row in read(act.table, answers="".join(ANSWERS)).values() for cell in row.values()}
        assert DONE in cells, act.name
        assert cells & {".", "0"}, act.name


def test_every_form_of_a_moderator_has_acts_with_a_table_and_every_act_a_form(app):
    """A new form fails here until its act has a table, or it is said where its rights are tried."""
    sent = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    rest = {one for one in sent - doors.DOORS.keys() if one.partition(".")[0] not in doors.AREAS}
    assert rest == doors.OWN | doors.ELSEWHERE.keys()
    assert doors.DOORS.keys() <= sent, "forms that are no more"
    assert {one.partition(".")[0] for one in sent} & doors.AREAS == doors.AREAS
    assert {name for names in doors.DOORS.values() for name in names} == {act.name for act in ACTS}
    assert all((ROOT / path).exists() for path in doors.ELSEWHERE.values())
