"""The kinds of texts that are indexed: where each comes from, and the columns of its row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from forum.domain.indexing.keys import Keyed, Keys
from forum.infra.db import Base
from forum.infra.search_keys.words import words
from forum.models.claims import Claim
from forum.models.lessons import LessonVersion
from forum.models.search import ClaimText, PostText, TitleText, VersionText
from forum.models.threads import Post, PostRevision, Thread

Texts = tuple[str, ...]  # the fields of one row, in the order of `Kind.prefixes`
PARAGRAPHS = (
    "summary", "context", "problem", "what_was_done", "result", "recommendation", *LessonVersion.ADVICE, "unknowns",
    "alternative_reading",
)  # fmt: skip
LISTS = ("conditions", "not_for", "assumptions", "open_questions")


@dataclass(frozen=True, eq=False)
class Kind:
    """One of them. `columns` are those of the source that hold its text, `texts` makes the fields of their values."""

    name: str
    index: type[Base]
    source: type[Base]
    query: Any  # of the id, and then the columns, of every row of the source
    columns: tuple[str, ...]
    prefixes: tuple[str, ...] = ("",)
    texts: Callable[..., Texts] = lambda text: (text,)

    @property
    def id(self) -> Any:
        """The column with the id of a row of the source."""
        source: Any = self.source
        return source.id

    @property
    def key(self) -> Any:
        """The column of the index with that id."""
        table: Any = self.index.__table__
        (column,) = table.primary_key.columns
        return column

    def rows(self, texts: Mapping[int, Texts], keys: Keys) -> list[dict[str, Any]]:
        """Return the rows of the index for these texts, by their ids."""
        forms = {id_: [[word.form for word in words(text)] for text in each] for id_, each in texts.items()}
        keys.learn(form for fields in forms.values() for field in fields for form in field)
        return [{self.key.name: id_, **self._columns(keys.of_text(fields))} for id_, fields in forms.items()]

    def _columns(self, fields: list[Keyed]) -> dict[str, str]:
        named = zip(self.prefixes, fields, strict=True)
        return {
            f"{prefix}{name}": value for prefix, keyed in named for name, value in keyed._asdict().items()
        }


def of_post(heading: str, plain: str) -> str:
    """Return the text by which a post is found: with the title above it, where it opened a thread once."""
    return f"{heading} – {plain}" if heading else plain


def _of_version(title: str, one_sentence: str, *others: Any) -> Texts:
    paragraphs, lists = others[: len(PARAGRAPHS)], others[len(PARAGRAPHS) :]
    return title, one_sentence, "\n".join([*paragraphs, *(item for items in lists for item in items)])


def _select(model: Any, columns: tuple[str, ...]) -> Any:
    return select(model.id, *(getattr(model, name) for name in columns))


_VERSION = ("title", "one_sentence", *PARAGRAPHS, *LISTS)
_PRESENT = (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision)
POSTS = Kind(
    "post",
    PostText,
    Post,
    select(Post.id, Post.heading, PostRevision.plain).join(PostRevision, _PRESENT),
    ("heading", "plain"),
    texts=lambda heading, plain: (of_post(heading, plain),),
)
TITLES = Kind("title", TitleText, Thread, _select(Thread, ("title",)), ("title",))
VERSIONS = Kind(
    "version",
    VersionText,
    LessonVersion,
    _select(LessonVersion, _VERSION),
    _VERSION,
    ("title_", "sentence_", "body_"),
    _of_version,
)
CLAIMS = Kind("claim", ClaimText, Claim, _select(Claim, ("text",)), ("text",))
KINDS = (TITLES, VERSIONS, CLAIMS, POSTS)  # what there is little of first: it is found soonest
