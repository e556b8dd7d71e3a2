"""`flask label`: what axes and needs are called in each language, and how that is changed."""

import click
from flask import Flask
from flask.cli import AppGroup

from forum.domain.themes import labels
from forum.infra.db import db
from forum.infra.i18n import LOCALES, force_locale
from forum.models.themes import LabelKind
from forum.policy.errors import Invalid

group = AppGroup("label", help="What axes and needs are called.")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)


@group.command("list")
def show() -> None:
    """Print kind, code, language, name and sentence of every label, with tabs between them."""
    for kind, (names, sentences) in labels.LABELS.items():
        for code in names:
            for locale in LOCALES:
                with force_locale(locale):
                    click.echo("\t".join(map(str, (kind, code, locale, names[code], sentences[code]))))


@group.command("set")
@click.argument("kind", type=click.Choice([kind.value for kind in LabelKind]))
@click.argument("code")
@click.argument("locale", type=click.Choice(LOCALES))
@click.option("--name", required=True)
@click.option("--sentence", help="Stays as it is unless given.")
def change(kind: str, code: str, locale: str, name: str, sentence: str | None) -> None:
    """Change what an axis or a need is called in one language."""
    names, sentences = labels.LABELS[LabelKind(kind)]
    if code not in names:
        raise click.ClickException(f"The code is one of: {', '.join(names)}.")
    with force_locale(locale):
        kept = str(sentences[code])
    try:
        labels.write(kind, code, locale, name=name, sentence=kept if sentence is None else sentence)
    except Invalid as error:
        raise click.ClickException(f"{error.field}: {error.message}") from error
    db.session.commit()
    with force_locale(locale):
        click.echo(f"{kind} {code} is called {names[code]} in {locale}; every page says so within a minute.")
