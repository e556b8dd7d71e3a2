"""Spaces: created, found by their address, and listed for the readers who may know of them."""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, String, bindparam, select
from sqlalchemy.exc import IntegrityError

from forum.domain.lines import clean_line
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.statements import cached, select_rows
from forum.models.cities import BY_CODE
from forum.models.spaces import Audience, Role, Space, SpaceKind
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Invalid, NotFound
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import get_visible, sees, visible

SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


@dataclass(frozen=True, slots=True)
class SpaceCard:
    """A space in the directory, with the role of the reader in it."""

    id: int
    slug: str
    name: str
    description: str
    kind: SpaceKind
    city: str | None
    role: Role | None


class SpaceFacts(NamedTuple):
    """A space as pages read it."""

    id: int
    slug: str
    name: str
    description: str
    kind: SpaceKind
    city: str | None
    default_audience: Audience
    widest_audience: Audience


def by_slug(reader: Actor | None, slug: str) -> SpaceFacts:
    """Return the space with that address; NotFound."""
    values = {**reader_values(reader), "slug": slug}
    row = select_rows(_by_slug(reader is not None), values).one_or_none()
    if row is None:
        raise NotFound
    return SpaceFacts(*row)


@cached
def _facts(signed_in: bool) -> Select[Any]:
    columns: Any = [getattr(Space, field) for field in SpaceFacts._fields]
    return select(*columns).where(sees(Space, reader_param(signed_in)))


@cached
def _by_slug(signed_in: bool) -> Select[Any]:
    return _facts(signed_in).where(Space.slug == bindparam("slug", type_=String))


@cached
def _all(signed_in: bool) -> Select[Any]:
    return _facts(signed_in).order_by(Space.sort_key, Space.id)


def by_id(reader: Actor | None, space_id: int) -> Space:
    """Return the space with that id; NotFound."""
    space: Space = get_visible(Space, reader, space_id)
    return space


def hold_people(space_id: int) -> None:
    """Let nobody change a role in a space until the end of this transaction; who else comes in meanwhile goes on.

    Before an invitation, a request or an offer of the space is held (system verb): whoever changes a role holds the
    space first, and a row that points at the space needs it, too. The other way round each would wait for the other.
    """
    query = select(Space.id).where(Space.id == space_id)
    db.session.execute(query.with_for_update(read=True, key_share=True)).all()


def require_moderator(actor: Actor, space_id: int) -> None:
    """Do nothing for who moderates a space (no query); NotFound, Forbidden for others."""
    answer = may_moderate(actor, space_id)
    if not answer:
        by_id(actor, space_id)
        require(answer)


def directory(reader: Actor | None) -> list[SpaceCard]:
    """Return every space that the reader may know of, by name (one query)."""
    rows = select_rows(_all(reader is not None), reader_values(reader))
    roles = reader.roles if reader else {}
    return [
        SpaceCard(row.id, row.slug, row.name, row.description, row.kind, row.city, roles.get(row.id))
        for row in rows
    ]


def of_member(actor: Actor) -> list[Space]:
    """Return the spaces that the actor belongs to, by name."""
    return list(
        db.session.scalars(
            visible(Space, actor).where(Space.id.in_(actor.roles)).order_by(Space.sort_key, Space.id)
        )
    )


def create(
    *,
    slug: str,
    name: str,
    kind: SpaceKind,
    default_audience: Audience,
    widest_audience: Audience = Audience.PUBLIC,
    city: str | None = None,
    description: str = "",
    unlisted: bool = False,
) -> Space:
    """Create a space; nothing in an unlisted one can be read outside it. Invalid at the value."""
    if not SLUG.match(slug) or len(slug) > Space.SLUG_MAX:
        raise Invalid("slug", _("Use small letters, figures and dashes."))
    name = clean_line(name, field="name", limit=Space.NAME_MAX, missing=_("Fill in a name."))
    if city is not None and city not in BY_CODE:
        raise Invalid("city", _("Choose a city of the network."))
    widest = Audience.SPACE if unlisted else Audience(widest_audience)
    default = Audience(default_audience)
    if default.rank > widest.rank:
        raise Invalid(
            "audience", _("The usual readers of a space cannot be more people than may read it at most.")
        )
    now = clock.now()
    space = Space(
        slug=slug,
        name=name,
        description=description.strip(),
        kind=SpaceKind(kind),
        city=city,
        default_audience=default,
        widest_audience=widest,
        unlisted_at=now if unlisted else None,
        created_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(space)
            db.session.flush()
    except IntegrityError:
        raise Invalid("slug", _("There is a space with this address already.")) from None
    return space
