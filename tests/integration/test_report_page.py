"""A report opened in a browser: nothing clipped or overlapping, light and dark, wide and narrow."""

import os
import shutil

import pytest

from synthkit import pipeline

SCHEMES = ("light", "dark")
WIDTHS = (1280, 400)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    data = pipeline.generate("crm", rows={"customers": 150}, seed=1).load()
    made = pipeline.fit(data, seed=1, holdout=0.3)
    synthetic = made.sample(rows=150, seed=2)
    report = pipeline.report(data, synthetic, model=made, seed=1)
    assert all(built.failure is None for built in report.sections)
    return report.save(tmp_path_factory.mktemp("browser") / "report")


@pytest.fixture(scope="module")
def browser():
    paths = [shutil.which(name) for name in ("chromium", "chromedriver")]
    if None in paths:
        reason = "Chromium and its driver are not installed (apt-get install chromium-driver)."
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = paths[0]
    for option in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(paths[1]))
    yield driver
    driver.quit()


@pytest.fixture(scope="module", params=[(s, w) for s in SCHEMES for w in WIDTHS], ids=str)
def opened(request, browser, page):
    """The page in one scheme and width, with every part unfolded."""
    scheme, width = request.param
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    size = {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(page.as_uri())
    browser.execute_script("document.querySelectorAll('details').forEach(one => one.open = true)")
    return browser, scheme, width


def test_the_console_is_silent_and_nothing_is_fetched(opened):
    browser, _, _ = opened
    assert browser.get_log("browser") == []
    asked = [entry["message"] for entry in browser.get_log("performance")]
    asked = [each for each in asked if '"Network.requestWillBeSent"' in each]
    assert not [each for each in asked if '"url":"http' in each]


def test_the_page_is_as_wide_as_the_window(opened):
    browser, _, width = opened
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


def test_no_words_are_clipped(opened):
    """What is wider than its box scrolls in that box; no box cuts letters off."""
    browser, _, width = opened
    clipped = browser.execute_script(
        """
        const cut = [];
        const words = 'h1, h2, h3, p, li, summary, figcaption, .value';
        for (const one of document.querySelectorAll(words)) {
          const box = one.getBoundingClientRect();
          const wider = one.scrollWidth > one.clientWidth + 1;
          if (wider || box.right > arguments[0] + 1) cut.push(one.textContent);
        }
        return cut;
        """,
        width,
    )
    assert clipped == []


def test_no_words_overlap(opened):
    """Boxes of blocks that follow each other do not intersect, nor labels of one figure."""
    browser, _, _ = opened
    overlapping = browser.execute_script(
        """
        const apart = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1 ||
          a.bottom <= b.top + 1.5 || b.bottom <= a.top + 1.5;
        const found = [];
        const check = nodes => {
          const boxes = [...nodes].map(one => [one.textContent.trim(), one.getBoundingClientRect()])
            .filter(([text, box]) => text && box.width);
          for (let i = 0; i < boxes.length; i++)
            for (let j = i + 1; j < boxes.length; j++)
              if (!apart(boxes[i][1], boxes[j][1])) found.push(boxes[i][0] + ' / ' + boxes[j][0]);
        };
        check(document.querySelectorAll('.card'));
        for (const card of document.querySelectorAll('.card')) check(card.children);
        for (const one of document.querySelectorAll('figure svg'))
          check(one.querySelectorAll('text'));
        for (const row of document.querySelectorAll('tr')) check(row.children);
        return found;
        """
    )
    assert overlapping == []


def test_letters_stand_out_from_the_paper(opened):
    """Contrast of at least 4.5 : 1 (WCAG 2.2, 1.4.3) of letters, in either scheme."""
    browser, scheme, _ = opened
    found = browser.execute_script(
        """
        const style = getComputedStyle(document.documentElement);
        const light = name => {
          const hex = style.getPropertyValue(name).trim().slice(1);
          const parts = [0, 2, 4].map(at => parseInt(hex.slice(at, at + 2), 16) / 255)
            .map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
          return .2126 * parts[0] + .7152 * parts[1] + .0722 * parts[2];
        };
        const paper = light('--paper');
        return ['--ink', '--faint', '--real', '--synthetic', '--held-out'].map(name => {
          const [a, b] = [light(name), paper].sort((x, y) => y - x);
          return [name, (a + .05) / (b + .05)];
        });
        """
    )
    least = {"--ink": 4.5, "--faint": 4.5, "--real": 4.5, "--synthetic": 3.0, "--held-out": 3.0}
    for name, contrast in found:
        assert contrast >= least[name], (scheme, name, contrast)
    paper = browser.execute_script(
        "return getComputedStyle(document.documentElement).backgroundColor"
    )
    assert (paper == "rgb(255, 255, 255)") == (scheme == "light")


def test_every_figure_is_named_and_sized(opened):
    browser, _, _ = opened
    figures = browser.execute_script(
        "return [...document.querySelectorAll('figure svg')].map(one => [one.getAttribute('role'), "
        "one.getAttribute('aria-label'), one.getBoundingClientRect().height])"
    )
    assert figures
    for role, label, height in figures:
        assert role == "img"
        assert len(label) > 30
        assert height > 50
