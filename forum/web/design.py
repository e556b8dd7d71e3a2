"""The page of components: each in its states, in both languages and themes. Only where the demo runs."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template, request
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from forum.domain.audit.reading import Changed
from forum.domain.lessons.library import LessonCard
from forum.domain.lessons.places import FoundPlace, Place
from forum.domain.lessons.report_list import Adoption, Foretold, PostLink
from forum.domain.lessons.unknowns.agenda import Question
from forum.domain.lessons.views import ExcerptView
from forum.domain.lessons.workbench import source_thread
from forum.domain.lessons.workbench.live import DraftExcerpt, WorkbenchClaim
from forum.domain.lessons.workbench.source_thread import WorkbenchPost
from forum.domain.people.bylines import Byline
from forum.domain.search.similar import SimilarLesson, SimilarThread
from forum.domain.themes import labels
from forum.domain.threads.changes import Reclassification
from forum.domain.threads.lists import ThreadCard
from forum.domain.threads.quotes import Quote
from forum.domain.threads.views import PostView
from forum.infra import days, i18n
from forum.infra.text import Mark
from forum.models.drafts import Draft
from forum.web import careful, design_counters, design_rules
from forum.web.draft_slots import Slot
from forum.web.forms.careful import CarefulForm
from forum.web.forms.workbench import ExcerptForm
from forum.web.http.access import demo, open_to
from forum.web.http.list_filters import Filter

bp = Blueprint("design", __name__)

WHEN = datetime(2025, 12, 8, 9, 12, tzinfo=UTC)
SARA = Byline("Sara", "sara", "schoolroutecoördinator", "veldwerk, stad Roeselare", "roeselare")
KOEN = Byline("Koen", "koen", "verkeersplanner", "staf, stad Mechelen", "mechelen", former=True)
RIK = Byline("Rik", "rik", "schepen", "mandaat, stad Roeselare", "roeselare")
AICHA = Byline("Aïcha", "aicha", "brugfiguur onderwijs", "veldwerk, VGC Brussel", "vgc")
LIEN = Byline("Lien", "lien", "onderzoeker stadssociologie", "academisch", None, guest=True)
MASKED = Byline("een veldwerker in een centrumstad")
NEAR = (
    SimilarLesson("les-2026-001", "Geef een schoolstraat een volledig trimester", "worked", ("roeselare",)),
    SimilarLesson("les-2026-002", "Een vaste collega die tijd krijgt", "failed", ()),
    SimilarThread(1, "taalstage", "Taalstage in de groendienst", "Antwerpen", 1),
)
OPENING = (
    "We hebben drie keer een schoolstraat uitgeprobeerd. De eerste twee keer hebben we ze na de proef weer afgeschaft. "
    "De derde staat er nog. Ik probeer op te schrijven wat het verschil was."
)
TITLE = "Schoolstraten: de eerste twee proeven mislukten, de derde bleef"
LESSON = "Geef een schoolstraat een volledig trimester, en geen andere werken ernaast"
ONE = "Eén trimester, geen werven ernaast en een blad dat zegt wanneer het mislukt is."
EXCERPT = "In het eerste trimester stond het hek twee keer onbemand."
READ = 3  # the last post that the reader of the sample thread has seen


def _choices(names: Mapping[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(str(code), name) for code, name in names.items()]


class SampleForm(CarefulForm):
    """Every kind of field."""

    title = StringField(i18n.lazy("Title"), validators=[InputRequired()])
    body = TextAreaField(i18n.lazy("Your story"), validators=[Length(min=40)])
    need = RadioField(
        i18n.lazy("What are you looking for?"), choices=_choices(labels.NEEDS), default="stories"
    )
    wish = RadioField(i18n.lazy("What are you looking for?"), choices=_choices(labels.NEEDS))
    axis = SelectField(i18n.lazy("Theme"), choices=_choices(labels.AXES))
    theme = RadioField(i18n.lazy("Theme"), choices=_choices(labels.AXES))
    frequency = RadioField(i18n.lazy("How often?"), choices=_choices(labels.FREQUENCIES), default="weekly")
    remember = BooleanField(i18n.lazy("Stay signed in on this device"))


def _thread(**changes: Any) -> ThreadCard:
    card: dict[str, Any] = {
        "id": 1,
        "slug": "schoolstraten",
        "title": TITLE,
        "summary": OPENING,
        "need": "stories",
        "axis": "ruimtelijke-samenhang",
        "author": SARA,
        "space_name": "Mobiliteit en publieke ruimte",
        "space_slug": "mobiliteit",
        "reply_count": 7,
        "answered": True,
        "cities": ["mechelen", "vgc", "roeselare", "brugge"],
        "new_count": 2,
        "created_at": WHEN,
        "last_post_at": WHEN,
        "audience": "network",
        "locked": False,
        "outcome": None,
    }
    return ThreadCard(**(card | changes))


_DAY = days.day_of(WHEN)
_SEALED = Foretold(1, _DAY, _DAY, "ab12" * 16)
_OPEN = Foretold(
    2, _DAY, _DAY, "cd34" * 16, expected="minder bezwaren", stop_when="de helft komt niet", is_open=True
)


def _lesson(**changes: Any) -> LessonCard:
    card: dict[str, Any] = {
        "id": 1,
        "confidence": "fair",
        "masked": False,
        "public_id": "les-2026-001",
        "title": LESSON,
        "one_sentence": ONE,
        "outcome": "worked",
        "axis": "ruimtelijke-samenhang",
        "confirmed": True,
        "overdue": False,
        "cities_back": ("roeselare", "mechelen"),
        "adoptions": [("vgc", "partly"), ("brugge", "worked")],
    }
    return LessonCard(**(card | changes))


def _post(number: int, author: Byline, kind: str, text: str | None, **changes: Any) -> PostView:
    return PostView(number, number, author, kind, WHEN, text, is_new=number > READ, **changes)


DRAFT_CLAIMS = (
    WorkbenchClaim(
        1, 1, 1, "De eerste proef was te kort.", [DraftExcerpt(1, 1, ExcerptView("supports"), asks=True)]
    ),
    WorkbenchClaim(2, 2, 2, "Zonder tellingen kan je de vraag niet beantwoorden.", []),
)


def _source(number: int, author: Byline, text: str, used: list[int]) -> WorkbenchPost:
    paragraphs = source_thread.marked_paragraphs(text, [])
    return WorkbenchPost(number, number, author, WHEN, "shown", 1, paragraphs, used)


def _slot() -> Slot:
    """A form in which somebody opened a draft that has another copy, began another, and threw one away."""
    moments = {"changed_at": WHEN, "other_at": WHEN}
    drafts = [Draft(id=number, fields={"body": OPENING}, **moments) for number in (1, 2)]
    drafts[0].other_fields = {"body": EXCERPT}
    return Slot("reply", 1, "", 1, drafts[0], offer=drafts[1], thrown_id=3)


def _samples() -> dict[str, Any]:
    """The made-up rows of the page."""
    return {
        "draft_claims": DRAFT_CLAIMS,
        "bylines": (SARA, KOEN, LIEN, MASKED),
        "sources": (
            _source(1, SARA, OPENING, [1]),
            _source(2, KOEN, "Wij hebben er een tellus naast gelegd.", []),
        ),
        "changes": (
            Reclassification(
                "Sara", WHEN, (Changed("axis", "solidaire-stadspolis", "ruimtelijke-samenhang"),)
            ),
            Reclassification("", WHEN, (Changed("need", "facts", "stories"), Changed("tags", "", ""))),
        ),
        "opening": _post(1, SARA, "experience", OPENING),
        "threads": (
            ("lead", _thread()),
            ("", _thread(reply_count=0, cities=["roeselare"], need="action", audience="space", new_count=0)),
            ("", _thread(title="", summary="", locked=True, audience="public", need="facts", author=LIEN)),
            ("small", _thread(need="discussion", axis="identiteit-diversiteit", new_count=0)),
        ),
        "lessons": (
            ("lead", _lesson()),
            ("", _lesson(outcome="failed", confirmed=False, adoptions=[("gent", "failed")])),
            ("", _lesson(outcome="partly", overdue=True, cities_back=("kortrijk",), adoptions=[])),
            ("small", _lesson(outcome="mixed", axis="kwalitatieve-densiteit", cities_back=(), adoptions=[])),
        ),
        "replies": (
            _post(2, KOEN, "addition", "Wij hebben er een tellus naast gelegd.", edited=True),
            _post(3, RIK, "objection", "Een proef die twee keer mislukt, kost vertrouwen."),
            _post(4, AICHA, "application", "Wij hebben dit overgenomen bij twee scholen."),
            _post(5, SARA, "question", None, state="deleted"),
            _post(6, KOEN, "addition", None, state="hidden", reason="Iemand is herkenbaar aan zijn beroep."),
            _post(
                7, MASKED, "experience", "Bij ons liep het anders.", state="hidden", reason="Nog te bekijken."
            ),
        ),
        "words": EXCERPT,
        "slot": _slot(),
        "pasted": _pasted(),
        "when": WHEN,
        **_filters(),
        **_evidence(),
    }


def _filters() -> dict[str, Any]:
    """Return filters of which one is chosen."""
    counts: dict[str, Any] = {
        "need": (labels.NEEDS, {"facts": 3, "stories": 5}),
        "axis": (labels.AXES, {"glokale-strategie": 3}),
        "outcome": (labels.OUTCOMES, {"worked": 3, "failed": 1}),
    }
    chosen = Filter("stories", str(labels.NEEDS["stories"]), "#", True, "5")
    return {
        "filters": {
            kind: [
                chosen if code == chosen.code else Filter(code, str(names[code]), "#", False, str(count))
                for code, count in each.items()
            ]
            for kind, (names, each) in counts.items()
        },
        "chosen": [chosen],
    }


def _pasted() -> ExcerptForm:
    """Return the form of pasted words that stand in two places."""
    form = ExcerptForm(formdata=None, prefix="pasted")
    form.places = [
        FoundPlace(1, Place(1, start, start + 8), number, name, TITLE, before, "het werkt", " niet. …")
        for start, number, name, before in ((9, 2, "Sara", "Bij ons: "), (40, 5, "Koen", "… maar "))
    ]
    form.place.errors = [i18n._("This text is in several places. Choose one of them.")]
    return form


def _evidence() -> dict[str, Any]:
    """Return what a lesson rests on, and what came of applying it."""
    link, day = PostLink(1, "schoolstraten", 2), days.day_of(WHEN)
    pieter, aicha, ilse = Byline("Pieter", job="mobiliteitsdeskundige"), Byline("Aïcha"), Byline("Ilse")
    return {
        "quotes": {
            "supports": ExcerptView(
                "supports", "Een vaste beurtrol van acht vrijwilligers, met twee reserves.", SARA, WHEN, link
            ),
            "masked": ExcerptView("nuances", EXCERPT, MASKED),
            "contradicts": ExcerptView(
                "contradicts", "Een proef die twee keer mislukt, kost vertrouwen.", KOEN, WHEN, link
            ),
            "withheld": ExcerptView("supports", withheld="deleted"),
            "draft": ExcerptView("supports", EXCERPT, SARA),
        },
        "counters": design_counters.counters(ilse, KOEN, i18n.day(WHEN)),
        "adoptions": (
            Adoption(
                "brugge", "worked", pieter, day, {"what_came": "nutsbedrijven zaten vooraf mee aan tafel"}
            ),
            Adoption(
                "vgc", "running", aicha, day, {"what_was_done": "twee scholen tegelijk"}, foretold=_SEALED
            ),
            Adoption("aalst", "not_done", ilse, day, {"what_came": "er was niemand om het te dragen"}),
            Adoption("hasselt", "failed", ilse, day, {"what_came": "niemand kwam opdagen"}, foretold=_OPEN),
        ),
    }


def _questions() -> list[Question]:
    """Return questions of a lesson: shared by the reader's city too, by nobody, and answered."""
    text, lesson = (
        "Werkt het ook zonder gemeenschapswachten?",
        ("les-2026-001", TITLE, "ruimtelijke-samenhang"),
    )
    answered = {"answered": i18n.day(WHEN), "answered_by": "1.2"}
    return [
        Question(1, text, *lesson, False, ("brugge", "roeselare"), True),
        Question(2, text, *lesson, True, (), False),
        Question(3, text, *lesson, False, ("gent",), False, **answered),
    ]


@bp.get("/design")
@open_to(demo)
def index() -> str:
    """Every component in its states; `?theme=dark` and `?lang=en` choose how."""
    theme = request.args.get("theme")
    language = request.args.get("lang")
    with i18n.force_locale(language if language in i18n.LOCALES else i18n.locale()):
        form = SampleForm(formdata=None, prefix="sample")
        wrong = SampleForm(formdata=None, data={"body": "Te kort"})
        wrong.title.errors = [i18n._("Choose a title.")]
        wrong.body.errors = [i18n._("Write at least two sentences, so that others can recognise it.")]
        return render_template(
            "design/index.html",
            form=form,
            wrong=wrong,
            in_text=[(Mark(2, 1, 0, 12), Quote(2, "Pieter", "Nutsbedrijven zaten vooraf mee aan tafel."))],
            people=careful.found_in(body=i18n._("Mrs Peeters stayed, because her neighbour went along.")),
            theme=theme if theme in {"light", "dark"} else None,
            near=NEAR,
            questions=_questions(),
            **_samples(),
            **design_rules.samples(),
        )
