"""Who writes in a draft never checks that lesson: whatever asks whether somebody may write in one counts as work."""

import ast

import pytest

from tests.rules.source import modules, plant

pytestmark = pytest.mark.any_database
ASKS = {"may_edit_draft", "may_answer_in_draft", "open_draft"}
COUNTS = {"work_on", "worked"}
# What only asks, or leaves nothing of what was written.
MAY = {
    "forum.domain.lessons.lessons.open_draft": "it is the question",
    "forum.domain.lessons.state_machine._edits": "asks; the verbs that begin its steps count by themselves",
    "forum.domain.lessons.undo.discard": "the draft is deleted: nothing that anybody wrote in it is left",
    "forum.domain.lessons.places.find": "searches in threads",
    "forum.domain.lessons.workbench.beginnings.may_add": "says which lessons are offered",
    "forum.domain.lessons.workbench.draft.workbench": "says which buttons are shown",
    "forum.domain.consents.desk.page": "says which buttons are shown",
    "forum.domain.draft_places._lessons": "says whether what somebody typed can still be sent",
    "forum.domain.draft_places._claims": "says whether what somebody typed can still be sent",
}


def uncounted(root=None):
    """The functions of the domain that ask and do not count."""
    found = set()
    for name, module in (modules() if root is None else modules(root)).items():
        if module.floor != "domain":
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef):
                called = {
                    ast.unparse(one.func).rpartition(".")[2]
                    for one in ast.walk(node)
                    if isinstance(one, ast.Call)
                }
                if called & ASKS and not called & COUNTS:
                    found.add(f"{name}.{node.name}")
    return found


def test_every_verb_that_writes_in_a_draft_counts_as_work():
    found = uncounted()
    assert found - set(MAY) == set(), "take lessons.work_on, or call held.worked"
    assert set(MAY) - found == set(), "it does not ask any more"


def test_the_rule_sees_a_verb_that_forgets(tmp_path):
    verb = "def verb(actor, lesson_id):\n    lessons.open_draft(actor, lesson_id).title = 'x'\n"
    good = "def good(actor, lesson):\n    require(may_edit_draft(actor, lesson))\n    held.worked(actor, lesson)\n"
    assert uncounted(plant(tmp_path, {"forum/domain/verbs.py": verb + good})) == {"forum.domain.verbs.verb"}
