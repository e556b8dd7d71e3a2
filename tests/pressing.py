"""Everything that a page offers to press: its links, its forms filled in; and a press after which all is as before."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from forum.infra import days
from forum.infra.db import db

WORDS = "Een zin die genoeg zegt."
FEW = 5  # of a list of choices so many are each tried


@dataclass(frozen=True)
class Press:
    """One way to send a form: where, how, and with what."""

    method: str
    address: str
    fields: tuple[tuple[str, str], ...]

    @property
    def kind(self) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """What it does, whatever else goes along: the same form stands on many pages."""
        telling = ("_method", "outcome", "answer", "audience", "verdict", "to", "kind", "length", "space")
        return (self.method, self.address, tuple(pair for pair in self.fields if pair[0] in telling))


def links(page: BeautifulSoup) -> list[str]:
    """The addresses here to which a page leads, without the place on the page."""
    found = (str(one["href"]).partition("#")[0] for one in page.select("a[href]"))
    return [address for address in found if address.startswith("/") and not address.startswith("//")]


def presses(page: BeautifulSoup, at: str) -> Iterator[Press]:
    """Each way to send each form of a page: by each of its buttons, with each of a few choices."""
    for form in page.select("form:not([method=dialog])"):
        # A button may stand outside the form to which it belongs.
        outside = page.select(f"button[form='{form['id']}']") if form.get("id") else []
        buttons = [one for one in (*form.select("button"), *outside) if one.get("type") != "button"]
        # Without a button it goes by the Enter key, from a field.
        for button in buttons or [None] * bool(form.select("input[type=search], input[type=text]")):
            yield from _ways(page, form, button, at)


def _ways(page: BeautifulSoup, form: Tag, button: Tag | None, at: str) -> Iterator[Press]:
    fields, choices = _filled(form), _choices(form)
    address, method = str(form.get("action") or at), str(form.get("method", "get"))
    if button is not None:
        address, method = str(button.get("formaction") or address), str(button.get("formmethod") or method)
        if button.get("name"):
            fields[str(button["name"])] = str(button.get("value", ""))
    yield Press(method, address, tuple(fields.items()))
    for name, values in choices.items():
        for value in values[:FEW]:
            if fields.get(name) != value:
                yield Press(method, address, tuple({**fields, name: value}.items()))


def _filled(form: Tag) -> dict[str, str]:
    fields: dict[str, str] = {}
    for one in form.select("input[name], textarea[name], select[name]"):
        name, kind, value = str(one["name"]), one.get("type", one.name), str(one.get("value", ""))
        if kind in ("checkbox", "radio"):
            if one.has_attr("checked") or (kind == "radio" and name not in fields):
                fields[name] = value
        elif one.name == "select":
            options = one.select("option")
            chosen = next((option for option in options if option.has_attr("selected")), None)
            chosen = chosen or next((option for option in options if option.get("value")), None)
            fields[name] = str(chosen.get("value", "")) if chosen else ""
        elif kind == "date":
            fields[name] = value or (days.today() + timedelta(days=1)).isoformat()
        elif kind == "textarea":
            fields[name] = one.get_text() or WORDS
        else:
            fields[name] = value if value or kind == "hidden" else WORDS
    return fields


def _choices(form: Tag) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in form.select("input[type=radio][name]"):
        found.setdefault(str(one["name"]), []).append(str(one.get("value", "")))
    for one in form.select("select[name]"):
        values = [str(option.get("value", "")) for option in one.select("option") if option.get("value")]
        found[str(one["name"])] = values
    return found


@contextmanager
def as_if_never() -> Iterator[None]:
    """Throw away what is written meanwhile, commits of requests included."""
    db.session.commit()
    db.session.remove()
    written = db.engines[None].begin_nested()
    try:
        yield
    finally:
        db.session.remove()
        written.rollback()


def send(client: FlaskClient, press: Press, token: str) -> TestResponse:
    """Press it, and go where that leads."""
    fields = dict(press.fields)
    if press.method.lower() == "get":
        return client.get(press.address.partition("?")[0], query_string=fields, follow_redirects=True)
    return client.post(press.address, data={**fields, "csrf_token": token}, follow_redirects=True)
