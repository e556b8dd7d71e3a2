"""What is typed is there again after closing, killing, signing out, a lost network, and for nobody else."""

import os
import re
import signal

import pytest
from playwright.sync_api import expect

from forum.domain.drafts import drafts as draft_verbs
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.threads import Post
from tests.browser import places
from tests.browser.conftest import DESK, sign_in
from tests.browser.writing import (
    ANSWER,
    KEPT,
    SEND,
    drafts,
    entries,
    no_drafts,
    posts,
    send,
    sends,
    wait_for_copy,
    write,
    write_apart,
)
from tests.servers import SEALED

pytestmark = pytest.mark.browser
AGE = re.compile(r"draft_age=(\d+)")
SIGN_OUT = ".colophon [data-device] button"

# Opens somebody else's copy with the key that this page carries; a copy that nothing opens goes, so it is put back.
OPEN = """async ([name, sealed]) => {
    const { open } = await import(document.querySelector('script[src]').src.replace('forum', 'device'));
    const [, account, key] = name.split(':');
    const mine = await open();
    const found = await new mine.constructor(`draft:${account}:`, mine.cipher).get(key);
    localStorage.setItem(name, sealed);
    return found;
}"""


@pytest.fixture
def thread(town):
    """The address of a thread that every member may answer."""
    return places.thread(town.app)


def test_a_browser_that_is_killed_when_it_says_kept_has_lost_nothing(town, open_page, chromium, thread):
    doomed = chromium.browser_type.launch(executable_path=chromium_path(chromium), args=list(SEALED))
    page = doomed.new_context(base_url=town.url, viewport=DESK, locale="nl-BE").new_page()
    sign_in(page, "nele")
    page.goto(thread)
    page.fill(ANSWER, "Dit stond er al toen")
    assert page.locator(KEPT).is_hidden()  # not before the server said so
    page.locator(ANSWER).press_sequentially(" de stroom uitviel.")
    page.wait_for_selector(KEPT)
    processes = doomed.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    os.kill(next(each["id"] for each in processes if each["type"] == "browser"), signal.SIGKILL)
    other = open_page("nele", phone=True)
    other.goto(thread)
    assert other.input_value(ANSWER) == "Dit stond er al toen de stroom uitviel."


def chromium_path(chromium) -> str:
    """The program of the browser that runs already."""
    processes = chromium.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    browser = next(each["id"] for each in processes if each["type"] == "browser")
    return os.readlink(f"/proc/{browser}/exe")


def test_f3_a_change_that_was_left_stands_in_the_form_again(town, open_page):
    with town.app.app_context():
        query = (
            db.select(Post.id)
            .join(Member, Member.id == Post.author_id)
            .where(Member.email.startswith("yasmina"))
        )
        post_id = db.session.scalars(query).first()
        db.session.remove()
    page = open_page("yasmina")
    page.goto(f"/posts/{post_id}/revisions/new")
    before = page.input_value("textarea")
    write(page, f"{before}\n\nEn nog dit.", where="form.composer textarea", note="form.composer [data-saved]")
    page.goto("/lessons")
    page.goto(f"/posts/{post_id}/revisions/new")
    assert page.input_value("form.composer textarea").endswith("En nog dit.")
    page.click("main .notice button:has-text('Gooi het weg')")
    page.goto(f"/posts/{post_id}/revisions/new")
    assert page.input_value("form.composer textarea") == before


def test_f4_two_tabs_are_two_drafts(town, open_page, thread):
    first = open_page("dirk")
    first.goto(thread)
    second = first.context.new_page()
    second.goto(thread)  # before anything was written
    write(first, "Een half antwoord, dat nog moet groeien.")
    other = "#answer [data-other]"
    assert first.locator(other).is_hidden()
    write(second, "Kort: ja.")
    second.wait_for_selector(other)  # the second says that there are two
    write(first, "Een half antwoord, dat nog moet groeien. En dat groeit.")
    first.wait_for_selector(other)
    send(second)
    write(first, "Een half antwoord, dat nog moet groeien.")
    first.wait_for_selector(other, state="hidden")  # it is the only one again
    first.reload()  # its address leads to its own words
    assert first.input_value(ANSWER) == "Een half antwoord, dat nog moet groeien."
    assert posts(town, "Kort: ja.") == 1
    wait_for_copy(first, gone=True)


