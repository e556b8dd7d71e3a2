"""`flask space add`: a new space."""

import re

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from forum.domain.spaces import spaces
from forum.infra.db import db
from forum.models.cities import BY_CODE
from forum.models.spaces import Audience, Space, SpaceKind
from forum.policy.errors import Invalid

group = AppGroup("space", help="Spaces.")
AUDIENCE = click.Choice([audience.value for audience in Audience])


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)


@group.command("add")
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--kind", type=click.Choice([kind.value for kind in SpaceKind]), required=True)
@click.option("--audience", type=AUDIENCE, required=True, help="The default one of its threads.")
@click.option(
    "--widest", type=AUDIENCE, help="The widest that a thread may have; public unless said otherwise."
)
@click.option("--city", type=click.Choice(sorted(BY_CODE)), help="For a city space.")
@click.option("--description", default="")
@click.option("--unlisted", is_flag=True, help="It exists only for its members.")
def add(
    slug: str,
    name: str,
    kind: str,
    audience: str,
    widest: str | None,
    city: str | None,
    description: str,
    unlisted: bool,
) -> None:
    """Add a space."""
    limit = Audience(widest or (Audience.SPACE if unlisted else Audience.PUBLIC))
    _refuse(slug, kind, Audience(audience), limit, city, unlisted)
    try:
        space = spaces.create(
            slug=slug,
            name=name,
            kind=SpaceKind(kind),
            default_audience=Audience(audience),
            widest_audience=limit,
            city=city,
            description=description,
            unlisted=unlisted,
        )
    except Invalid as error:
        raise click.ClickException(f"{error.field}: {error.message}") from error
    db.session.commit()
    click.echo(f"{space.name} is at /spaces/{space.slug}.")


def _refuse(
    slug: str, kind: str, audience: Audience, widest: Audience, city: str | None, unlisted: bool
) -> None:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or len(slug) > Space.SLUG_MAX:
        raise click.ClickException("A slug is made of small letters, figures and dashes.")
    if db.session.scalar(select(Space.id).where(Space.slug == slug)) is not None:
        raise click.ClickException(f"There is a space {slug} already.")
    if unlisted and widest != Audience.SPACE:
        raise click.ClickException("What is said in an unlisted space stays there: --audience space.")
    if audience.rank > widest.rank:
        raise click.ClickException("The default audience is wider than the widest one.")
    if (kind == SpaceKind.CITY) != (city is not None):
        raise click.ClickException("A city space has a city; other spaces have none.")
