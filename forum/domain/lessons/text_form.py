"""The fields in which the text of a lesson is written, as its form sends them and as its drafts keep them."""

from collections.abc import Callable

from forum.domain.lessons import external_sources
from forum.models.lessons import LessonVersion

ON_ONE_LINE = ("title", "one_sentence", "owner", "change_note")
ADVICE = (*LessonVersion.ADVICE, "recommendation")
PARAGRAPHS = (
    *ADVICE, "context", "problem", "what_was_done", "result", "summary", "unknowns", "alternative_reading",
)  # fmt: skip
LISTS = ("conditions", "not_for", "addressees", "assumptions", "open_questions")
SOURCES = "external_sources"
CHOSEN = ("outcome", "axis", "confidence", "licence", "review_on")
TYPED = (
    "title", "one_sentence", *ADVICE, "conditions", "unknowns", "assumptions", "open_questions", "alternative_reading",
    "not_for", "addressees", "context", "problem", "what_was_done", "result", "summary", SOURCES, "tags", "owner",
    "change_note",
)  # fmt: skip


def sent(name: str, values: Callable[[str], list[str]]) -> str | None:
    """Return what was sent for a field in which somebody types, as one text; None where it was not sent.

    A list may come as one input for each item, the sources as one for each of their parts; `values` gives those of an
    input by its name.
    """
    if name == SOURCES and values(f"{SOURCES}-url"):
        parts = [values(f"{SOURCES}-{part}") for part in external_sources.PARTS]
        rows = [dict(zip(external_sources.PARTS, row, strict=True)) for row in zip(*parts, strict=False)]
        return external_sources.as_text(row for row in rows if row["title"].strip() or row["url"].strip())
    inputs = values(name)
    if name in LISTS and inputs:
        return "\n".join(item for item in inputs if item.strip())
    return inputs[0] if inputs else None
