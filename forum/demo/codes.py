"""The Dutch codes of the demo file and the codes of the forum."""

from forum.models.accounts import Body, Level
from forum.models.adoptions import AdoptionOutcome
from forum.models.claims import Stance
from forum.models.lessons import Confidence
from forum.models.spaces import Audience, SpaceKind
from forum.models.subscriptions import Frequency
from forum.models.themes import Need
from forum.models.threads import Outcome, PostKind

BODIES = {
    "stad": Body.CITY,
    "ocmw": Body.OCMW,
    "vzw": Body.ASSOCIATION,
    "burgerinitiatief": Body.CITIZENS,
    "politiezone": Body.GOVERNMENT,
    "vgc": Body.GOVERNMENT,
    "kenniscentrum": Body.NETWORK,
    "academisch": Body.ACADEMIC,
}
LEVELS = {
    "veld": Level.FIELD,
    "staf": Level.STAFF,
    "leiding": Level.LEAD,
    "mandataris": Level.POLITICS,
}
SPACE_KINDS = {"stad": SpaceKind.CITY, "werkgroep": SpaceKind.GROUP, "netwerk": SpaceKind.NETWORK}
AUDIENCES = {
    "stad": Audience.SPACE,
    "werkgroep": Audience.SPACE,
    "netwerk": Audience.NETWORK,
    "publiek": Audience.PUBLIC,
}
NEEDS = {
    "feiten": Need.FACTS,
    "verhalen": Need.STORIES,
    "discussie": Need.DISCUSSION,
    "actie": Need.ACTION,
}
THREAD_OUTCOMES = {
    "gelukt": Outcome.WORKED,
    "deels": Outcome.PARTLY,
    "niet_gelukt": Outcome.FAILED,
    "loopt": Outcome.RUNNING,
}
LESSON_OUTCOMES = {
    "gelukt": Outcome.WORKED,
    "gelukt na mislukking": Outcome.WORKED,
    "deels gelukt": Outcome.PARTLY,
    "minder_gelukt": Outcome.FAILED,
    "discussienota": Outcome.DISCUSSION,
}
ADOPTIONS = {
    "gelukt": AdoptionOutcome.WORKED,
    "aangepast toegepast": AdoptionOutcome.ADAPTED,
    "deels gelukt": AdoptionOutcome.PARTLY,
    "loopt": AdoptionOutcome.RUNNING,
    "niet gelukt": AdoptionOutcome.FAILED,
    "overwogen, niet gedaan": AdoptionOutcome.NOT_DONE,
}
POST_KINDS = {
    "ervaring": PostKind.EXPERIENCE,
    "vraag": PostKind.QUESTION,
    "aanvulling": PostKind.ADDITION,
    "tegenspraak": PostKind.OBJECTION,
    "voorwaarde": PostKind.CONDITION,
    "voorstel": PostKind.PROPOSAL,
    "bron": PostKind.SOURCE,
    "toepassing": PostKind.APPLICATION,
    "toestemming": PostKind.CONSENT,
    "actie": PostKind.ACTION,
    "modereren": PostKind.MODERATION,
}
STANCES = {
    "ondersteunt": Stance.SUPPORTS,
    "nuanceert": Stance.NUANCES,
    "spreekt_tegen": Stance.CONTRADICTS,
}
CONFIDENCES = {"laag": Confidence.LOW, "redelijk": Confidence.FAIR, "hoog": Confidence.HIGH}
FREQUENCIES = {
    "dagelijks": Frequency.DAILY,
    "wekelijks": Frequency.WEEKLY,
    "maandelijks": Frequency.MONTHLY,
}


def city(code: str) -> str | None:
    """Return the code of a city; None for the network's own people."""
    return None if code == "netwerk" else code


def slug(space: str) -> str:
    """Return the slug of a space: `gent` for `stad-gent`, `wonen` for `werkgroep-wonen`, `netwerkplein`."""
    kind, _, name = space.partition("-")
    return f"netwerk{name}" if kind == "netwerk" else name
