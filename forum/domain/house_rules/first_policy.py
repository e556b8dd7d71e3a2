"""The editorial policy that comes with the forum, in the language of the network, until its editors publish theirs."""

import re

from forum.domain.house_rules import publishing, terms, versions
from forum.domain.house_rules.publishing import Text
from forum.domain.house_rules.versions import Version

WRAPPED = re.compile(r"(?<!\n)\n(?!\n)")
DUTCH = """Zo maken we van gesprekken lessen waarop collega’s in andere steden kunnen bouwen.

## Niemand is herkenbaar

Schrijf niet over klanten of buurtbewoners. Vertel wat er gebeurde, niet wie het overkwam. Wie gemaskeerd staat,
blijft dat.

## Wie geciteerd wordt, beslist mee

Een les citeert alleen wat er letterlijk staat. Voor meer lezers dan het gesprek heeft, vragen we het de auteur.
Die heeft {answer_days} werkdagen om te antwoorden; geen antwoord is nee. Wie ja zei, kan tot de publicatie
terug, en kan de eigen tekst ook daarna nog uit de les halen.

## Elke bewering steunt op fragmenten

Een bewering zonder fragment wordt niet gepubliceerd. We zeggen wat we niet weten en wat ertegen spreekt, en we
rekenen mislukking niemand aan.

## Iemand anders kijkt na

Wie een les maakt, publiceert ze niet zelf. Een les die haar ruimte verlaat, wordt nagekeken door iemand uit een
andere stad.

## Een les wordt bevestigd door anderen

Een les is bevestigd als ze in {cities} andere steden goed uitpakte en een redacteur van het netwerk dat nakeek.

## Een les blijft niet vanzelf waar

Na {review_months} maanden kijken we of een les nog klopt. Wie iets ziet dat niet meer klopt, meldt het eerder.
Een les houdt de versie van dit beleid waaronder ze gepubliceerd is.
"""
ENGLISH = """This is how we make threads into lessons on which colleagues in other cities can build.

## Nobody can be recognised

Do not write about clients or people of the neighbourhood. Tell what happened, not whom it happened to. Who
stands masked stays masked.

## Who is quoted has a say

A lesson quotes only what stands there literally. For more readers than the thread has, we ask its author, who
has {answer_days} working days to answer; no answer counts as no. Who said yes can go back on it until
publication, and can take their text out of the lesson after that too.

## Each claim rests on excerpts

A claim without an excerpt is not published. We say what we do not know and what speaks against it, and we blame
nobody for what failed.

## Somebody else reviews

Whoever makes a lesson does not publish it. A lesson that leaves its space is reviewed by somebody from another
city.

## A lesson is confirmed by others

A lesson is confirmed when it went well in {cities} other cities and an editor of the network looked at that.

## A lesson does not stay true by itself

After {review_months} months we look whether a lesson still holds. Whoever sees that it does not says so
earlier. A lesson keeps the version of this policy under which it was published.
"""


def begin(locale: str) -> Version | None:
    """Publish the policy that comes with the forum where there is none yet (system verb); None where there is one."""
    if versions.current(None) is not None:
        return None
    # A line break in a paragraph would stand there: these are only for who reads this file.
    body = WRAPPED.sub(" ", DUTCH if locale == "nl" else ENGLISH)
    return publishing.write(None, None, Text(body), terms=terms.of_today())
