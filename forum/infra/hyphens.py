"""Where a line may not end: after the hyphen of a short word, for which style sheets have no rule."""

from typing import Any

JOINER = "\u2060"  # invisible, and no line ends at it


def unbroken(words: Any) -> Any:
    """Return a heading or a label in which no line ends within “e-mail”.

    Markup stays so. What is lazy is read now, and is text that a page escapes, whoever wrote it.
    """
    text = words if isinstance(words, str) else str(words)
    return text.replace("e-mail", f"e-{JOINER}mail").replace("E-mail", f"E-{JOINER}mail")
