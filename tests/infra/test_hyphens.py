"""No line of a heading or a label ends within “e-mail”."""

from markupsafe import Markup

from forum.infra.hyphens import unbroken
from forum.infra.i18n import force_locale, lazy


def test_the_hyphen_of_e_mail_holds_and_what_is_trusted_or_lazy_stays_what_it_was(app):
    assert unbroken("By e-mail, E-mail: a <b> co-op") == "By e-\u2060mail, E-\u2060mail: a <b> co-op"
    assert isinstance(unbroken(Markup("<b>e-mail</b>")), Markup)
    with app.app_context(), force_locale("en"):
        assert unbroken(lazy("Not by e-mail")) == "Not by e-\u2060mail"


def test_headings_and_labels_have_it(app):
    section = app.jinja_env.get_template("components/section_title.html").module.section_title
    assert "By e-\u2060mail &lt;" in section("By e-mail <")
