"""Where the excerpt of a form stands: where it was selected or chosen, or where its pasted words are."""

from typing import NamedTuple

from forum.domain.lessons import places
from forum.domain.lessons.places import Place
from forum.infra.i18n import _
from forum.policy.errors import Invalid
from forum.web.forms.workbench import BarForm, ExcerptForm
from forum.web.http.current_user import actor


class Passage(NamedTuple):
    """Words of a post on their way under a claim; without words those of the place."""

    post_id: int
    place: Place
    words: str | None


def pressed(form: BarForm) -> list[Passage]:
    """Return the words that were selected, or the passages that the picked sentences make; Invalid at `words`."""
    selected = form.selected()
    if selected is not None:
        return [Passage(*selected, form.words.data or "")]
    chosen = form.sentences()
    if not chosen:
        raise Invalid("words", _("Choose at least one sentence."))
    post_id = chosen[0][0]
    picked = [place for at, place in chosen if at == post_id]
    return [Passage(post_id, place, None) for place in places.joined(actor(), post_id, picked)]


def place_of(form: ExcerptForm, lesson_id: int, thread_id: int | None, page: int | None) -> tuple[int, Place]:
    """Return the post and the place in it; `thread_id` and `page` are what stands beside the draft.

    Invalid at `place` when the pasted words are in several places, which the form then offers; errors of `places.find`.
    """
    chosen = form.chosen_place()
    if chosen is not None:
        return chosen
    found = places.find(actor(), lesson_id, form.words.data, thread_id=thread_id, page=page or 1)
    if len(found.places) == 1 and found.is_all:
        return found.places[0].post_id, found.places[0].place
    form.places = found.places
    if found.is_all:
        raise Invalid("place", _("This text is in several places. Choose one of them."))
    raise Invalid(
        "place",
        _(
            "There are too many posts to search at once. Choose the place here, "
            "or open the page of the thread where this text is, and paste it there."
        ),
    )
