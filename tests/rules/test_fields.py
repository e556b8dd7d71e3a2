"""Fields of forms: text has a limit, told on the server and cut by no browser; a choice is one of those it has."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from flask_wtf import FlaskForm
from wtforms import EmailField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from forum.web import forms
from forum.web.forms.fields import Longest
from tests.rules.source import ROOT, plant

pytestmark = pytest.mark.any_database

RUN_ON = {"optional_sign.html"}
WITHOUT_LIMIT = {"AddLessonForm.lesson", "SourceForm.address"}  # only the number in it is read


def all_forms():
    """Every class of a form that the forum has."""
    modules = [
        importlib.import_module(f"{forms.__name__}.{each.name}")
        for each in pkgutil.iter_modules(forms.__path__)
    ]
    return {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, FlaskForm) and value is not FlaskForm
    }


def _fields(form):
    for name in dir(form):
        field = getattr(form, name)
        if hasattr(field, "field_class"):
            args = [*field.args[1:2], field.kwargs.get("validators") or []]
            yield f"{form.__name__}.{name}", field.field_class, [each for group in args for each in group]


def without_limit(classes):
    """Fields of text whose length nobody measures."""
    return sorted(
        name
        for form in classes
        for name, kind, validators in _fields(form)
        if kind in {StringField, TextAreaField, EmailField}
        and name not in WITHOUT_LIMIT
        and not any(isinstance(each, Longest) for each in validators)
    )


def cutting(classes):
    """Fields that let the browser cut: WTForms writes the `max` of its own validator as a `maxlength`."""
    return sorted(
        name
        for form in classes
        for name, _kind, validators in _fields(form)
        if any(isinstance(each, Length) and each.max != -1 for each in validators)
    )


def blank(classes):
    """Choices that let blanks through, which are none of them: verbs would get a value that nothing has."""
    return sorted(
        name
        for form in classes
        for name, kind, validators in _fields(form)
        if issubclass(kind, SelectField) and any(isinstance(each, Optional) for each in validators)
    )


def run_together(root: Path) -> list[str]:
    """Templates in whose labels a hint may run on, as a part of the label: it is a line of its own, after it."""
    said = re.compile(r'field__opt|optional=(_\(|")')
    return [
        path.name
        for path in sorted(root.glob("templates/**/*.html"))
        if path.name not in RUN_ON and said.search(path.read_text())
    ]


def cutting_templates(root: Path) -> list[str]:
    """Templates and scripts that let the browser cut."""
    paths = [*root.glob("templates/**/*.html"), *root.glob("static/js/*.js")]
    return [path.name for path in sorted(paths) if re.search(r"max_?length", path.read_text(), re.I)]


class Planted(FlaskForm):
    """Breaks every rule."""

    title = StringField("Title", [Length(max=10)])
    kind = RadioField("Kind", [Optional()])


@pytest.mark.parametrize("rule", [without_limit, cutting], ids=lambda rule: rule.__name__)
def test_every_field_of_text_is_measured_and_none_is_cut(rule):
    assert len(all_forms()) > 15
    assert rule(all_forms()) == []
    assert rule({Planted}) == ["Planted.title"]


def test_no_choice_may_be_blank():
    assert blank(all_forms()) == []
    assert blank({Planted}) == ["Planted.kind"]


def test_no_template_and_no_script_cuts_what_is_typed(tmp_path):
    assert cutting_templates(ROOT) == []
    assert cutting_templates(plant(tmp_path, {"templates/a.html": '<input maxlength="3">'})) == ["a.html"]


def test_no_label_runs_on_into_a_hint(tmp_path):
    assert run_together(ROOT) == []
    label = '<label>Reason <span class="field__opt">not always</span></label>'
    planted = {
        "templates/a.html": label,
        "templates/b.html": '{{ field(form.reason, optional=_("not always")) }}',
    }
    assert run_together(plant(tmp_path, planted)) == ["a.html", "b.html"]
