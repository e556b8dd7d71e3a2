"""Values of a form that was not accepted, as a page shows them: typed text to change, choices in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forum.domain.lessons import text_form
from forum.domain.themes import labels
from forum.infra.i18n import lazy
from forum.web.forms.accounts import JoinForm
from forum.web.forms.consents import AnswerForm
from forum.web.forms.lesson_text import TextForm
from forum.web.forms.threads import ReplyForm, ThreadForm
from forum.web.forms.workbench import ExcerptForm

# Never shown again on the page: they have to be typed again.
SECRETS = {"password": lazy("Password"), "current": lazy("Current password")}
ON_ONE_LINE = {*text_form.ON_ONE_LINE, "tags", "reason", "text", "email", "name", "function"}
SHORT = 60


def _label(form: Any, name: str) -> Any:
    return getattr(form, name).args[0]


LABELS = {
    name: _label(TextForm, name)
    for name in (*text_form.ON_ONE_LINE, *text_form.PARAGRAPHS, *text_form.LISTS, text_form.SOURCES)
}
LABELS |= {
    "body": lazy("Your text"),
    "message": lazy("Your message"),
    "note": lazy("Your note"),
    "reason": lazy("Your reason"),
    "text": lazy("Your text"),
    "words": lazy("The excerpt you chose"),
    "tags": _label(ThreadForm, "tags"),
    "email": lazy("E-mail address"),
    "name": _label(JoinForm, "name"),
    "function": _label(JoinForm, "function"),
    "own_words": _label(AnswerForm, "own_words"),
}
# What was chosen from a list: the question, and the words of its codes.
CHOICES: dict[str, tuple[Any, Mapping[Any, Any]]] = {
    "audience": (_label(ThreadForm, "audience"), labels.AUDIENCES),
    "need": (_label(ThreadForm, "need"), labels.NEEDS),
    "needs": (_label(TextForm, "needs"), labels.NEEDS),
    "axis": (_label(TextForm, "axis"), labels.AXES_OR_NONE),
    "kind": (_label(ReplyForm, "kind"), labels.KINDS),
    "stance": (_label(ExcerptForm, "stance"), labels.STANCES),
    "outcome": (_label(TextForm, "outcome"), labels.LESSON_OUTCOMES),
    "confidence": (_label(TextForm, "confidence"), labels.CONFIDENCES),
}


@dataclass(frozen=True)
class Field:
    """One value that was sent: with a `label` it was typed, with a `choice` (question, words) it was chosen."""

    name: str
    value: str
    label: Any = None
    is_secret: bool = False
    is_line: bool = False
    choice: tuple[Any, Any] | None = None


def field_of(name: str, value: str) -> Field:
    """Return a value that was sent, as a page may show it; secrets without their value."""
    if name in SECRETS:
        return Field(name, "", SECRETS[name], is_secret=True)
    question, words = CHOICES.get(name, ("", {}))
    if value in words:
        return Field(name, value, choice=(question, words[value]))
    is_prose = "\n" in value or len(value) > SHORT
    label = LABELS.get(name) if value.strip() else None
    is_line = name in ON_ONE_LINE and "\n" not in value
    return Field(name, value, label or (lazy("What you wrote") if is_prose else None), is_line=is_line)
