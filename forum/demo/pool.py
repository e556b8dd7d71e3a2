"""A few hundred made-up contributions, rendered once, from which a synthetic network takes its words."""

import random
from dataclasses import dataclass

from forum.infra import text

SIZE = 300
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


@dataclass(frozen=True)
class Words:
    """One contribution: as typed, as rendered, as plain text."""

    title: str
    body: str
    html: str
    plain: str


def pool(chance: random.Random) -> list[Words]:
    """The contributions, the same for the same chance."""
    return [_words(chance) for _ in range(SIZE)]


def _words(chance: random.Random) -> Words:
    paragraphs = [
        " ".join(_sentence(chance) for _ in range(chance.randint(2, 5))) for _ in range(chance.randint(1, 4))
    ]
    if chance.random() < 0.3:
        paragraphs.append("\n".join(f"- {_sentence(chance)}" for _ in range(3)))
    if chance.random() < 0.2:
        paragraphs.append(f"**Let op:** {_sentence(chance)}")
    body = "\n\n".join(paragraphs)
    html = text.render(body)
    return Words(_sentence(chance).rstrip("."), body, html, text.plain(html))


def _sentence(chance: random.Random) -> str:
    first = f"{chance.choice(WHO)} {chance.choice(DID)} {chance.choice(WHAT)}"
    return f"{first}, {chance.choice(THEN)}." if chance.random() < 0.7 else f"{first}."
