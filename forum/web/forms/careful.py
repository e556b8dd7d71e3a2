"""The part of a form whose text is looked at for words by which somebody may be recognised."""

from collections.abc import Collection, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField


class CarefulForm(FlaskForm):
    """`people_seen` holds marks of what its writer was shown; `people` what there is to show now.

    `looked_at`: the fields with text that others read.
    """

    looked_at: Collection[str] = ("title", "body", "sentence", "text")

    people_seen = HiddenField()
    people: Sequence[Any] = ()
