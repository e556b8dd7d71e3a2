"""The page of a search: what was found for a question, and filters as links that keep each other."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.indexing import lost
from forum.domain.lessons.library_choice import LATELY
from forum.domain.search import by_title, missed, results, suggestions
from forum.domain.search import choice as choices
from forum.domain.search.by_title import Titles
from forum.domain.search.candidates import FACETS_OF_TEXT
from forum.domain.search.choice import Choice
from forum.domain.search.results import Answer
from forum.domain.themes import labels
from forum.infra import i18n
from forum.infra.i18n import _
from forum.infra.paging import id_of
from forum.infra.rates import TooOften
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.errors import Invalid
from forum.web import composer
from forum.web.http import links, list_filters, transactions
from forum.web.http.access import anyone, open_to
from forum.web.http.current_user import viewer
from forum.web.http.list_filters import Filter
from forum.web.lesson_filters import chosen_text

bp = Blueprint("search", __name__)
SHOWN = 6  # cities that stand open
LAST_PAGE = 100
NAMES: Mapping[str, Mapping[str, Any]] = {
    "kind": choices.KIND_NAMES,
    "outcome": choices.OUTCOMES,
    "axis": labels.AXES,
    "need": labels.NEEDS,
}
# The address of what is suggested, by its kind.
SUGGESTED: Mapping[str, Callable[[Any], str]] = {
    choices.LESSONS: lambda row: links.to_lesson(row.public_id),
    choices.THREADS: links.to_thread,
    suggestions.TAGS: lambda row: url_for("overview.index", tag=row.slug),
    choices.PEOPLE: lambda row: url_for("people.show", handle=row.handle),
    choices.SPACES: links.to_space,
}


@bp.get("/search")
@open_to(anyone)
def index() -> ResponseReturnValue:
    typed, page = request.args.get("q", ""), min(id_of(request.args.get("page")) or 1, LAST_PAGE)
    who = viewer()
    if number := results.lesson_called(who, typed):
        return redirect(links.to_lesson(number))
    address = request.remote_addr or ""
    try:
        answer = lost.unless_lost(
            lambda: results.answer(who, typed, request.args.getlist, page=page, address=address), None
        )
        if answer is None:
            return _by_title(by_title.found(who, typed), typed)
    except Invalid as error:
        return render_template("search/index.html", typed=typed, wrong=error.message, answer=None), 422
    words, choice = answer.question.words, answer.choice
    is_missed = page == 1 and not request.args.get(results.LITERALLY) and missed.may_be_kept(who, answer)
    if who is not None and is_missed:
        transactions.afterwards(lambda: missed.note(who, answer.question))
    return render_template(
        "search/index.html",
        typed=typed,
        wrong="",
        answer=answer,
        number=_number(answer.counts.total, is_cut="" in answer.counts.at_least),
        kinds=_kinds(answer),
        filters={kind: _filters(kind, answer) for kind in FACETS_OF_TEXT},
        chosen=_chosen(answer),
        shown=SHOWN,
        asked_by_address=[kind for kind in Choice.kinds() if request.args.get(kind)],
        unfiltered=_address(words, Choice()),
        without_filters=_without_filters(answer),
        in_city=_in_city(answer),
        here=_address(words, choice),
        only={kind: _address(words, replace(choice, kind=(kind,))) for kind in choices.KIND_NAMES},
        older=_address(words, choice, page=page + 1) if page < answer.pages else None,
        newer=_address(words, choice, page=page - 1) if page > 1 else None,
        space_names={space.id: space.name for space in answer.known.cards},
        counted=_counted(answer),
        literal=_address(words, choice, **{results.LITERALLY: 1}),
        ask=_ask(who, answer),
        is_missed=is_missed,
        directory=url_for("people.index", q=answer.question.plain, city=choice.city, axis=choice.axis),
    )


@bp.get("/search/suggest")
@open_to(anyone)
def suggest() -> ResponseReturnValue:
    """Answer with a list of links, for the script of the search field; nothing where there is none."""
    headers = {"Cache-Control": "private, no-store"}
    who, typed, address = viewer(), request.args.get("q", ""), request.remote_addr or ""
    found: list[suggestions.Suggestion]
    try:
        found = lost.unless_lost(lambda: suggestions.suggest(who, typed, address=address), [])
    except TooOften:
        return "", 429, headers
    each = [(one, SUGGESTED[one.kind](one.row)) for one in found]
    return render_template("search/suggestions.html", suggestions=each), headers


def _by_title(found: Titles, typed: str) -> str:
    """The page while the index is lost."""
    return render_template(
        "search/repairing.html",
        typed=typed,
        found=found,
    )


def _address(words: str, choice: Choice, **more: Any) -> str:
    """The address of a search without filters in its words: they stand in it each by itself."""
    literally = request.args.get(results.LITERALLY)
    parameters = {"q": words or None, **choice.values, results.LITERALLY: literally, **more}
    return url_for(".index", **parameters)


def _ask(who: Actor | None, answer: Answer) -> dict[str, str] | None:
    """Where the reader may ask what nothing was found for, with the name of that space."""
    if who is None or who.approved_at is None or answer.counts.total or not answer.question.plain:
        return None
    own = composer.open_spaces(who)
    if not own:
        return None
    title = answer.question.plain[: Thread.TITLE_MAX]
    return {"space": own[0].name, "address": url_for("threads.new", slug=own[0].slug, title=title, ask=1)}


def _in_city(answer: Answer) -> dict[str, str] | None:
    """The search for the other words in a city that stands among them, and what that city is called."""
    if answer.in_city is None:
        return None
    code, question = answer.in_city
    narrowed = replace(answer.choice, city=(code,))
    address = _address(question.words, narrowed)
    return {"city": labels.city_name(code), "words": question.words, "address": address}


def _without_filters(answer: Answer) -> dict[str, Any] | None:
    """What to look for where nothing was found with a filter: the words without it, or a name as a word.

    With how many there are, where words were looked for.
    """
    words, counts, by = answer.question.words, answer.unfiltered, answer.choice.by
    if counts is not None:
        number = _number(counts.total, is_cut="" in counts.at_least)
        return {"address": _address(words, Choice()), "words": words, "total": counts.total, "number": number}
    if by and not words:
        return {"address": _address(by[0], Choice()), "words": by[0], "total": None}
    return None


def _number(number: int, *, is_cut: bool) -> str:
    return f"{i18n.number(number)}+" if is_cut else i18n.number(number)


def _counted(answer: Answer) -> dict[str, str]:
    """How many there are of each kind of result, as its heading says it."""
    counts = answer.counts
    return {
        kind: _number(counts.by["kind"][kind], is_cut=kind in counts.at_least)
        for kind in choices.KIND_NAMES
        if counts.by
    }


def _kinds(answer: Answer) -> list[Filter]:
    """The kinds of results of which there are any, and all of them together."""
    counts, counted = answer.counts, _counted(answer)
    numbers: Mapping[str, int] = counts.by.get("kind", {})
    everything = _number(sum(numbers.values()), is_cut=not counts.at_least.isdisjoint(choices.KIND_NAMES))
    anywhere, chosen = _address(answer.question.words, answer.choice.without("kind")), answer.choice.kind
    found = [Filter("", _("Everything"), anywhere, not chosen, everything)]
    for kind, name in choices.KIND_NAMES.items():
        if kind in chosen or numbers.get(kind):
            href = list_filters.with_values(anywhere, "kind", (kind,))
            found.append(Filter(kind, str(name), href, kind in chosen, counted[kind]))
    return found if len(found) > 1 else []


def _filters(kind: str, answer: Answer) -> list[Filter]:
    """The values of a facet that leave something, and what is chosen of it."""
    choice, counts = answer.choice, answer.counts
    codes = NAMES.get(kind) or choices.NAMES[kind]
    texts = {code: _text(kind, code, answer) for code in codes}
    anywhere = _address(answer.question.words, choice.without(kind))
    if not counts.by:
        return []
    each = list_filters.of_several(kind, texts, choice, counts, anywhere)
    left = [one for one in each if one.current or counts.by[kind][one.code]]
    return list_filters.most_first(left, counts.by[kind]) if kind == "city" else left


def _text(kind: str, value: str, answer: Answer) -> str:
    """What a value of a filter is called."""
    if kind == "city":
        return labels.city_name(value)
    if kind == "space":
        return next((space.name for space in answer.known.cards if space.slug == value), value)
    if kind in LATELY:
        return chosen_text(kind, value)
    if kind == "by":
        return _("signed by %(name)s", name=value)
    if kind == "before":
        return _("before %(day)s", day=i18n.day(date.fromisoformat(value)))
    return str(NAMES[kind][value])


def _chosen(answer: Answer) -> list[Filter]:
    """The filters that hold, typed or chosen, each with the address without it."""
    words, choice = answer.question.words, answer.choice
    return [
        Filter(value, _text(kind, value, answer), _address(words, choice.without(kind)), True, "")
        for kind, values in choice.values.items()
        for value in values
    ]
