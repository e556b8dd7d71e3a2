"""The sentences of a post, to choose from what is quoted: for whoever has no script that takes what they select."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count, groupby

from forum.domain.threads import mentions, post_store, posts
from forum.domain.threads import sentences as of_text
from forum.infra.text import Mark
from forum.models.threads import Post, Thread
from forum.policy.actions import may_reply, require
from forum.policy.actors import Actor
from forum.policy.errors import NotFound


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words of a post, and from and up to which of its letters they stand."""

    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Quotable:
    """A post that can be quoted, as it is now."""

    thread: Thread
    post: Post
    sentences: list[Sentence]

    def marks(self, chosen: Iterable[int]) -> list[Mark]:
        """Return the passages that these sentences make, by their places; those behind each other are one."""
        places = sorted({place for place in chosen if 0 <= place < len(self.sentences)})
        steps = count()
        runs = [list(run) for _key, run in groupby(places, key=lambda place: place - next(steps))]
        return [
            Mark(
                self.post.number,
                self.post.revision,
                self.sentences[run[0]].start,
                self.sentences[run[-1]].end,
            )
            for run in runs
        ]


def quotable(actor: Actor, post_id: int) -> Quotable:
    """Return a post with its sentences, for whoever may answer in its thread; NotFound, also for one without words."""
    thread, post = posts.place(actor, post_id)
    require(may_reply(actor, thread))
    if post.hidden_at is not None or post.deleted_at is not None:
        raise NotFound
    plain, sentences, at = post_store.latest_revision(post).plain, [], 0
    for start, end in of_text.cut(plain):
        length = len("".join(plain[start:end].split()))
        sentences.append(Sentence(at, at + length, plain[start:end]))
        at += length
    drawn = mentions.in_plain({post.id: "\n".join(sentence.words for sentence in sentences)})[post.id].split(
        "\n"
    )
    named = [Sentence(one.start, one.end, words) for one, words in zip(sentences, drawn, strict=True)]
    return Quotable(thread, post, named)
