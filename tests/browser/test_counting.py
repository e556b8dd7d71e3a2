"""A text that is too long stays whole in its field, with a count like the server's beside it."""

import pytest

from forum.web.forms.fields import KEPT

pytestmark = pytest.mark.browser
COUNT = """async ([source, texts]) => {
    const { count } = await import(source.replace('forum.js', 'count.js'));
    return texts.map(([text, kept]) => count(text, kept));
}"""
PIECES = (
    *(
        "a",
        "é",
        "e\u0301",
        "ß",
        "مرحبا",
        "👩‍👩‍👧",
        "💩",
        "\u200b",
        "\u202e",
        "\ufeff",
        "\U000e0041",
        "\u200d",
    ),
    *(" ", "  ", "\u00a0", "\u2009", "\t", "\n", "\r\n", "\r", "\u2028", "\x85", "\x07", "\x0b", "\x1c"),
)


def test_w10_a_pasted_text_is_not_cut_and_the_count_and_the_server_say_how_long_it_is(open_page):
    page = open_page("yasmina", phone=True)
    page.goto("/spaces/antwerpen/threads/new")
    body = page.locator("textarea[name=body]")
    note = page.locator("textarea[name=body] ~ .count-note")
    body.fill("x" * 17_999)
    assert note.is_hidden()
    body.fill("👍" * 18_000)
    assert note.inner_text() == "18.000 van 20.000 tekens"
    body.evaluate(
        "field => { field.focus(); field.select(); document.execCommand('insertText', false, 'y'.repeat(25200)); }"
    )
    assert len(body.input_value()) == 25_200
    assert note.inner_text() == "Je tekst telt 25.200 tekens. Er mogen er hoogstens 20.000 in."
    page.fill("input[name=title]", "Te lang")
    page.check("input[name=axis] >> nth=0")
    page.get_by_role("button", name="Plaats je verhaal").click()
    page.wait_for_selector(".error-summary")
    assert (
        "Je tekst telt 25.200 tekens. Er mogen er hoogstens 20.000 in."
        in page.locator(".error-summary").inner_text()
    )
    assert len(page.locator("textarea[name=body]").input_value()) == 25_200
    field = page.locator(".field", has=page.locator("textarea[name=body]"))
    assert field.inner_text().count("25.200") == 1  # by the server
    body.press("End")
    body.press("Backspace")
    assert field.inner_text().count("Je tekst telt") == 1  # by the script
    assert note.inner_text() == "Je tekst telt 25.199 tekens. Er mogen er hoogstens 20.000 in."


def test_the_script_counts_what_the_server_counts(open_page, chance):
    page = open_page()
    page.goto("/accounts/join")
    source = page.locator("script[src*='forum.js']").evaluate("script => script.src")
    texts = ["".join(chance.choices(PIECES, k=chance.randrange(25))) for _turn in range(300)]
    cases = [(text, kept) for text in texts for kept in KEPT if kept != "quotation"]
    cases += [("  one\n two\r\n\r\nthree ", "quotation")]
    counted = page.evaluate(COUNT, [source, cases])
    assert [
        (text, kept, number)
        for (text, kept), number in zip(cases, counted, strict=True)
        if len(KEPT[kept](text)) != number
    ] == []
