"""The form that asks somebody to check a lesson: whom it offers, and whom somebody chose or typed in it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from forum.domain.lessons.review_candidates import Candidate, Candidates
from forum.domain.lessons.workbench import asking
from forum.domain.themes import labels
from forum.infra.i18n import _
from forum.infra.paging import id_of
from forum.models.spaces import Audience
from forum.policy.errors import Invalid
from forum.web.forms.workbench import GROUP, OTHER, AskForm, SubmissionForm
from forum.web.http.current_user import actor


def offer(form: AskForm, offered: Iterable[Candidates]) -> None:
    """Let the form offer the groups and the people who can be asked, each with a line about them."""
    offered = list(offered)
    if form.found:  # for readers who are chosen already
        offered = [replace(one, people=[]) for one in offered]
    people: dict[int, tuple[Candidate, list[str]]] = {one.id: (one, []) for one in form.found}
    for candidates in offered:
        for one in candidates.people:
            people.setdefault(one.id, (one, []))[1].append(str(labels.AUDIENCES[candidates.audience]))
    choices: list[tuple[str, Any]] = []
    if any(candidates.has_group for candidates in offered):
        choices.append((GROUP, _("Whoever of them is free first")))
    choices += [(str(one.id), one.byline.name) for one, _audiences in people.values()]
    form.reviewer.choices = [*choices, (OTHER, _("Somebody else, by name"))]
    for one, audiences in people.values():
        readers = _("can check it for: %(who)s", who=", ".join(audiences)) if len(offered) > 1 else ""
        about = (one.byline.job, one.byline.org_words, readers)
        form.about[str(one.id)] = " · ".join(filter(None, about))


def ask_again(form: SubmissionForm, offered: Iterable[Candidates], again: int | None) -> None:
    """Let the form choose who sent the lesson back, unless somebody chose, or they cannot check it any more."""
    if form.reviewer.data is not None:
        return
    for candidates in offered:
        if candidates.audience == form.audience.data and again in {one.id for one in candidates.people}:
            form.reviewer.data = str(again)


def looks_up(form: AskForm, lesson_id: int, audience: Audience) -> bool:
    """Look up whose name was typed; return whether the page has to ask which of those who were found is meant."""
    if form.reviewer.data != OTHER:
        return False
    typed = " ".join((form.reviewer_name.data or "").split())
    if not typed:
        raise Invalid("reviewer_name", _("Fill in a name."))
    form.found = asking.find(actor(), lesson_id, audience, typed)
    if not form.found:
        raise Invalid("reviewer_name", _("Nobody with this name can check the lesson for these readers."))
    called = typed.casefold().removeprefix("@")
    exact = [one for one in form.found if called in _names(one)]
    if len(exact) != 1:
        return True
    form.reviewer.data = str(exact[0].id)
    return False


def chosen(form: AskForm) -> int | None:
    """Return the id of who was chosen, None for the group; Invalid at the field.

    A number that nobody can have is 0: it is refused as the number of somebody who cannot be asked.
    """
    value = form.reviewer.data or ""
    if value == GROUP:
        return None
    if value.isascii() and value.isdecimal():
        return id_of(value)
    raise Invalid("reviewer", _("Choose whom you ask."))


def _names(one: Candidate) -> tuple[str, str]:
    return one.byline.name.casefold(), one.byline.handle.casefold()
