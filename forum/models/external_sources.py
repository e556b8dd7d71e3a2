"""What a source outside the forum is, that a lesson refers to."""

import enum


class SourceKind(enum.StrEnum):
    """What stands behind the address."""

    FIGURES = "figures"
    REPORT = "report"
    RULE = "rule"
    EXAMPLE = "example"
    OTHER = "other"
