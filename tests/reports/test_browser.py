"""The page in headless Chromium: quiet, self-contained, sortable, and whole without scripts."""

import re
from itertools import count

import pytest

from .conftest import PATIENCE


@pytest.fixture
def opened(browser, report):
    contexts = []

    def open_page(**settings):
        context = browser.new_context(**settings)
        context.set_default_timeout(PATIENCE)
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
    page.get_by_role("button", name="Open all").click()
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
    page.evaluate(OPEN)
    table = page.locator("#task-2-models table.numbers").nth(1)
    for _ in range(2):
        table.locator("thead th").nth(1).get_by_role("button").click()
        assert column(page, table, 1)[-1] == "Hidden Markov model"


@pytest.mark.parametrize("scripts", [True, False])
def test_the_contents_lead_to_the_parts(opened, scripts):
    page = opened(java_script_enabled=scripts)
    for part in ("decision", "comparison", "deciding", "trust", "more"):
        page.locator(f"nav a[href='#task-2-{part}']").click()
        assert page.locator(f"#task-2-{part}").is_visible()
        assert page.url.endswith(f"#task-2-{part}")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_link_from_elsewhere_leads_into_a_fold(opened, report, scripts):
    page = opened(java_script_enabled=scripts)
    assert not page.locator("#task-3-data").is_visible()
    page.goto(f"{report.as_uri()}#task-3-data")
    page.locator("#task-3-data").wait_for(state="visible")
    assert not page.locator("#task-1-data").is_visible()


def test_all_can_be_opened_and_folded(opened):
    page = opened()
    folds = page.locator("details.fold")
    page.get_by_role("button", name="Open all").click()
    assert page.locator("details.fold[open]").count() == folds.count() > 20
    page.get_by_role("button", name="Fold all").click()
    assert page.locator("details.fold[open]").count() == 0


def test_an_entry_lights_up_wherever_it_stands(opened):
    page = opened()
    page.locator("#task-1-models tr[data-entry=xgboost] th").first.hover()
    assert page.locator("#task-1 g.lit[data-entry=xgboost]").count() >= 3
    assert page.locator("#task-2 .lit").count() == 0


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize(("width", "most"), [(1300, 9000), (390, 14000)])
def test_three_tasks_take_no_more_room_than_a_reader_has(opened, width, most, scripts):
    page = opened(viewport={"width": width, "height": 844}, java_script_enabled=scripts)
    # A script of the test itself is allowed even where those of the page are not.
    assert page.evaluate("document.documentElement.scrollHeight") <= most


OPEN = "for (const each of document.querySelectorAll('details')) each.open = true"
# In pixels of the screen, whatever the scale of the picture.
SMALLEST_LETTERS = """Math.min(...[...document.querySelectorAll("svg text")].map((text) => {
  const svg = text.closest("svg");
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  return scale * parseFloat(getComputedStyle(text).fontSize);
}))"""
# Links inside a sentence are as high as its lines (WCAG 2.2, 2.5.8 excepts them).
SMALLEST_TARGET = """Math.min(...[...document.querySelectorAll(
  "nav a, .answers a, button, summary")].map((each) => {
  const { width, height } = each.getBoundingClientRect();
  return Math.min(width, height);
}))"""


@pytest.mark.parametrize("folded", [True, False])
def test_a_phone_never_scrolls_the_page_sideways(opened, folded):
    page = opened(viewport={"width": 390, "height": 844})
    if not folded:
        page.evaluate(OPEN)
    assert page.evaluate("[document.documentElement.scrollWidth, innerWidth]") == [390, 390]


def test_on_a_phone_letters_can_be_read_and_targets_hit(opened):
    page = opened(viewport={"width": 390, "height": 844})
    page.evaluate(OPEN)
    assert page.evaluate(SMALLEST_LETTERS) >= 12
    assert page.evaluate(SMALLEST_TARGET) >= 24


def test_the_contents_stay_in_sight(opened):
    for width in (1300, 390):
        page = opened(viewport={"width": width, "height": 844})
        # Scrolling is smooth; the page's own policy forbids to wait by a script in it.
        for n_looks in count():
            if n_looks % 100 == 0:  # a page that is not drawn yet may not have heard it
                page.mouse.wheel(0, 4000)
            if page.evaluate("scrollY") > 3000:
                break
            page.wait_for_timeout(20)
        top = page.evaluate("document.querySelector('.frame nav').getBoundingClientRect().top")
        assert top == 0


def test_the_page_is_whole_without_scripts(opened):
    page = opened(java_script_enabled=False)
    for number in (1, 2, 3):
        assert page.locator(f"#task-{number} table.numbers").first.is_visible()
        page.locator(f"#task-{number} summary", has_text="The splits").click()
        assert page.locator(f"#task-{number}-splits table").is_visible()


def test_what_is_open_is_printed(opened):
    page = opened()
    page.locator("#task-2 summary", has_text="The splits").click()
    page.emulate_media(media="print")
    for number in (1, 2, 3):
        assert page.locator(f"#task-{number} .headline").is_visible()
        assert page.locator(f"#task-{number}-trust").is_visible() == (number == 2)
        assert not page.locator(f"#task-{number}-more").is_visible()
        assert page.locator(f"#task-{number}-models table").first.is_visible()
        assert page.locator(f"#task-{number}-splits").is_visible() == (number == 2)
    assert not page.locator("nav").is_visible()
    assert not page.locator("#task-1 summary", has_text="The splits").is_visible()


def test_each_task_is_printed_on_a_page_for_the_decision_and_one_for_the_comparison(opened):
    text = opened().pdf(format="A4").decode("latin-1")
    # The answer, two pages a task, and what follows the tasks.
    assert 7 <= len(re.findall(r"/Type\s*/Page\b", text)) <= 8


def test_pictures_have_names_that_readers_hear(opened):
    page = opened()
    page.evaluate(OPEN)
    pictures = page.locator("#task-1-charts").get_by_role("img")
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
