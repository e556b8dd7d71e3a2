"""Answers: an author's own, changeable until their round closes, and seen by nobody else before."""

from collections.abc import Iterable

from forum.domain.consents import closing, store
from forum.domain.lines import clean_paragraphs
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.consents import ConsentAnswer, ConsentRequest
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Invalid, NotFound
from forum.policy.visibility import get_visible


def answer(
    actor: Actor,
    request_id: int,
    *,
    answer: ConsentAnswer | str,
    own_words: str = "",
    same_for: Iterable[int] = (),
) -> bool:
    """Keep what the author answers to a question, and to others of theirs in the round; return whether it closed.

    An answer replaces the one before. With the last yes of all authors the round closes at once. NotFound for whoever
    is not the author, Conflict once the round is over, Invalid at `answer`, `own_words` or `same_for`.
    """
    request: ConsentRequest = get_visible(ConsentRequest, actor, request_id)
    found = store.locked(request.round_id)
    if found.round.withdrawn:
        raise Conflict(_("This question was taken back."))
    now = clock.now()
    if found.round.closed_at is not None or now >= found.round.closes_at:
        raise Conflict(_("The term is over: answers count no more."))
    chosen, others = _answer(answer), set(same_for) - {request_id}
    words = _own_words(request, own_words) if chosen == ConsentAnswer.OTHER_WORDS else ""
    if others and chosen == ConsentAnswer.OTHER_WORDS:
        raise Invalid("same_for", _("Other words go with one excerpt. Answer the other one by itself."))
    own = {one.id: one for one in found.requests if one.author_id == actor.id}
    for number in [request_id, *sorted(others)]:
        if number not in own:
            raise NotFound
        _set(own[number], chosen, words, now)
    db.session.flush()
    if not found.is_all_yes:
        return False
    closing.close(found, at=now)
    return True


def _set(request: ConsentRequest, chosen: ConsentAnswer, words: str, now: object) -> None:
    if (request.answer, request.own_words) != (chosen, words):
        request.answer, request.own_words, request.answered_at = chosen, words, now  # type: ignore[assignment]


def _answer(value: ConsentAnswer | str) -> ConsentAnswer:
    try:
        return ConsentAnswer(value)
    except ValueError as error:
        raise Invalid("answer", _("Choose an answer.")) from error


def _own_words(request: ConsentRequest, value: str) -> str:
    words = clean_paragraphs(
        value,
        field="own_words",
        limit=ConsentRequest.OWN_WORDS_MAX,
        missing=_("Write how it may stand in the lesson."),
    )
    if words == request.words:
        raise Invalid("own_words", _("This is what was asked. Change it, or choose one of the three yeses."))
    return words
