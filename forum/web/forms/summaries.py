"""Writing where a thread stands, and asking somebody to write it too."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired

from forum.domain.summaries import keepers, sentences
from forum.infra.i18n import lazy
from forum.web.forms.careful import CarefulForm
from forum.web.forms.fields import Longest, accepted_by


class SummaryForm(CarefulForm):
    text = TextAreaField(
        lazy("Sentences, one on each line"),
        [Longest(sentences.LONGEST, "paragraphs"), accepted_by(sentences.parse)],
    )
    seen = IntegerField(validators=[InputRequired()], widget=HiddenField.widget)


class KeeperForm(FlaskForm):
    handle = StringField(lazy("Whom do you ask?"), [Longest(keepers.HANDLE_MAX)])
