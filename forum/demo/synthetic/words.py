"""A few hundred made-up contributions, rendered once, from which a synthetic network takes its words.

Each has a place for a number, so that a million posts have words of their own without being rendered one by one.
"""

import random
from dataclasses import dataclass
from functools import lru_cache

from forum.infra import text

SIZE = 300
MARK = "0000"  # where the number goes
WHO = (
    "De buurt",
    "Een collega",
    "Het onthaal",
    "De ploeg",
    "Een bewoner",
    "De dienst",
    "Het team",
    "Een vrijwilliger",
)
DID = (
    "belde",
    "vroeg",
    "telde",
    "wachtte",
    "probeerde",
    "zag",
    "noteerde",
    "herhaalde",
    "verschoof",
    "overlegde",
)
WHAT = (
    "drie keer per week", "zonder vooraf af te spreken", "met twee mensen tegelijk", "aan de ingang van de school",
    "na een lange winter", "op papier en niet op een scherm", "in het oude gemeentehuis", "met een vaste afspraak",
    "tot het wel lukte", "voor de eerste vergadering",
)  # fmt: skip
THEN = (
    "en dat hielp meer dan we dachten", "maar het bleef bij een proef", "want niemand had het eerder gevraagd",
    "en wie er het meest aan had, zei het minst", "al bleef de vraag wie het onderhoudt",
    "zodat de volgende wist waar te beginnen",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """One contribution; `body`, `html` and `plain` in two halves with room for a number between them."""

    title: str
    body: tuple[str, str]
    html: tuple[str, str]
    plain: tuple[str, str]
    sentences: tuple[tuple[int, int], tuple[int, int]]  # the first two, as places in the plain text

    def said(self, number: int) -> tuple[str, str, str]:
        """As typed, as rendered and as plain text, with its number."""
        (body, body_end), (html, html_end), (plain, plain_end) = self.body, self.html, self.plain
        return f"{body}{number}{body_end}", f"{html}{number}{html_end}", f"{plain}{number}{plain_end}"

    def piece(self, which: int) -> tuple[int, int, str]:
        """The first or the second sentence: where it stands in the plain text, and its words."""
        start, end = self.sentences[which]
        return start, end, self.plain[0][start:end]


@lru_cache(maxsize=2)
def pool(number: int) -> tuple[Words, ...]:
    """The contributions, the same for the same seed."""
    chance = random.Random(number)
    return tuple(_words(chance) for _ in range(SIZE))


def _words(chance: random.Random) -> Words:
    paragraphs = [
        " ".join(_sentence(chance) for _ in range(chance.randint(2, 5))) for _ in range(chance.randint(1, 4))
    ]
    if chance.random() < 0.3:
        paragraphs.append("\n".join(f"- {_sentence(chance)}" for _ in range(3)))
    if chance.random() < 0.2:
        paragraphs.append(f"**Let op:** {_sentence(chance)}")
    body = "\n\n".join([*paragraphs, f"Verslag {MARK}."])
    html = text.render(body)
    plain = text.plain(html)
    return Words(
        _sentence(chance).rstrip("."), _halves(body), _halves(html), _halves(plain), _first_two(plain)
    )


def _halves(words: str) -> tuple[str, str]:
    before, _mark, after = words.partition(MARK)
    return before, after


def _first_two(plain: str) -> tuple[tuple[int, int], tuple[int, int]]:
    first = plain.index(".") + 1
    start = first + len(plain[first:]) - len(plain[first:].lstrip())
    return (0, first), (start, plain.index(".", start) + 1)


def _sentence(chance: random.Random) -> str:
    first = f"{chance.choice(WHO)} {chance.choice(DID)} {chance.choice(WHAT)}"
    return f"{first}, {chance.choice(THEN)}." if chance.random() < 0.7 else f"{first}."
