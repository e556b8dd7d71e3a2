"""What the lessons of a synthetic network rest on: claims, literal words under them, and their speakers' consent."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from forum.demo.synthetic.network import DAY, Network, Rows, moment
from forum.demo.synthetic.pace import GrowingThread, Quotable
from forum.infra import tokens
from forum.models.claims import Claim, Excerpt, Stance
from forum.models.consents import Consent, Masking
from forum.models.spaces import Audience

STANCES = (Stance.SUPPORTS, Stance.NUANCES, Stance.CONTRADICTS)
CLAIMS, EXCERPTS = 3, 2  # of the measured lesson, and the most of the others but one


@dataclass(slots=True)
class Made:
    """A lesson while its rows are written; `published` and `changed` once readers get it."""

    id: int
    thread: GrowingThread
    audience: Audience
    begun: float
    published: float | None
    changed: float | None
    in_review: bool = False

    @property
    def measured(self) -> bool:
        """Whether it is the lesson of the measured thread, alike in every network."""
        return self.thread.measured

    @property
    def wider(self) -> bool:
        """Whether it takes words out of the thread they were said in."""
        return self.thread.audience.rank < self.audience.rank


class Evidence:
    """Writes claims and excerpts for one version after another."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.claim, self.excerpt, self.consent = count(1), count(1), count(1)
        self.agreed: dict[tuple[int, int, int], int] = {}  # by lesson, post and which of its words

    def chosen(self, lesson: Made) -> list[list[Quotable]]:
        """The posts that each claim of a new version rests on."""
        chance, posts = self.network.chance, lesson.thread.quotable
        claims = CLAIMS if lesson.measured else chance.choice((2, 3, 4))
        return [
            [
                posts[(position + which) % len(posts)]
                for which in range(EXCERPTS if lesson.measured else chance.choice((1, EXCERPTS)))
            ]
            for position in range(1, claims + 1)
        ]

    def under(self, chosen: list[list[Quotable]], version: int, lesson: Made, *, sealed: bool) -> Rows:
        """The claims of a version, each on words of the posts that were chosen for it, with the rights of its seal."""
        for position, posts in enumerate(chosen, 1):
            claim = next(self.claim)
            row = {"id": claim, "version_id": version, "position": position}
            yield Claim, {**row, "text": posts[0].words.piece(0)[2].rstrip(".")}
            for which, post in enumerate(posts):
                yield (
                    Excerpt,
                    {
                        **self._excerpt(claim, post, which),
                        **self._right(lesson if sealed else None, post, which),
                    },
                )

    def consents(self, lesson: Made) -> Rows:
        """A yes for all the words that may leave the thread."""
        self.agreed.clear()
        for post in lesson.thread.quotable:
            for which in range(EXCERPTS):
                words = post.words.piece(which)[2]
                row = self._consent(lesson, post, words)
                self.agreed[lesson.id, post.post, which] = row["id"]
                yield Consent, row

    def cities(self, chosen: list[list[Quotable]]) -> list[str]:
        """The cities that back a version."""
        authors = (post.author for posts in chosen for post in posts)
        return list(dict.fromkeys(self.network.city(author) for author in authors))

    def _excerpt(self, claim: int, post: Quotable, which: int) -> dict[str, Any]:
        start, end, words = post.words.piece(which)
        return {
            "id": next(self.excerpt),
            "claim_id": claim,
            "revision_id": post.revision,
            "start_at": start,
            "end_at": end,
            "words": words,
            "sha256": tokens.digest(words),
            "stance": STANCES[0] if which == 0 else self.network.chance.choice(STANCES),
        }

    def _right(self, lesson: Made | None, post: Quotable, which: int) -> dict[str, Any]:
        return {
            "right_audience": lesson.thread.audience if lesson else None,
            "right_space_id": lesson.thread.place.id if lesson else None,
            "consent_id": self.agreed.get((lesson.id, post.post, which)) if lesson else None,
        }

    def _consent(self, lesson: Made, post: Quotable, words: str) -> dict[str, Any]:
        return {
            "id": next(self.consent),
            "lesson_id": lesson.id,
            "post_id": post.post,
            "author_id": post.author,
            "words": words,
            "sha256": tokens.digest(words),
            "masking": Masking.FUNCTION,
            "city_shown": True,
            "shown_as": "een wijkwerker",
            "audience": lesson.audience,
            "asked_at": moment(lesson.begun),
            "answered_at": moment(min(self.network.now, lesson.begun + DAY)),
            "agreed": True,
        }
