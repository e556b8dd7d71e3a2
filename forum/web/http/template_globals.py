"""What every template may use: names of coded words, dates, kept fragments, the viewer."""

import base64
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g, session
from flask_wtf.csrf import generate_csrf
from jinja2 import Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context

from forum.domain.house_rules import grounds, terms
from forum.domain.lessons import external_sources
from forum.domain.mailing import hold, returned
from forum.domain.mailing.kinds import KINDS
from forum.domain.spaces import guests
from forum.domain.themes import held_labels, labels, measure_labels, report_labels
from forum.infra import bidi, days, hyphens, i18n, text, tokens, weekdays, xml_text, zones
from forum.web import ages, fragments, report_sentences, ring, text_fields
from forum.web.http import indexing, language, links, unread
from forum.web.http.current_user import actor, looks, on_desk, viewer
from forum.web.http.prefetch import flashed_messages

READERS = 4_096  # whose signatures a process keeps, rather than making them for every page


class OnceImported(Template):
    """A template whose macros are made at the first import and never compared again.

    Jinja compares the names of all globals at every import, for applications that give some templates other globals.
    Here all have the same, and that comparison was a tenth of a page with twenty imports. Should Jinja rename the
    method, then pages only become slower; a test notices.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return self._module or super()._get_default_module(ctx)


FILTERS = {
    "day": i18n.day,
    "hour": i18n.hour,
    "moment": i18n.moment,
    "local_day": i18n.local_day,
    "named_day": weekdays.named_day,
    "past_day": weekdays.past_day,
    "days_late": days.late,
    "short_day": i18n.short_day,
    "last_day": guests.last_day,
    "name_of_month": i18n.name_of_month,
    "short_moment": i18n.short_moment,
    "recent_day": i18n.recent_day,
    "recent_moment": i18n.recent_moment,
    "number": i18n.number,
    "join_words": i18n.join_words,
    "city_name": labels.city_name,
    "shortened": text.summary,
    "isolated": bidi.isolated,
    "zone_name": zones.zone_name,
    "to_html": text.to_html,
    "xml": xml_text.possible,
    "unbroken": hyphens.unbroken,
    "looked_at": external_sources.looked_at,
}

# The names of coded words, by the function that a template calls.
NAMES: Mapping[str, Mapping[Any, Any]] = {
    "axis_name": labels.AXES,
    "need_name": labels.NEEDS,
    "axis_sentence": labels.AXIS_SENTENCES,
    "need_question": labels.NEED_QUESTIONS,
    "outcome_name": labels.OUTCOMES,
    "lesson_outcome_name": labels.LESSON_OUTCOMES,
    "advice_name": labels.ADVICE_TO,
    "source_kind_name": labels.SOURCE_KINDS,
    "adoption_name": labels.ADOPTION_OUTCOMES,
    "waits_because": held_labels.BECAUSE,
    "report_outcome_name": report_labels.OUTCOMES,
    "report_reason_name": report_labels.REASONS,
    "stance_name": labels.STANCES,
    "response_name": labels.RESPONSES,
    "kind_name": labels.KINDS,
    "role_name": labels.ROLES,
    "measure_name": measure_labels.KINDS,
    "level_name": labels.LEVELS,
    "delivery_name": labels.DELIVERIES,
    "space_kind_name": labels.SPACE_KINDS,
    "audience_name": labels.AUDIENCES,
    "confidence_name": labels.CONFIDENCES,
    "frequency_name": labels.FREQUENCIES,
}


def init_app(app: Flask) -> None:
    """Register filters and globals."""
    app.jinja_env.template_class = OnceImported
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.tests["recent"] = i18n.is_recent
    app.jinja_env.globals.update(
        **{name: _named(words) for name, words in NAMES.items()},
        notice_name=_notice_name,
        city_name=labels.city_name,
        organisation_name=labels.organisation,
        html_lang=i18n.html_lang,
        language_switch=language.switch,
        canonical=indexing.canonical,
        links=links,
        rings=ring,
        report_sentences=report_sentences,
        last_post=ages.last_post,
        text_fields=text_fields,
        fragment=fragments.fragment,
        kind_words=_kind_words,
        flashed_messages=flashed_messages,
        csrf_token=_csrf_token,
        device=_device,
        restored_copy=hold.holding_copy,
        trial_asked_at=returned.trial_asked_at,
        unread_notices=unread.of_viewer,
        on_desk=on_desk,
        rules_in_force=grounds.choices,
        terms=terms.of_today,
    )
    app.context_processor(_context)


def _named(names: Any) -> Any:
    def name(code: str | None) -> str:
        return str(names[code]) if code in names else (code or "")

    return name


def _notice_name(kind: str) -> str:
    """What a kind of notification is called; a row may be of one that there was in former times."""
    return str(KINDS[kind].label) if kind in KINDS else ""


def _device() -> str:
    """Whose copies a browser may keep, and the key that makes them unreadable to whoever is at the device next."""
    return _device_of(str(actor().id), current_app.config["SECRET_KEY"])


@lru_cache(maxsize=READERS)
def _device_of(member: str, _key: str) -> str:
    # Whoever is at the device next can read this name: it says nothing.
    account = tokens.mark("owner-of-copies", member)
    return f"{account}:{base64.b64encode(tokens.key_for('copies-on-device', member)).decode()}"


def _csrf_token() -> str:
    """The token of this reader; Flask-WTF looks up five settings each time that it is asked, also when it has one."""
    return g.get("csrf_token") or generate_csrf()


def _kind_words() -> dict[str, str]:
    """The kinds of a post in small letters, for lines that name one after another."""
    return _kind_words_in(i18n.locale())


@lru_cache(maxsize=len(i18n.LOCALES))
def _kind_words_in(locale: str) -> dict[str, str]:
    return {code: str(name).lower() for code, name in labels.KINDS.items()}


def _context() -> dict[str, Any]:
    who = viewer()
    return {
        "viewer": who,
        "FORUM_NAME": current_app.config["FORUM_NAME"],
        "DEMO": current_app.config["DEMO"],
        "theme": who.theme if who else looks()[1] or session.get("theme"),
    }
