"""The pages of house rules of a space and of the policy of the network, which are drawn alike."""

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.house_rules import acceptance, differences, publishing, terms, versions
from forum.domain.house_rules.draft_places import POLICY, RULES
from forum.domain.house_rules.versions import Version
from forum.domain.spaces import spaces
from forum.domain.spaces.spaces import SpaceFacts
from forum.infra.paging import LARGEST_NUMBER, id_of
from forum.infra.word_diff import pieces
from forum.policy.actions import may_edit_network, may_moderate
from forum.policy.errors import NotFound
from forum.web import draft_slots
from forum.web.forms.house_rules import RulesForm
from forum.web.http.current_user import actor, viewer


@dataclass(frozen=True, slots=True)
class Place:
    """Whose rules they are: those of a space, or without one the policy of the network."""

    space: SpaceFacts | None

    @property
    def space_id(self) -> int | None:
        """The id of the space."""
        return self.space.id if self.space else None

    @property
    def subject(self) -> tuple[str, int]:
        """What a draft of it is about."""
        return (RULES, self.space.id) if self.space else (POLICY, actor().id)

    @property
    def may_write(self) -> bool:
        """Whether the viewer writes its next version."""
        answer = may_moderate(viewer(), self.space.id) if self.space else may_edit_network(viewer())
        return bool(answer)

    def at(self, page: str, **values: Any) -> str:
        """Return the address of one of its pages."""
        if self.space:
            return url_for(f"house_rules.{page}", slug=self.space.slug, **values)
        return url_for(f"policy.{page}", **values)


def of_space(slug: str) -> Place:
    """Return the place of the rules of a space that the viewer sees; NotFound."""
    return Place(spaces.by_slug(viewer(), slug))


def show(place: Place, number: int | None = None) -> str:
    """Return the page of a version, of the one in force without a number; NotFound."""
    version = versions.one(place.space_id, number) if number else versions.current(place.space_id)
    listed = versions.history(place.space_id) if version else []
    newest = listed[0].number if listed else 0
    due = changed = None
    if place.space and version and version.number == newest:
        due = acceptance.due(viewer(), place.space.id)
        changed = acceptance.changed_since(viewer(), place.space.id) if due is None else None
    return render_template(
        "house_rules/show.html",
        place=place,
        version=version,
        versions=listed,
        newest=newest,
        due=due is not None,
        changed=changed,
        terms_differ=_terms_differ(place, version, newest),
        left=draft_slots.left(place.subject[0]) if place.may_write else None,
    )


def changes(place: Place, number: int) -> str:
    """Return what a version changed in the one before, or in that which the address names; NotFound."""
    since = id_of(request.args.get("since"), LARGEST_NUMBER) or number - 1
    if since >= number:
        raise NotFound
    older, newer = versions.several(place.space_id, since, number)
    to_read = acceptance.changed_since(viewer(), place.space.id) if place.space else None
    return render_template(
        "house_rules/changes.html",
        place=place,
        difference=differences.between(older, newer),
        may_say_read=to_read is not None and to_read[1] == number,
    )


def write(place: Place) -> ResponseReturnValue:
    """Return the form of the next version, with the words of the one in force or of a draft; NotFound, Forbidden."""
    if not place.may_write and (words := draft_slots.unsendable()):
        return redirect(words, 303)
    publishing.require_writer(actor(), place.space_id)
    slot = draft_slots.slot(*place.subject)
    now = versions.current(place.space_id)
    number = now.number if now else 0
    form = draft_slots.fill(RulesForm, slot, seen=number)
    if form is not None and slot.opened is not None and slot.opened.base_revision not in (None, number):
        return beside(place, form, publishing.meanwhile())
    return form_page(place, form, slot=slot, now=now)


def beside(place: Place, form: RulesForm, conflict: str) -> str:
    """Return both texts: the newest version with what differs in it, and one's own in the form."""
    now = versions.current(place.space_id)
    form.seen.raw_data = [str(now.number if now else 0)]
    differing = pieces(now.body if now else "", form.text().body)
    return form_page(place, form, now=now, conflict=conflict, differing=differing)


def form_page(
    place: Place,
    form: RulesForm | None = None,
    *,
    slot: draft_slots.Slot | None = None,
    now: Version | None = None,
    **more: Any,
) -> str:
    """Return the form, empty of what was typed with the words in force."""
    if form is None:
        data = {"body": now.body if now else "", "seen": now.number if now else 0}
        form = RulesForm(formdata=None, data=data)
    return render_template(
        "house_rules/write.html",
        place=place,
        form=form,
        slot=slot or draft_slots.slot(*place.subject),
        now=now,
        terms=None if place.space else terms.of_today(),
        **more,
    )


def _terms_differ(place: Place, version: Version | None, newest: int) -> bool:
    """Whether editors have to publish the policy again, as the settings say something else than its words."""
    if place.space or version is None or version.number != newest or not place.may_write:
        return False
    return version.terms != terms.of_today()
