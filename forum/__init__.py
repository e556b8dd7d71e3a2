"""The application factory: the only module, with the command line, that may import every floor."""

from pathlib import Path
from typing import Any

from flask import Flask

from forum import cli, models, settings, web
from forum.domain.indexing import writing
from forum.domain.lessons import library_keys
from forum.infra import compression, db, headers, i18n, logs, metrics, private_files, rates, static_files
from forum.infra.urls import App
from forum.jobs import letters
from forum.web import digest_settings


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """Build the WSGI application; `overrides` are configuration values on top of the environment's."""
    app = App(__name__, root_path=None, template_folder="../templates", static_folder=None)
    settings.apply(app, overrides)
    private_files.close_instance(Path(app.config["INSTANCE"]))
    db.init_app(app)
    writing.init_app()
    library_keys.init_app()
    logs.init_app(app)
    metrics.init_app(app)
    headers.init_app(app)
    compression.init_app(app)
    static_files.init_app(app, app.config["ROOT"] / "static")
    rates.init_app(app)
    i18n.init_app(app, web.language.choose_locale, web.current_user.choose_timezone)
    web.init_app(app)
    cli.init_app(app)
    # The settings page shows the very mail that the worker makes.
    app.extensions[digest_settings.PREVIEW] = letters.digest_preview
    return app


__all__ = ["create_app", "models"]