def test_f5_words_that_were_sent_do_not_come_back(open_page, thread):
    page = open_page("ruben")
    page.goto(thread)
    page.fill(ANSWER, "Ja, graag!")
    send(page)
    page.go_back()
    page.wait_for_timeout(1_500)  # a pause is over: nothing that the browser put back is kept
    page.goto("/lessons")
    page.goto(thread)
    assert page.input_value(ANSWER) == ""
    assert page.locator("main .notice").count() == 0
    wait_for_copy(page, gone=True)


def test_a_lost_network_loses_nothing_and_is_not_called_kept(open_page, thread):
    page = open_page("bart")
    page.goto(thread)
    page.focus(ANSWER)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.fill(ANSWER, "Getypt in de tunnel.")
    expect(page.locator(f"{KEPT} [data-saved-text]")).to_have_text("Alleen op dit toestel, wacht op netwerk")
    assert page.locator(f"{KEPT} + [role=status]").inner_text() == page.locator(KEPT).inner_text()
    page.click(SEND)
    assert "bewaard op dit toestel" in page.locator(".unsent").inner_text()
    assert page.locator(KEPT).is_hidden()  # it says the same
    page.wait_for_timeout(1100)
    with page.expect_request(lambda sent: sent.method == "POST" and sent.url.endswith("/drafts")) as keeping:
        page.context.set_offline(False)
    assert int(AGE.search(keeping.value.post_data or "")[1]) >= 1, (
        "how long ago it was typed decides what is newer"
    )
    page.wait_for_selector(f'{KEPT}[data-state="kept"]')
    assert page.locator(".unsent").count() == 0
    wait_for_copy(page, gone=True)
    page.reload()
    assert page.input_value(ANSWER) == "Getypt in de tunnel."


def test_what_only_a_device_has_is_brought_by_the_next_page_of_its_account_alone(town, open_page, thread):
    page = open_page("tine")
    page.goto(thread)
    no_drafts(page)
    page.fill(ANSWER, "Half geschreven over iets dat besloten is.")
    wait_for_copy(page)
    page.context.clear_cookies()  # the session is over
    page.goto(thread)
    (copy,) = entries(page)
    assert "besloten" not in page.inner_text("body")
    sign_in(page, "hasan")
    page.goto(thread)
    assert page.input_value(ANSWER) == ""
    assert entries(page) == [copy]
    assert "besloten" not in "".join(copy)
    assert not page.evaluate(OPEN, copy)
    assert drafts(town, "tine") == []
    assert re.fullmatch(r"draft:[\w-]{22}:[\w-]{36}", copy[0])  # a mark that does not say whose it is
    page.click(SIGN_OUT)  # of somebody who typed nothing, and knows of nothing
    page.wait_for_selector("text=Aanmelden")
    assert entries(page) == [copy]
    page.unroute_all()
    sign_in(page, "tine")
    wait_for_copy(page, gone=True)
    assert drafts(town, "tine") == ["Half geschreven over iets dat besloten is."]


def test_signing_out_sends_first_and_asks_about_what_cannot_be_sent(town, open_page, thread):
    page = open_page("samira")
    page.goto(thread, wait_until="networkidle")
    no_drafts(page)
    page.fill(ANSWER, "Dit mag niet op de balie blijven staan.")
    wait_for_copy(page)
    page.goto("/lessons", wait_until="networkidle")
    page.click(SIGN_OUT)
    dialog = page.locator("dialog[open]")
    assert "alleen op dit toestel" in dialog.inner_text()
    dialog.get_by_text("Aangemeld blijven").click()
    assert entries(page)
    page.context.set_offline(True)
    page.click(SIGN_OUT)
    expect(dialog).to_contain_text("Je bent nog aangemeld")
    assert dialog.get_by_text("Weggooien en afmelden").is_hidden()  # it cannot be done
    page.keyboard.press("Escape")
    assert entries(page)
    page.context.set_offline(False)
    page.unroute_all()
    page.click(SIGN_OUT)
    page.wait_for_selector("text=Aanmelden")
    assert entries(page) == []
    assert drafts(town, "samira") == ["Dit mag niet op de balie blijven staan."]


