"""What waits on a device reaches the server once, and the page that lists it tells it as it is."""

import pytest
from playwright.sync_api import expect

from tests.browser import places
from tests.browser.writing import ANSWER, drafts, entries, no_drafts, send, wait_for_copy, write, write_apart

pytestmark = pytest.mark.browser


@pytest.fixture
def thread(town):
    """The address of a thread that every member may answer."""
    return places.thread(town.app)


def test_the_row_of_a_draft_shows_the_words_that_this_device_just_brought(open_page, thread):
    page = open_page("geert")
    page.goto(thread)
    write_apart(page, "De oude woorden.", "De nieuwe woorden.")
    page.goto("/lessons")
    assert entries(page)
    page.unroute_all()
    loads = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    page.goto("/drafts")
    expect(page.locator(".drafts .card__excerpt").first).to_have_text("De nieuwe woorden.")
    wait_for_copy(page, gone=True)
    page.wait_for_timeout(1_000)
    assert len(loads) <= 2  # once more at most


def test_words_beside_what_was_sent_elsewhere_become_one_draft_however_often_the_answer_is_lost(
    town, open_page, thread
):
    first = open_page("eva")
    first.goto(thread)
    write(first, "Dit ging weg.")
    second = first.context.new_page()
    second.goto(first.url)
    no_drafts(first)
    first.fill(ANSWER, "Dit bleef hier.")
    wait_for_copy(first)
    send(second)

    def lose_what_was_kept(route):
        if route.request.method == "POST":
            answer = route.fetch()
            if answer.ok:
                route.abort()
            else:
                route.fulfill(response=answer)
        else:
            route.continue_()

    second.close()
    first.goto("/lessons")
    # It goes before the rule that is there: nothing slips in between.
    first.route("**/drafts", lose_what_was_kept)
    for _ in range(3):
        first.goto("/lessons", wait_until="networkidle")
        assert len(entries(first)) == 1
    assert drafts(town, "eva").count("Dit bleef hier.") == 1
    first.unroute_all()
    first.goto("/lessons")
    wait_for_copy(first, gone=True)
    assert drafts(town, "eva").count("Dit bleef hier.") == 1


def test_the_list_says_what_was_done_where_the_device_has_the_very_words_of_a_row(open_page, thread):
    page = open_page("inge")
    page.goto(thread, wait_until="networkidle")
    page.fill(ANSWER, "Voor straks.")
    page.click("#answer [data-keep]")
    wait_for_copy(page, gone=True)
    page.wait_for_timeout(1_000)
    assert "Je concept is bewaard." in page.inner_text(".flashes")


def test_what_a_button_says_without_a_network_stands_on_a_line_of_its_own(open_page, thread):
    page = open_page("stijn", phone=True)
    page.goto(thread)
    write(page, "Nog een.")
    page.goto("/drafts", wait_until="networkidle")
    page.context.set_offline(True)
    page.locator(".draft__do").first.get_by_text("Gooi weg").click()
    said = page.locator(".unsent").bounding_box()
    go_on, throw = (
        page.locator(".draft__do").first.get_by_text(each).bounding_box()
        for each in ("Ga verder", "Gooi weg")
    )
    assert said["y"] + said["height"] <= go_on["y"] == throw["y"]
