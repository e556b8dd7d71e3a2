"""Accepting the house rules of a space with the first thing that somebody writes there."""

from flask_wtf import FlaskForm
from wtforms import HiddenField

from forum.infra.i18n import lazy
from forum.infra.paging import id_of


class AcceptingForm(FlaskForm):
    """A form with which somebody writes in a space: `accepts` is the id of the version of its rules that they ticked.

    It is drawn as a box below that version (`house_rules/_accept.html`).
    """

    accepts = HiddenField(lazy("House rules"), filters=[lambda ticked: id_of(str(ticked or "")) or None])
