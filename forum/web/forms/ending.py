"""Withdrawing a lesson, and saying which other one takes its place."""

from flask_wtf import FlaskForm
from wtforms import StringField

from forum.infra.i18n import lazy
from forum.models.lessons import Lesson
from forum.web.forms.fields import Longest

ADDRESS_MAX = 200  # of a lesson: its number alone is shorter


class WithdrawalForm(FlaskForm):
    reason = StringField(lazy("Why?"), [Longest(Lesson.ENDED_REASON_MAX)])


class SupersessionForm(WithdrawalForm):
    by = StringField(lazy("The number of the lesson that takes its place"), [Longest(ADDRESS_MAX)])
