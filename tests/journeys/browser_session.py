"""A person without JavaScript: reads pages, follows links, fills in the forms that stand there, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient


@dataclass
class Form:
    """One form of a page, with the values that stand in it."""

    session: BrowserSession
    tag: Tag
    values: dict[str, list[str]]

    def fill(self, **values: object) -> Form:
        """Type or choose; a field that is not there is a mistake of the page."""
        for name, value in values.items():
            assert name in self.names, f"no field {name} in {sorted(self.names)}"
            self.values[name] = [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)]
        return self

    @property
    def names(self) -> set[str]:
        """The fields of this form."""
        return {str(field["name"]) for field in self.tag.select("[name]")}

    def submit(self, button: tuple[str, str] | None = None, *, to: str = "") -> BrowserSession:
        """Press the button: by name and value where there are several, or the one that sends it elsewhere (`to`)."""
        target = urljoin(self.session.path, str(self.tag.get("action") or self.session.path))
        if to:
            (own,) = (each for each in self.tag.select("button[formaction]") if to in str(each["formaction"]))
            assert not own.get("aria-disabled"), f"{own.text} cannot be pressed yet"
            target = urljoin(self.session.path, str(own["formaction"]))
        values = dict(self.values)
        if button:
            values[button[0]] = [button[1]]
        if str(self.tag.get("method", "get")).lower() == "post":
            return self.session.show(self.session.client.post(target, data=values, follow_redirects=True))
        return self.session.show(self.session.client.get(target, query_string=values, follow_redirects=True))


class BrowserSession:
    """One person's browser: where it is, and what stands there."""

    def __init__(self, client: FlaskClient, language: str = "nl-BE") -> None:
        self.client = client
        self.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        self.path = "/"
        self.status = 0
        self.page = BeautifulSoup("", "html.parser")

    def show(self, answer) -> BrowserSession:
        """Look at what came back."""
        self.path, self.status = answer.request.path, answer.status_code
        self.page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
        return self

    def open(self, path: str) -> BrowserSession:
        """Type an address."""
        return self.show(self.client.get(path, follow_redirects=True))

    @property
    def text(self) -> str:
        """What can be read on the page."""
        return " ".join(self.page.get_text(" ").split())

    def link(self, *, to: str) -> str:
        """The address of the first link whose address contains `to`."""
        found = self.page.select_one(f'a[href*="{to}"]')
        assert found is not None, f"no link to {to} on {self.path}"
        return str(found["href"])

    def form(self, *fields: str, to: str = "") -> Form:
        """The first form of the main part with these fields, going to an address that contains `to`."""
        for tag in self.page.select("main form"):
            form = Form(self, tag, _values_of(tag))
            if set(fields) <= form.names and to in str(tag.get("action", "")):
                return form
        raise AssertionError(f"no form with {fields} to {to!r} on {self.path}: {self.text[:300]}")


def _values_of(tag: Tag) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for field in tag.select("input[name], textarea[name], select[name]"):
        name = str(field["name"])
        if field.name == "textarea":
            values.setdefault(name, []).append(field.get_text().removeprefix("\n"))
        elif field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            values.setdefault(name, []).append(str(chosen["value"]) if chosen else "")
        elif field.get("type") in {"radio", "checkbox"}:
            if field.has_attr("checked"):
                values.setdefault(name, []).append(str(field.get("value", "on")))
        elif field.get("type") not in {"submit", "button"}:
            values.setdefault(name, []).append(str(field.get("value", "")))
    return values
