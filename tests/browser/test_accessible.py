"""axe finds nothing on any page in either theme; everything is reached by keyboard with a focus that shows."""

import itertools
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser import places
from tests.browser.conftest import DESK, PHONE
from tests.rules.source import ROOT

pytestmark = pytest.mark.browser
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async tags => {
    const found = await axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']});
    return found.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(', '));
}"""
# Of a group of radio buttons Tab reaches one: the chosen one, or the first while none is chosen. Of tabs the
# chosen one: the arrows reach the others.
FOCUSABLE = """() => { const STOP = e => {
        const all = [...(e.form || document).querySelectorAll(`input[name="${e.name}"]`)];
        return all.find(x => x.checked) || all[0]; };
    return [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, iframe, [tabindex="0"]')]
    .filter(e => !e.disabled && !e.matches('[role=tab][tabindex="-1"], [role=toolbar] [tabindex="-1"]')
        && e.checkVisibility({checkVisibilityCSS: true, checkOpacity: false})
        && (e.type !== 'radio' || e === STOP(e))).length; }"""
FOCUSED = """() => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    e.dataset.reached = '1';
    const shows = x => { const s = getComputedStyle(x);
        return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== 'none'; };
    const label = e.closest('label') || document.querySelector(`label[for="${e.id}"]`);
    return shows(e) || (label && shows(label)) || e.tagName === 'IFRAME';
}"""

TOOLS = """() => {
    const field = document.activeElement.matches('[data-sheet] textarea') && document.activeElement;
    const sheet = field && field.closest('[data-sheet]');
    return !sheet || !sheet.querySelector('[data-tools]') || !!sheet.querySelector('markdown-toolbar');
}"""

# What lies over all of the focused element: null when a part of it shows, at its middle or near a corner.
COVERED = """() => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const shown = x => {
        const box = x.getBoundingClientRect();
        const [left, right] = [Math.max(box.left, 0) + 3, Math.min(box.right, innerWidth) - 3];
        const [top, bottom] = [Math.max(box.top, 0) + 3, Math.min(box.bottom, innerHeight) - 3];
        return [[(left + right) / 2, (top + bottom) / 2], [left, top], [right, top], [left, bottom], [right, bottom]]
            .map(([x, y]) => document.elementFromPoint(x, y));
    };
    const own = [e, e.closest('label') || document.querySelector(`label[for="${e.id}"]`)].filter(Boolean);
    const over = own.map(shown);
    const seen = over.some((met, n) => met.some(x => x && (own[n].contains(x) || x.contains(e) && x !== document.body
        && x !== document.documentElement)));
    return seen ? null : over[0].map(x => x && `${x.tagName}.${x.className}`).join(' ');
}"""

# The two of them at the next stop, once a toolbar that is fetched when its text is reached stands behind it.
STOP = f"""async () => {{
    while (!({TOOLS})()) await new Promise(requestAnimationFrame);
    return [({FOCUSED})(), ({COVERED})()];
}}"""

RECOGNISABLE = "Bel haar op 0470 12 34 56 of schrijf naar rita.voorbeeld@example.org."
# What goes on moving for longer than a blink, or scrolls smoothly.
MOVING = """() => {
    const long = s => [s.transitionDuration, s.animationDuration].join().split(',')
        .some(time => parseFloat(time) * (time.includes('ms') ? 1 : 1000) > 50);
    return [...document.querySelectorAll('*')].filter(e => getComputedStyle(e).scrollBehavior === 'smooth'
        || long(getComputedStyle(e)) || (e.matches('a, button, summary, label')
            && ['::before', '::after'].some(part => long(getComputedStyle(e, part)))))
        .map(e => `${e.tagName}.${e.className}`);
}"""
WHOLE = "() => document.fonts.ready.then(() => document.documentElement.scrollHeight)"
TOO_WIDE = """() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    return wide > 0 ? [`${wide} px too wide`] : [];
}"""
# What a thumb presses to get on, folded parts too, and is less than 44 px high.
LOW = """() => {
    document.querySelectorAll('main details').forEach(e => { e.open = true; });
    return [...document.querySelectorAll(`.btn, .tabbar a, .masthead a, .tabs :is(a, button),
        .chosen a, .sheet__tabs button, .menu :is(a, button), .acts :is(a, summary), .echo, .choice, .linkrow,
        .segments label, .filters summary, .overview__sum ~ * .filter-set a, select, textarea, .input,
        .section-title > a, .card__title a, .person__name a, .kicker > a:first-child, .post-actions summary,
        .colophon ul :is(a, button)`)]
        .filter(e => e.checkVisibility({checkVisibilityCSS: true}) && !e.closest('.vh'))
        .map(e => [e, e.getBoundingClientRect().height]).filter(([e, high]) => high && high < 43.5)
        .map(([e, high]) => `${e.tagName}.${e.className} ${high} px ${e.innerText.slice(0, 30)}`);
}"""


def found_on(page) -> list[str]:
    """What axe finds on the whole page: in a window as tall as it is, so that a bar at its foot covers no target.

    A letter in its frame grows with the window up to a limit, and the page with it.
    """
    for _growth in range(3):
        # A typeface that comes later makes the page longer.
        tall = max(page.evaluate(WHOLE), 844)
        if tall == page.viewport_size["height"]:
            break
        page.set_viewport_size({"width": page.viewport_size["width"], "height": tall})
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    return page.evaluate(RUN, TAGS)


def visits(town, open_page, **options) -> Iterator[tuple[Page, str]]:
    """Every page as it was loaded for whoever it is for, with its address."""
    for who, places_of in (
        (None, places.for_visitor), ("sofie", places.for_moderator), ("wouter", places.for_reviewer),
        ("eva", places.for_editor),
        ("beheer", places.for_administrator),
    ):  # fmt: skip
        page = open_page(who, **options)
        page.context.add_init_script(path=AXE)
        for address in places_of(town.app):
            page.goto(address)
            yield page, address


@pytest.mark.timeout(400)
def test_axe_finds_nothing(town, open_page):
    found = []
    for page, address in visits(town, open_page):
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="light")
        found += [f"{address}, light on a desk: {each}" for each in found_on(page)]
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        found += [f"{address}, dark on a phone: {each}" for each in found_on(page)]
    assert found == []


@pytest.mark.proof
@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("phone", "dark"),
    list(itertools.product([False, True], repeat=2)),
    ids=["desk-light", "desk-dark", "phone-light", "phone-dark"],
)
def test_nor_on_any_page_that_is_loaded_so(town, open_page, phone, dark):
    found = []
    for page, address in visits(town, open_page, phone=phone, dark=dark):
        found += [f"{address}: {each}" for each in found_on(page)]
    assert found == []


def test_axe_finds_nothing_in_a_composer_that_was_refused_or_previewed(open_page):
    page = open_page("sofie", phone=True)
    page.goto("/threads/new")
    page.fill("input[name=title]", "Wie belt er terug")
    page.fill("textarea[name=body]", RECOGNISABLE)
    page.click(".composer .btn--primary")
    page.wait_for_selector(".error-summary")
    assert "0470 12 34 56" in page.inner_text(".care"), "all that is wrong is said at once"
    found = in_both_themes(page)
    page.get_by_role("tab").nth(1).click()
    page.wait_for_selector(".sheet__preview p")
    assert found + in_both_themes(page) == []


def test_axe_finds_nothing_in_what_scripts_say_without_a_network(town, open_page):
    page = open_page("wouter", phone=True)
    page.goto(places.thread(town.app))
    page.focus("#answer textarea")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.fill("#answer textarea", "Geschreven in de trein.")
    page.wait_for_selector('#answer [data-state="waits"]')
    page.click("#answer .btn--primary")
    page.wait_for_selector("#answer .unsent")
    found = in_both_themes(page)
    page.click(".colophon [data-device] button")
    page.wait_for_selector("dialog[open]")
    assert found + in_both_themes(page) == []
    page.context.set_offline(False)


def test_links_that_stand_alone_are_high_enough_to_touch(open_page):
    low = """() => [...document.querySelectorAll('.cluster > a, .section-title > a, .draft-status :is(a, button)')]
        .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 24).map(e => e.innerText)"""
    page, found = open_page(), []
    for address in (
        "/accounts/sign-in",
        "/accounts/forgot",
        "/spaces/gent?need=advice",
        "/lessons/les-2026-001",
    ):
        page.goto(address)
        found.append(page.evaluate(low))
    page = open_page("sofie", phone=True)
    page.goto("/settings/security")
    found.append(page.evaluate(low))
    page.goto("/workbench")
    page.click(".record a, .tasks a, .linkrow, .job__title a")
    found.append(page.evaluate(low))
    assert found == [[]] * len(found)


def in_both_themes(page) -> list[str]:
    """What axe finds on the page as it stands."""
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found += found_on(page)
    return found


def test_axe_can_find_something(town, open_page):
    page = open_page()
    page.goto("/lessons")
    page.evaluate("() => document.querySelector('main').insertAdjacentHTML('beforeend', '<input>')")
    page.evaluate(AXE.read_text())
    assert any("label" in found for found in page.evaluate(RUN, TAGS))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("phone", [False, pytest.param(True, marks=pytest.mark.proof)])
def test_everything_is_reached_by_keyboard_and_shows_its_focus(town, open_page, phone):
    page = open_page("sofie", phone=phone)
    for address in places.for_moderator(town.app):
        page.goto(address)
        unseen, covered = 0, set()
        for _step in range(page.evaluate(FOCUSABLE) + 12):
            page.keyboard.press("Tab")
            shows, over = page.evaluate(STOP)
            unseen += shows is False
            covered.add(over)
        expected = page.evaluate(FOCUSABLE)  # now that every script of the page has run
        reached = page.evaluate("() => document.querySelectorAll('[data-reached]').length")
        assert unseen == 0, f"{unseen} focused elements without a visible focus on {address}"
        assert reached >= expected, f"{reached} of {expected} reached on {address}"
        assert covered == {None}, f"focused elements under others on {address}"


@pytest.mark.timeout(200)
def test_every_page_suits_a_small_phone_a_thumb_large_letters_and_whoever_wants_no_motion(town, open_page):
    page, found = open_page("sofie", phone=True), []
    page.emulate_media(reduced_motion="reduce")
    for address in places.for_moderator(town.app):
        page.set_viewport_size({"width": 320, "height": 640})
        page.goto(address)
        found += [f"{address} moves: {each}" for each in page.evaluate(MOVING)]
        found += [f"{address}, 320 px: {each}" for each in page.evaluate(TOO_WIDE)]
        page.set_viewport_size(PHONE)
        found += [f"{address}, low: {each}" for each in page.evaluate(LOW)]
        page.evaluate("() => document.documentElement.style.setProperty('font-size', '200%', 'important')")
        found += [f"{address}, large letters: {each}" for each in page.evaluate(TOO_WIDE)]
    assert found == []


def test_the_walk_can_find_what_moves_is_low_or_too_wide(open_page):
    page = open_page(phone=True)
    page.goto("/lessons")
    assert page.evaluate(MOVING) != []  # where nobody asked for less
    page.emulate_media(reduced_motion="reduce")
    assert [page.evaluate(each) for each in (MOVING, LOW, TOO_WIDE)] == [[], [], []]
    page.evaluate("""() => {
        document.querySelector('main .page-title').style.cssText = 'width: 900px; transition: color 1s';
        document.querySelector('.tabbar a').style.cssText = 'min-height: 0; height: 30px; align-self: center';
    }""")
    assert [len(page.evaluate(each)) for each in (MOVING, LOW, TOO_WIDE)] == [1, 1, 1]