@pytest.mark.proof
def test_signing_out_all_the_same_throws_away_what_could_not_be_sent(town, open_page, thread):
    page = open_page("luc", phone=True)
    page.goto(thread, wait_until="networkidle")
    no_drafts(page)
    page.fill(ANSWER, "Laat maar.")
    wait_for_copy(page)
    page.click(SIGN_OUT)  # on the very page where it was typed
    page.get_by_text("Weggooien en afmelden").click()
    page.wait_for_selector("text=Aanmelden")
    assert entries(page) == []
    assert drafts(town, "luc") == []


@pytest.mark.proof
def test_what_is_too_long_to_send_at_leaving_is_brought_by_the_next_page(town, open_page, thread):
    page = open_page("karim")
    page.goto(thread, wait_until="networkidle")
    page.fill(ANSWER, "é" * 12_000)  # more than 64 KiB on its way
    wait_for_copy(page)
    page.goto("/lessons")
    wait_for_copy(page, gone=True)
    assert drafts(town, "karim") == ["é" * 12_000]


def test_without_scripts_a_button_keeps_what_is_typed(town, open_page, thread):
    page = open_page("joris", java_script_enabled=False)
    page.goto(thread)
    page.fill(ANSWER, "Zonder scripts bewaard.")
    page.click("#answer [data-keep]")
    assert "Zonder scripts bewaard." in page.inner_text("main")
    page.goto(thread)
    assert page.input_value(ANSWER) == "Zonder scripts bewaard."
    page.click("main .notice button:has-text('Gooi het weg')")
    assert page.input_value(ANSWER) == ""
    page.click("main .notice button:has-text('Zet het terug')")
    assert page.input_value(ANSWER) == "Zonder scripts bewaard."


def test_what_is_thrown_away_the_moment_that_it_is_typed_stays_away(town, open_page, thread):
    page = open_page("joris")
    page.goto(thread)
    write(page, "Een half antwoord.")
    page.goto(thread)
    assert page.input_value(ANSWER) == "Een half antwoord."
    assert page.evaluate("scrollY") == 0  # who comes to read is not led to the form
    page.fill(ANSWER, "Een half antwoord, en meer")  # neither the device nor the server has this yet
    page.click("main .notice button:has-text('Gooi het weg')")
    page.wait_for_selector("#thrown")
    page.wait_for_timeout(1_500)
    page.goto(thread)
    assert page.input_value(ANSWER) == ""
    wait_for_copy(page, gone=True)


def test_words_that_this_device_brings_stand_in_the_field_of_the_thread(town, open_page, thread):
    page = open_page("emine")
    page.goto(thread)
    no_drafts(page)
    page.fill(ANSWER, "Getypt zonder netwerk.")
    wait_for_copy(page)
    page.goto("about:blank")  # closed
    page.unroute_all()
    page.goto(thread)
    expect(page.locator(ANSWER)).to_have_value("Getypt zonder netwerk.")
    wait_for_copy(page, gone=True)  # also where it said that it is kept already
    with page.expect_response("**/drafts"):
        page.fill(ANSWER, "Getypt zonder netwerk, en verder.")
    assert drafts(town, "emine") == ["Getypt zonder netwerk, en verder."]


def test_f2_back_and_send_again_is_asked_about(town, open_page, thread):
    page = open_page("ilse")
    page.goto(thread, wait_until="networkidle")
    page.fill(ANSWER, "Bij ons lukte het na drie keer bellen.")
    send(page)
    page.go_back(wait_until="networkidle")
    if not page.input_value(ANSWER):  # a browser may bring the words back, or a person types them again
        page.fill(ANSWER, "Bij ons lukte het na drie keer bellen.")
    send(page)
    assert posts(town, "Bij ons lukte het na drie keer bellen.") == 1


