"""`flask member`: a confirmed account, with its spaces and its role in the network; and what somebody speaks as."""

import sys

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from forum.domain.people import accounts, capacities
from forum.domain.spaces import memberships
from forum.infra import addresses
from forum.infra.db import db
from forum.models.accounts import Capacity, Confirmation, Member, NetworkRole
from forum.models.spaces import Role, Space
from forum.policy.errors import Invalid

group = AppGroup("member", help="People.")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)


@group.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--space", "places", multiple=True, metavar="SLUG[:ROLE]", help="Once for each space.")
@click.option("--role", type=click.Choice([role.value for role in NetworkRole]), help="In the network.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(email: str, name: str, places: tuple[str, ...], role: str | None, password_stdin: bool) -> None:
    """Add a confirmed and approved member. Without a password they ask for one on the sign-in page."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    if password == "":
        raise click.ClickException("No password came in.")
    # Before the first query: from there on a running forum waits to write.
    hashed = _hash(password, name, email)
    roles = [_space_and_role(option) for option in places]
    taken = select(Member.id).where(Member.email == addresses.key(email))
    if db.session.scalar(taken) is not None:
        raise click.ClickException(f"{email} has an account already.")
    try:
        member = accounts.create(email=email, name=name, password_hash=hashed, confirmed=True, approved=True)
    except Invalid as error:
        raise click.ClickException(f"{error.field}: {error.message}") from error
    for space, space_role in roles:
        memberships.grant(None, member.id, space.id, space_role)
    if role is not None:
        accounts.appoint(member.id, NetworkRole(role))
    db.session.commit()
    click.echo(
        f"{member.name} <{member.email}> can sign in"
        + ("." if password else " once they have set a password.")
    )


@group.command("confirm")
@click.argument("email")
def confirm(email: str) -> None:
    """Confirm what a member speaks as and what waits: for a city without a space, or without another moderator."""
    member = accounts.by_email(email)
    if member is None:
        raise click.ClickException(f"{email} has no account.")
    waiting = select(Capacity).where(Capacity.member_id == member.id, capacities.waits())
    held = db.session.scalars(waiting.order_by(Capacity.id).with_for_update()).all()
    capacities.confirm_all(held, Confirmation.OPERATOR, by_id=None)
    db.session.commit()
    click.echo(f"Confirmed: {len(held)}.")


def _hash(password: str | None, name: str, email: str) -> str | None:
    try:
        return None if password is None else accounts.validate_and_hash(password, name=name, email=email)
    except Invalid as error:
        raise click.ClickException(f"{error.field}: {error.message}") from error


def _space_and_role(option: str) -> tuple[Space, Role]:
    slug, _, role = option.partition(":")
    space = db.session.scalars(select(Space).where(Space.slug == slug)).one_or_none()
    if space is None:
        raise click.ClickException(f"There is no space {slug}.")
    if role and role not in {known.value for known in Role}:
        raise click.ClickException(f"A role is one of: {', '.join(Role)}.")
    return space, Role(role or Role.MEMBER)
