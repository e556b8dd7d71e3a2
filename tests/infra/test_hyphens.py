"""No line of a heading or a label ends within “e-mail”."""

from markupsafe import Markup
from wtforms import Form, RadioField, StringField
from wtforms.fields.choices import SelectChoice

from forum.infra.hyphens import unbroken
from forum.infra.i18n import force_locale, lazy


def test_the_hyphen_of_e_mail_holds_and_what_is_trusted_or_lazy_stays_what_it_was(app):
    assert unbroken("By e-mail, E-mail: a <b> co-op") == "By e-\u2060mail, E-\u2060mail: a <b> co-op"
    assert isinstance(unbroken(Markup("<b>e-mail</b>")), Markup)
    with app.app_context(), force_locale("en"):
        read = unbroken(lazy("Not by e-mail"))
        assert read == "Not by e-\u2060mail"
        assert not hasattr(read, "__html__"), "a page escapes it"


class _Form(Form):
    address = StringField("Your e-mail <")
    way = RadioField("E-mail or not <", choices=[SelectChoice("yes", "By e-mail <")])


def test_headings_and_labels_have_it(app):
    with app.test_request_context():
        form = _Form()
        for name, asked, *said in (
            ("section_title", "By e-mail <", "By e-{}mail &lt;"),
            ("field", form.address, "Your e-{}mail &lt;"),
            ("choices", form.way, "E-{}mail or not &lt;", "By e-{}mail &lt;"),
        ):
            drawn = getattr(app.jinja_env.get_template(f"components/{name}.html").module, name)(asked)
            assert [one for one in said if one.format("\u2060") not in drawn] == []