@pytest.mark.proof
def test_the_other_copy_of_two_devices_is_named(open_page, thread):
    desk = open_page("hilde")
    desk.goto(thread)
    write(desk, "Begonnen aan het bureau.")
    phone = open_page("hilde", phone=True)
    phone.goto(desk.url)
    write(phone, "Op de trein herschreven.")
    assert phone.locator("#answer [data-other]").is_hidden()
    write(desk, "Begonnen aan het bureau, en thuis verder.")
    desk.wait_for_selector("#answer [data-other]:not([hidden])")
    desk.reload()
    desk.click("main .notice button:has-text('Haal die terug')")
    assert desk.input_value(ANSWER) == "Op de trein herschreven."


@pytest.mark.proof
def test_a_refusal_is_said_and_not_called_kept(open_page, thread, monkeypatch):
    monkeypatch.setattr(draft_verbs, "MOST", 0)
    page = open_page("griet")
    page.goto(thread)
    page.fill(ANSWER, "Eén te veel.")
    page.wait_for_selector(KEPT)
    assert page.inner_text(KEPT).endswith("Het staat alleen op dit toestel.")
    page.context.clear_cookies()
    page.locator(ANSWER).press_sequentially("!")
    expect(page.locator(KEPT)).to_contain_text("Je bent afgemeld.")


@pytest.mark.proof
def test_a_browser_that_keeps_nothing_does_not_say_that_it_does(open_page, thread):
    page = open_page("emine")
    page.add_init_script("delete Crypto.prototype.subtle")  # as outside https
    page.goto(thread)
    page.focus(ANSWER)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.fill(ANSWER, "Nergens bewaard.")
    expect(page.locator(KEPT)).to_have_text("Het is niet bewaard: deze browser bewaart zelf niets.")
    assert entries(page) == []
    page.click(SEND)
    assert "op dit toestel" not in page.inner_text(".unsent")
    page.context.set_offline(False)
    page.wait_for_selector(f'{KEPT}[data-state="kept"]')


def test_the_list_of_drafts_shows_what_only_this_device_has(open_page, thread):
    page = open_page("pieter")
    page.goto(thread)
    no_drafts(page)
    page.fill(ANSWER, "Alleen hier.")
    wait_for_copy(page)
    page.evaluate("localStorage.setItem('draft:reply-1-2', 'A copy of before, which anybody could read.')")
    page.goto("/drafts")
    row = page.locator("[data-waiting] li")
    assert "Alleen hier." in row.inner_text()
    row.get_by_text("Gooi weg").click()
    wait_for_copy(page, gone=True)
    row.get_by_text("Zet het terug").click()
    wait_for_copy(page)
    page.unroute_all()
    row.get_by_text("Ga verder").click()
    page.wait_for_selector(f'{KEPT}[data-state="kept"]')
    assert page.input_value(ANSWER) == "Alleen hier."
    wait_for_copy(page, gone=True)


@pytest.mark.proof
def test_the_button_to_keep_leads_to_the_list_which_says_so(open_page, thread):
    page = open_page("nadia")
    page.goto(thread, wait_until="networkidle")
    page.fill(ANSWER, "Voor straks.")
    send(page, "#answer [data-keep]")
    wait_for_copy(page, gone=True)
    page.wait_for_load_state("networkidle")
    assert "Je concept is bewaard." in page.inner_text(".flashes")
    assert page.locator(".draft >> text=Voor straks.").count() == 1


def test_what_is_typed_in_a_tab_whose_draft_was_sent_from_another_is_a_new_draft(town, open_page, thread):
    page = open_page("marleen")
    page.goto(thread)
    write(page, "Eerst gezegd.")
    other = page.context.new_page()
    other.goto(page.url)  # the same draft in another tab
    send(page)
    other.fill(ANSWER, "Eerst gezegd, dan verbeterd.")
    expect(other.locator(f'{KEPT}[data-state="kept"]')).to_contain_text("Je verstuurde dit elders.")
    wait_for_copy(other, gone=True)
    other.reload()
    assert other.input_value(ANSWER) == "Eerst gezegd, dan verbeterd."
    assert drafts(town, "marleen") == ["Eerst gezegd, dan verbeterd."]


