"""The note on a post that somebody keeps."""

from flask_wtf import FlaskForm
from wtforms import StringField

from forum.infra.i18n import lazy
from forum.models.bookmarks import Bookmark
from forum.web.forms.fields import Longest


class BookmarkForm(FlaskForm):
    note = StringField(lazy("Your note on this post"), [Longest(Bookmark.NOTE_MAX)])
