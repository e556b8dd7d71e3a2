"""Floor 5, the browser edge: views translate between pages and verbs; they do not decide."""

from flask import Flask

from forum.web import commits, guards, pages, refusals, template_globals, viewer


def init_app(app: Flask) -> None:
    """Doors, commit hook, error pages and every blueprint."""
    commits.init_app(app)  # first: it says what a request may do to the database
    viewer.init_app(app)
    guards.init_app(app)
    refusals.init_app(app)
    template_globals.init_app(app)
    for blueprint in pages.BLUEPRINTS:
        app.register_blueprint(blueprint)


__all__ = ["init_app", "viewer"]