@pytest.mark.proof
def test_what_a_device_has_of_a_draft_that_was_sent_elsewhere_becomes_a_new_draft(town, open_page, thread):
    page = open_page("dirk")
    page.goto(thread)
    write_apart(page, "Aan het bureau.", "Herschreven in de tunnel.")
    phone = open_page("dirk", phone=True)
    phone.goto(page.url)
    send(phone)
    page.unroute_all()
    page.goto("/lessons")
    wait_for_copy(page, gone=True)
    assert "Herschreven in de tunnel." in drafts(town, "dirk")


@pytest.mark.parametrize("at_once", [False, pytest.param(True, marks=pytest.mark.proof)])
def test_f1_improved_after_an_answer_that_stayed_away_it_is_not_lost_on_the_way_back(
    town, open_page, thread, at_once
):
    said = "Bel de apotheker." if at_once else "Bel de huisarts."
    better = f"{said} Liefst voor tien uur."
    page = open_page("bart")
    page.goto(thread, wait_until="networkidle")
    page.fill(ANSWER, said)
    page.route(
        "**/*", lambda route: (route.fetch(max_redirects=0), None) if sends(route) else route.continue_()
    )
    page.click(SEND, no_wait_after=True)
    for _moment in range(100):
        page.wait_for_timeout(50)
        if posts(town, said):
            break
    page.context.new_cdp_session(page).send("Page.stopLoading")
    page.unroute_all()
    page.wait_for_function("!document.querySelector('#answer .btn--primary').hasAttribute('aria-disabled')")
    page.fill(ANSWER, better)
    send(page)
    if not at_once:
        page.wait_for_selector('form.composer [data-saved][data-state="kept"]')
    page.click("text=Ga naar je bijdrage")
    page.wait_for_url("**#*")
    if not at_once:
        page.go_back()
        expect(page.locator("main form.composer textarea").first).to_have_value(better)
    wait_for_copy(page, gone=True)
    assert better in drafts(town, "bart")
    page.goto(thread)
    assert page.input_value(ANSWER) == better


@pytest.mark.proof
def test_going_on_with_what_only_the_device_has_says_so_and_moves_nothing(open_page, thread):
    page = open_page("pieter", phone=True)
    page.goto(thread, wait_until="networkidle")
    page.click(ANSWER)
    page.locator("#answer markdown-toolbar").wait_for()  # fetched when its text is reached
    before = page.locator("#answer").bounding_box()["height"]
    no_drafts(page)
    page.fill(ANSWER, "Alleen hier.")
    expect(page.locator(KEPT)).to_have_text("Alleen op dit toestel, wacht op netwerk")
    assert abs(page.locator("#answer").bounding_box()["height"] - before) < 2
    page.goto("/drafts")
    page.locator("[data-waiting] li").get_by_text("Ga verder").click()
    expect(page.locator(KEPT)).to_have_text("Alleen op dit toestel, wacht op netwerk")
    page.unroute_all()


def test_what_the_forum_refuses_says_why_in_the_list_and_is_sent_again_when_it_changed(
    town, open_page, thread, monkeypatch
):
    page = open_page("griet")
    page.goto(thread)
    monkeypatch.setattr(draft_verbs, "MOST", 0)
    page.fill(ANSWER, "Nog één te veel.")
    page.wait_for_selector(KEPT)
    page.goto("/drafts")
    row = page.locator("[data-waiting] li")
    expect(row).to_contain_text("meer kunnen er niet bewaard worden")
    assert "netwerk" not in row.inner_text()
    tried = []
    page.on("request", lambda request: tried.append(1) if request.method == "POST" else None)
    page.reload(wait_until="networkidle")
    expect(row).to_contain_text("meer kunnen er niet bewaard worden")
    assert tried == []
    monkeypatch.undo()
    row.get_by_text("Ga verder").click()
    page.wait_for_selector(f'{KEPT}[data-state="kept"]')
    wait_for_copy(page, gone=True)
