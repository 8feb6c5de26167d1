"""The page in headless Chromium: quiet, self-contained, sortable, and whole without scripts."""

import os
import shutil
import warnings

import pytest

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium found; set $CHROMIUM")


@pytest.fixture(scope="module")
def browser():
    with warnings.catch_warnings():
        # Playwright's own event loop handling warns on some Python versions; none of it is ours.
        warnings.filterwarnings("ignore", category=DeprecationWarning, module="playwright")
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            launched = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
            )
            yield launched
            launched.close()


@pytest.fixture
def opened(browser, report):
    contexts = []

    def open_page(**settings):
        context = browser.new_context(**settings)
        contexts.append(context)
        page = context.new_page()
        page.noise, page.requests = [], []
        page.on("console", lambda message: page.noise.append(message.text))
        page.on("pageerror", lambda error: page.noise.append(str(error)))
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto(report.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


def column(page, table, number):
    cells = table.locator(f"tbody tr > :nth-child({number})")
    return [text.split("\n")[0] for text in cells.all_inner_texts()]


def test_nothing_is_logged_and_nothing_leaves_the_file(opened, report):
    page = opened()
    page.locator("[role=tab]").nth(1).click()
    page.mouse.wheel(0, 3000)
    outside = [url for url in page.requests if not url.startswith("data:")]
    assert outside == [report.as_uri()]
    assert page.noise == []


def test_a_click_and_a_key_sort_a_column_and_say_so(opened):
    page = opened()
    table = page.locator("#task-1 table.numbers").first
    header = table.locator("thead th", has_text="Log loss")
    before = column(page, table, 1)
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "ascending"
    losses = [float(text) for text in column(page, table, 6)]
    assert losses == sorted(losses) and column(page, table, 1) != before
    header.get_by_role("button").press("Enter")
    assert header.get_attribute("aria-sort") == "descending"
    losses = [float(text) for text in column(page, table, 6)]
    assert losses == sorted(losses, reverse=True)
    assert "Sorted by Log loss" in page.locator("#said").inner_text()
    name = table.locator("thead th").first
    name.get_by_role("button").press("Space")
    assert name.get_attribute("aria-sort") == "ascending"
    assert header.get_attribute("aria-sort") is None
    titles = column(page, table, 1)
    assert titles == sorted(titles, key=str.casefold)


def test_failed_entries_stay_at_the_bottom(opened):
    page = opened()
    page.locator("[role=tab]").nth(1).click()
    table = page.locator("#task-2 table.numbers").first
    for _ in range(2):
        table.locator("thead th").nth(1).get_by_role("button").click()
        assert column(page, table, 1)[-1] == "Hidden Markov model"


def test_tabs_follow_clicks_keys_and_links(opened):
    page = opened()
    tabs = page.locator("[role=tab]")
    assert page.locator("#task-1").is_visible() and not page.locator("#task-2").is_visible()
    tabs.first.press("ArrowRight")
    assert page.locator("#task-2").is_visible() and not page.locator("#task-1").is_visible()
    assert tabs.nth(1).get_attribute("aria-selected") == "true"
    page.locator("nav a[href='#task-3']").click()
    page.locator("#task-3").wait_for(state="visible")
    assert not page.locator("#task-2").is_visible()


def test_an_entry_lights_up_wherever_it_stands(opened):
    page = opened()
    page.locator("#task-1 tr[data-entry=tan] th").first.hover()
    assert page.locator("#task-1 g.lit[data-entry=tan]").count() == 3
    assert page.locator("#task-2 .lit").count() == 0


@pytest.mark.parametrize("scripts", [True, False])
def test_a_phone_never_scrolls_the_page_sideways(opened, scripts):
    page = opened(viewport={"width": 390, "height": 844}, java_script_enabled=scripts)
    # A script of the test itself is allowed even where those of the page are not.
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths == [390, 390]


def test_the_page_is_whole_without_scripts(opened):
    page = opened(java_script_enabled=False)
    for number in (1, 2, 3):
        assert page.locator(f"#task-{number}").is_visible()
        assert page.locator(f"#task-{number} table.numbers").first.is_visible()
    assert page.locator("[role=tab]").count() == 0


def test_all_is_printed(opened):
    page = opened()
    page.emulate_media(media="print")
    for number in (1, 2, 3):
        assert page.locator(f"#task-{number}").is_visible()


def test_pictures_have_names_that_readers_hear(opened):
    page = opened()
    pictures = page.locator("#task-1 .charts").get_by_role("img")
    assert pictures.count() == 4
    assert page.get_by_role("img", name="When a tenth of the negative cases").first.is_visible()


CONTRAST = """() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const style = (name) => {
    const probe = document.createElement("i");
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return light(colour);
  };
  const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const words = [["ink", "paper"], ["soft", "paper"], ["link", "paper"], ["warn", "paper"],
                 ["warn", "warn-wash"], ["soft", "wash"], ["ink", "wash"]];
  const marks = ["baseline", "linear", "tree", "svm", "bayesian", "sequence", "deep", "other",
                 "ensemble"].map((name) => [name, "paper"]);
  const measured = (pairs) => Math.min(...pairs.map(([a, b]) => ratio(style(a), style(b))));
  return [measured(words), measured(marks)];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_marks_stand_out_from_the_paper(opened, scheme):
    words, marks = opened(color_scheme=scheme).evaluate(CONTRAST)
    assert words >= 4.5  # WCAG 2.2, 1.4.3
    assert marks >= 3.0  # WCAG 2.2, 1.4.11
