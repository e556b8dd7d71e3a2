"""Changing one's own post."""

from typing import Any

from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired

from forum.domain.threads import post_store
from forum.domain.threads.posts import Source
from forum.infra.i18n import lazy
from forum.infra.text import MAX_LENGTH
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.web.forms import errors_on
from forum.web.forms.careful import CarefulForm
from forum.web.forms.fields import Longest


class PostForm(CarefulForm):
    title = StringField(lazy("Title"), [Longest(Thread.TITLE_MAX, missing=lazy("Choose a title."))])
    body = TextAreaField(
        lazy("Your post"),
        [Longest(MAX_LENGTH, "post", missing=lazy("Write something first."))],
    )
    seen_revision = IntegerField(validators=[InputRequired()], widget=HiddenField.widget)

    @classmethod
    def of(cls, source: Source, **values: Any) -> "PostForm":
        """Return the form for a post; only an opening post has a title."""
        form = cls(**values)
        if source.number != 1:
            del form.title
        return form


def check_body(form: Any, who: Actor) -> None:
    """Say of a form that did not validate what its verb would say of the body, so that all is said at once; TooOften.

    Only rendering tells whether anything of a text can be seen. A form that validates leaves that to its verb.
    """
    if not form.body.errors:
        with errors_on(form):
            post_store.render_body(who, form.body.data or "")
