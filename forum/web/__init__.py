"""Floor 5, the browser edge: views translate between pages and verbs; they do not decide."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from forum.web import (
    commits,
    guards,
    machine_words,
    pages,
    refusals,
    row_ids,
    template_globals,
    viewer,
)


def init_app(app: Flask) -> None:
    """Doors, commit hook, error pages and every blueprint."""
    hops = app.config["TRUSTED_PROXIES"]
    if hops:  # limits count addresses, so only a proxy of our own may say where a request comes from
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
    commits.init_app(app)  # first: it says what a request may do to the database
    viewer.init_app(app)
    machine_words.init_app(app)
    guards.init_app(app)
    refusals.init_app(app)
    template_globals.init_app(app)
    row_ids.init_app(app)
    app.url_map.merge_slashes = False  # its redirects would carry whatever Host somebody sent
    for blueprint in pages.BLUEPRINTS:
        app.register_blueprint(blueprint)


__all__ = ["init_app", "viewer"]
