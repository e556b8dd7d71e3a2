"""The sentences of a summary as they are typed: one on a line, then the numbers of its posts, as in [3, 5]."""

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from forum.domain.lines import too_long
from forum.infra import text
from forum.infra.i18n import _, number
from forum.models.summaries import SummarySentence
from forum.policy.errors import Invalid

FIELD = "text"
MOST = 12  # sentences
MOST_CITED = 8  # posts in one sentence
LONGEST = MOST * (SummarySentence.WORDS_MAX + 60)  # of what is typed
_NUMBERS = re.compile(r"^(?P<words>.*?)\s*\[(?P<numbers>[\d\s,;]+)\]\s*$")


class Typed(NamedTuple):
    """One sentence, the line on which it stands, and the numbers of the posts that it cites, in order."""

    line: int
    words: str
    numbers: tuple[int, ...]


def parse(typed: str) -> list[Typed]:
    """Return the sentences of a text; Invalid at `text`, naming the line. Empty lines do not count."""
    typed = typed or ""
    if len(typed) > LONGEST:
        raise Invalid(FIELD, too_long(len(typed), LONGEST))
    lines = [text.one_line(line) for line in typed.splitlines()]
    found = [_sentence(place, line) for place, line in enumerate(lines, start=1) if line]
    if len(found) > MOST:
        raise Invalid(FIELD, _("Write at most %(most)d sentences.", most=MOST))
    return found


def _sentence(place: int, line: str) -> Typed:
    match = _NUMBERS.match(line)
    numbers = _whole(match["numbers"]) if match else []
    words = match["words"].strip() if match else line
    if not numbers:
        raise Invalid(
            FIELD,
            _(
                "Line %(line)d names no post. Put the number of one at its end, as in [3] or [3, 5].",
                line=place,
            ),
        )
    if not words:
        raise Invalid(FIELD, _("Line %(line)d has numbers, but no sentence.", line=place))
    if len(words) > SummarySentence.WORDS_MAX:
        message = _(
            "Line %(line)d has %(length)s characters. At most %(limit)s are allowed.",
            line=place, length=number(len(words)), limit=number(SummarySentence.WORDS_MAX),
        )  # fmt: skip
        raise Invalid(FIELD, message)
    if len(numbers) > MOST_CITED:
        raise Invalid(FIELD, _("Line %(line)d names more than %(most)d posts.", line=place, most=MOST_CITED))
    return Typed(place, words, tuple(numbers))


def _whole(written: str) -> list[int]:
    # A number that no post has is as one of a post that is not there.
    return sorted({min(int(one[:9]), 10**8) for one in re.findall(r"\d+", written)})


def check_cited(typed: Iterable[Typed], standing: Collection[int]) -> None:
    """Do nothing where every post that is cited can be read by all readers of the thread; Invalid at `text`."""
    for sentence in typed:
        missing = [one for one in sentence.numbers if one not in standing]
        if missing:
            message = _(
                "Line %(line)d cites post %(number)d, which is not there or can no longer be read.",
                line=sentence.line, number=missing[0],
            )  # fmt: skip
            raise Invalid(FIELD, message)


def write(words: str, numbers: Collection[int]) -> str:
    """Return a sentence as it is typed; without numbers, where no post that it cites can be read any more."""
    return f"{words} [{', '.join(map(str, numbers))}]" if numbers else words
