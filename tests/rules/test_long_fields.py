"""What somebody types at length is kept while they type: each long field has a draft, or says here why not."""

import importlib
import pkgutil

import pytest
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from forum.web import forms
from tests.web.test_drafts import CLASSES

pytestmark = pytest.mark.any_database
SHORT = "a few lines, and no harm to type them again"
# The forms of which no draft is kept.
WITHOUT = {
    "AnswerForm.own_words": SHORT,
    "AskForm.message": SHORT,
    "ExcerptForm.words": "words of a post, copied from there",
    "InvitationForm.note": SHORT,
    "JoinForm.message": "whoever types it has no account, and a draft belongs to one",
    "JoinRequestForm.message": SHORT,
    "NoteForm.words": SHORT,
    "PersonNoteForm.words": SHORT,
    "PostReportForm.words": "visitors without an account type it too; six hundred characters at most",
    "SubmissionForm.message": SHORT,
}


def long_fields():
    """The forms of the web with their long fields, by name."""
    found = {}
    for module in pkgutil.iter_modules(forms.__path__):
        loaded = importlib.import_module(f"{forms.__name__}.{module.name}")
        for one in vars(loaded).values():
            if isinstance(one, type) and issubclass(one, FlaskForm) and one.__module__ == loaded.__name__:
                found |= {f"{one.__name__}.{name}": one for name in _long(one)}
    return found


def _long(form):
    for name in dir(form):
        field = getattr(form, name)
        made = getattr(field, "field_class", None)
        if made is not None and issubclass(made, TextAreaField):
            yield name


def without_draft(fields, kept):
    return sorted(name for name, form in fields.items() if not any(issubclass(one, form) for one in kept))


def test_each_long_field_has_a_draft_or_says_why_not():
    assert without_draft(long_fields(), CLASSES.values()) == sorted(WITHOUT)


def test_the_rule_sees_a_field_without_one():
    class Planted(FlaskForm):
        words = TextAreaField("Words")

    assert list(_long(Planted)) == ["words"]
    assert without_draft({"Planted.words": Planted}, CLASSES.values()) == ["Planted.words"]
    assert without_draft({"Planted.words": Planted}, [Planted]) == []
