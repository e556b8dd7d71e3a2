"""The directory: finding who can be asked, the page of a member, and what members say they may be asked."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.choices import Counts
from forum.domain.indexing.lost import unless_lost
from forum.domain.lessons import by_author as lessons_by_author
from forum.domain.people import directory, offers
from forum.domain.people.directory import Choice
from forum.domain.people.offers import Offer
from forum.domain.search import people_meant, writers
from forum.domain.search.writers import Writer
from forum.domain.spaces import member_page
from forum.domain.themes import labels
from forum.domain.threads import by_author
from forum.infra.i18n import _
from forum.infra.paging import Page
from forum.policy.errors import Invalid
from forum.web.forms import errors_on
from forum.web.forms.offers import OfferForm
from forum.web.http import list_filters
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.list_filters import Filter, FilterPanel

bp = Blueprint("people", __name__)
NAMES: Mapping[str, Mapping[Any, Any]] = {
    "axis": labels.AXES,
    "level": labels.LEVELS,
    "body": labels.BODIES,
}
FEW_POSTS, FEW_LESSONS = 5, 2


class PeopleFilters(FilterPanel):
    """The filters of a choice in the directory."""

    drawn = directory.KINDS

    def __init__(self, choice: Choice, counts: Counts) -> None:
        super().__init__(choice, counts)
        self._choice = choice
        self._counts = counts

    def of(self, kind: str) -> list[Filter]:
        """Return the values of a kind: the fixed ones in their order, cities by how many people they leave."""
        choice, counts = self._choice, self._counts
        values = {*counts.by[kind], *getattr(choice, kind)} if kind == "city" else map(str, NAMES[kind])
        texts = {value: _text(kind, value) for value in values}
        each = list_filters.of_several(kind, texts, choice, counts, _address(choice.without(kind)))
        return list_filters.most_first(each, counts.by[kind]) if kind == "city" else each


@bp.get("/people")
@open_to(members)
def index() -> ResponseReturnValue:
    typed = choice = Choice.of(request.args.get("q", ""), request.args.getlist)
    cursor, wrong = request.args.get("after"), ""
    page: Page[directory.Found] = Page()
    counts, wrote = Counts(), list[Writer]()
    try:
        page = directory.people(actor(), typed, cursor=cursor)
        # Who wrote about it is known of nobody's city or function: filters would leave what they do not narrow.
        if typed.question and not (typed.values or cursor):
            wrote = unless_lost(lambda: writers.about(actor(), typed.question), [])
        if typed.question and not (page.rows or cursor):
            choice = unless_lost(lambda: _meant(typed, wrote), typed)
            page = page if choice is typed else directory.people(actor(), choice)
        counts = directory.counts(actor(), choice)
    except Invalid as error:
        wrong = error.message
    shown = render_template(
        "people/index.html",
        page=page,
        writers=wrote,
        typed=typed,
        choice=choice,
        total=counts.total,
        may_be_more="" in counts.at_least,
        wrong=wrong,
        filters=None if wrong else PeopleFilters(choice, counts),
        chosen=[
            Filter(value, _text(kind, value), _address(choice.toggled(kind, value)), True, "")
            for kind, values in choice.values.items()
            for value in values
        ],
        here=_address(choice),
        unfiltered=_address(Choice(choice.question)),
        older=_address(choice, after=page.next_cursor) if page.next_cursor else None,
        newer=_address(choice) if cursor else None,
    )
    return shown, 422 if wrong else 200


def _meant(typed: Choice, wrote: Sequence[Writer]) -> Choice:
    """What may have been meant where nobody is found by what was typed; that itself where nothing else finds anybody.

    `wrote`: people who wrote these very words, who are looked for without filters alone. Then it is no typing error.
    """
    ways = [people_meant.in_city, people_meant.in_form, people_meant.in_telling_words]
    ways += [] if wrote else [people_meant.corrected]
    return next(filter(None, (way(actor(), typed) for way in ways)), typed)


@bp.get("/members/<handle>")
@open_to(members)
def show(handle: str) -> ResponseReturnValue:
    member = member_page.page(actor(), handle)
    return render_template(
        "people/show.html",
        member=member,
        posts=by_author.posts_of(actor(), member.id, limit=FEW_POSTS),
        lessons=lessons_by_author.words_of(actor(), member.id, limit=FEW_LESSONS),
    )


@bp.get("/members/<handle>/posts")
@open_to(members)
def posts(handle: str) -> ResponseReturnValue:
    member, cursor = member_page.head(actor(), handle), request.args.get("after")
    page = by_author.posts_of(actor(), member.id, cursor=cursor)
    return render_template("people/posts.html", member=member, page=page, cursor=cursor)


@bp.get("/members/<handle>/lessons")
@open_to(members)
def lessons(handle: str) -> ResponseReturnValue:
    member, cursor = member_page.head(actor(), handle), request.args.get("after")
    page = lessons_by_author.words_of(actor(), member.id, cursor=cursor)
    return render_template("people/lessons.html", member=member, page=page, cursor=cursor)


@bp.get("/settings/offer")
@open_to(members)
def offer() -> ResponseReturnValue:
    said = offers.of_members([actor().id]).get(actor().id, Offer())
    return render_template("people/offer.html", form=OfferForm.filled(said))


@bp.post("/settings/offer")
@open_to(members)
def save_offer() -> ResponseReturnValue:
    form = OfferForm()
    if form.validate():
        with errors_on(form):
            offers.save(
                actor(),
                asks=form.asks,
                tag_line=form.tags.data or "",
                axes=form.axes.data or [],
                seeks=form.seeks.data or "",
            )
            flash(_("Your profile is saved."), "ok")
            return redirect(url_for("people.show", handle=actor().handle), 303)
    return render_template("people/offer.html", form=form), 422


def _address(choice: Choice, **more: Any) -> str:
    parameters: dict[str, Any] = {"q": choice.question or None, **choice.values, **more}
    return url_for("people.index", **parameters)


def _text(kind: str, value: str) -> str:
    name = labels.city_name(value) if kind == "city" else str(NAMES[kind][value])
    return name[:1].upper() + name[1:]
