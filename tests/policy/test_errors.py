"""What the refusals carry to the edges."""

from forum.infra import i18n
from forum.policy.errors import Conflict, DomainError, Forbidden, Invalid, NotFound


def test_each_refusal_is_a_domain_error_with_its_words():
    for kind in (Forbidden, Conflict):
        refusal = kind("Not today.")
        assert isinstance(refusal, DomainError)
        assert refusal.reason == str(refusal) == "Not today."
    wrong = Invalid("title", "Choose a title.")
    assert isinstance(wrong, DomainError)
    assert (wrong.field, wrong.message, str(wrong)) == (
        "title",
        "Choose a title.",
        "title: Choose a title.",
    )
    assert isinstance(NotFound(), DomainError)
    assert str(NotFound()) == ""


def test_a_lazy_sentence_is_a_reason_too():
    for kind in (Forbidden, Conflict):
        refusal = kind(i18n.lazy("Not today."))
        assert refusal.args == ("Not today.",)
        assert type(refusal.args[0]) is str
