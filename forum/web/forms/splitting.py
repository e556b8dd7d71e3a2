"""Which posts become a thread of their own, and into which thread all posts of one go."""

import re
from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput

from forum.domain.regrouping.candidates import Other
from forum.domain.regrouping.splitting import Asked
from forum.domain.themes.labels import AUDIENCES
from forum.infra.i18n import _, lazy
from forum.infra.paging import id_of
from forum.models.moderation import ModerationAction
from forum.models.spaces import Audience
from forum.models.threads import Thread
from forum.web.forms.fields import Longest, named

ANOTHER = "another"
# The number of a thread, or an address in which it stands.
_THREAD = re.compile(r"(?:.*/threads/)?(\d{1,10})(?:[-/?#].*)?")


class SplitForm(FlaskForm):
    numbers = SelectMultipleField(
        lazy("Which posts?"),
        [DataRequired(lazy("Choose at least one post."))],
        coerce=id_of,
        validate_choice=False,
        option_widget=CheckboxInput(),
    )
    title = StringField(
        lazy("Title of the new thread"), [Longest(Thread.TITLE_MAX, missing=lazy("Choose a title."))]
    )
    audience = RadioField(lazy("Who may read it?"), [DataRequired(lazy("Choose who may read this."))])
    reason = StringField(lazy("Reason"), [Longest(ModerationAction.REASON_MAX)])
    after = HiddenField()  # the posts that are offered come after this one
    seen = HiddenField()

    def offer(self, present: Audience) -> None:
        """Offer the readers that the thread has now, or fewer."""
        self.audience.choices = named(AUDIENCES, [one for one in Audience if one.rank <= present.rank])
        if not self.is_submitted():
            self.audience.data = present.value

    def asked(self) -> Asked:
        """Return what was chosen."""
        return Asked(tuple(self.numbers.data or ()), self.title.data or "", Audience(self.audience.data))


class MergeForm(FlaskForm):
    into = RadioField(lazy("Into which thread?"), validate_choice=False)
    address = StringField(lazy("Its number or its address"), [Longest(500)])
    reason = StringField(lazy("Reason"), [Longest(ModerationAction.REASON_MAX)])
    seen = HiddenField()

    def offer(self, others: Sequence[Other]) -> None:
        """Offer these threads, and any other one by its number or its address: what was asked for is chosen."""
        self.into.choices = [
            *((str(one.id), one.title) for one in others),
            (ANOTHER, _("Another thread of this space")),
        ]
        asked = self.into.data or ("" if others and not self.address.data else ANOTHER)
        if asked and asked not in {code for code, _title in self.into.choices}:
            asked, self.address.data = ANOTHER, asked
        self.into.data = asked or None

    def into_id(self) -> int:
        """Return the number of the thread that was chosen or typed; 0, which none has, where neither is one."""
        chosen = (self.into.data or ANOTHER).strip()
        found = _THREAD.fullmatch((self.address.data or "").strip() if chosen == ANOTHER else chosen)
        return id_of(found[1]) if found else 0
