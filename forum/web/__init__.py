"""Floor 5, the browser edge: views translate between pages and verbs; they do not decide."""

from werkzeug.middleware.proxy_fix import ProxyFix

from forum.infra.bodies import READERS_OF_ONE, BodyReader
from forum.infra.urls import App
from forum.web import pages
from forum.web.http import (
    access,
    caching,
    current_user,
    error_pages,
    forwarded,
    indexing,
    input_checks,
    language,
    origins,
    template_globals,
    transactions,
)


def init_app(app: App) -> None:
    """Register transactions, guards, error pages and every blueprint."""
    hops = app.config["TRUSTED_PROXIES"]
    if hops:  # only our own proxy is believed: limits count addresses
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # as Flask documents it
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    app.wsgi_app = BodyReader(  # type: ignore[method-assign]
        app.wsgi_app, app.config["MAX_CONTENT_LENGTH"], of_one=None if hops else READERS_OF_ONE
    )
    forwarded.init_app(app)
    transactions.init_app(app)  # first: it decides whether a request may write
    origins.init_app(app)
    input_checks.init_app(app)
    current_user.init_app(app)
    access.init_app(app)
    language.init_app(app)
    caching.init_app(app)
    indexing.init_app(app)
    error_pages.init_app(app)
    template_globals.init_app(app)
    app.url_map.merge_slashes = False  # its redirects would repeat whatever Host a client sent
    for blueprint in pages.BLUEPRINTS:
        app.register_blueprint(blueprint)


__all__ = ["current_user", "init_app", "language"]
