"""report.html as people meet it: on a desk, on a phone, in the dark, on paper, by keyboard and by screen reader."""

from __future__ import annotations

import itertools

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.browser

KINDS = ("conformant", "smoke", "warned", "failing", "incomplete", "interrupted", "dead", "empty")

OPEN_ALL = "for (const one of document.querySelectorAll('details')) one.open = true"

SCREEN_READER_RULES = {
    "regions and pictures have names": """return [...document.querySelectorAll(
        "section:not([aria-labelledby]), nav:not([aria-label]), svg:not([aria-label]), meter:not([aria-label])")]
        .map((one) => one.outerHTML.slice(0, 80))""",
    "names that are pointed at exist": """return [...document.querySelectorAll("[aria-labelledby]")]
        .map((one) => one.getAttribute("aria-labelledby")).filter((id) => !document.getElementById(id))""",
    "controls have labels": """return [...document.querySelectorAll("input, select")]
        .filter((one) => !one.labels.length).map((one) => one.id)""",
    "no id stands twice": """const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
        return ids.filter((one, at) => ids.indexOf(one) !== at)""",
    "links lead somewhere": """return [...document.querySelectorAll("a[href^='#']")]
        .map((one) => one.hash.slice(1)).filter((id) => !document.getElementById(id))""",
    "heads of tables say of what": """return [...document.querySelectorAll("th:not([scope])")]
        .map((one) => one.textContent)""",
}

CONTRASTS = """
const linear = (v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; };
const luminance = (c) => { const [r, g, b] = c.map(linear);
  return .2126 * r + .7152 * g + .0722 * b; };
const read = (text) => { const n = text.match(/[\\d.]+/g).map(Number);
  return { rgb: n.slice(0, 3), alpha: n.length > 3 ? n[3] : 1 }; };
const behind = (node) => { for (; node; node = node.parentElement) { const c = read(getComputedStyle(node).backgroundColor);
  if (c.alpha > 0) return c.rgb; } return [255, 255, 255]; };
const bad = [];
for (const node of document.querySelectorAll("body *")) {
  if (![...node.childNodes].some((c) => c.nodeType === 3 && c.textContent.trim())) continue;
  if (!node.checkVisibility() || ["SCRIPT", "STYLE", "OPTION"].includes(node.tagName)) continue;
  const [a, b] = [luminance(read(getComputedStyle(node).color).rgb), luminance(behind(node))];
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  const what = `${node.tagName} ${node.className} ${node.textContent.trim().slice(0, 30)}`;
  if (ratio < 4.5) bad.push(`${what}: ${ratio.toFixed(2)}`);
}
return bad;
"""


@pytest.mark.parametrize("kind", KINDS)
def test_it_opens_without_a_network_or_a_complaint(look, kind):
    page = look(kind)
    assert page.get_log("browser") == []
    asked = page.execute_script("return performance.getEntriesByType('resource').map((one) => one.name)")
    assert asked == []
    assert page.find_element(By.ID, "shown").text.endswith("shown")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("conformant", "Conformant"),
        ("smoke", "Smoke test passed"),
        ("warned", "Conformant, with warnings"),
        ("failing", "Not conformant"),
        ("incomplete", "Inconclusive"),
        ("interrupted", "Inconclusive"),
        ("dead", "Inconclusive"),
        ("empty", "Not tested: configuration"),
    ],
)
def test_the_verdict_comes_first_in_words(look, kind, words):
    page = look(kind)
    heading = page.find_element(By.TAG_NAME, "h1")
    assert heading.text == words
    assert heading.location["y"] < 200
    assert page.title.startswith(words)


SECTIONS = ["classes", "requirements", "coverage", "open", "failures", "warnings", "latency", "run", "words"]
"""What a reader meets, in this order, after the verdict."""


@pytest.mark.parametrize("kind", KINDS)
def test_the_sections_follow_the_verdict_in_one_order_and_the_way_to_them_is_the_same(look, kind):
    page = look(kind)
    there = page.execute_script("return [...document.querySelectorAll('main > section > h2')].map((one) => one.id)")
    assert there == [name for name in SECTIONS if name in there]
    assert {"classes", "requirements", "coverage", "open", "latency", "run", "words"} <= set(there)
    assert ("failures" in there) == (kind == "failing")
    ways = page.execute_script("return [...document.querySelectorAll('nav a')].map((one) => one.hash.slice(1))")
    assert ways == there


def test_the_verdict_leads_to_each_of_its_causes(look):
    page = look("failing", width=390)
    ways = page.find_elements(By.CSS_SELECTOR, ".verdict .causes a")
    assert [one.text for one in ways] == ["F01", "F04"]
    ways[1].send_keys(Keys.ENTER)
    assert page.find_element(By.ID, "F04").get_property("open")
    assert 0 <= page.execute_script("return document.getElementById('F04').getBoundingClientRect().top") < 900
    assert look("conformant").find_elements(By.CSS_SELECTOR, ".verdict .causes") == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("kind", ["failing", "incomplete", "empty"])
def test_nothing_is_wider_than_the_screen(look, kind, width):
    page = look(kind, width=width)
    page.execute_script(OPEN_ALL)
    assert page.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["failing", "warned", "interrupted", "conformant"])
def test_every_text_is_easy_to_tell_from_its_ground(look, kind, scheme):
    page = look(kind, scheme=scheme)
    page.execute_script(OPEN_ALL)
    assert page.execute_script(CONTRASTS) == []


def test_the_two_schemes_differ(look):
    ground = "return getComputedStyle(document.body).backgroundColor"
    assert len({look("failing", scheme=scheme).execute_script(ground) for scheme in ("light", "dark")}) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_screen_reader_finds_its_way(look, kind):
    page = look(kind)
    assert page.execute_script("return document.documentElement.lang") == "en"
    for landmark in ("main", "header", "footer"):
        assert len(page.find_elements(By.CSS_SELECTOR, f"body > {landmark}")) == 1
    levels = page.execute_script("return [...document.querySelectorAll('h1,h2,h3,h4')].map((one) => +one.tagName[1])")
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels)), levels
    for rule, script in SCREEN_READER_RULES.items():
        assert page.execute_script(script) == [], rule


def test_the_keyboard_reaches_everything(look):
    page = look("failing")
    page.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    assert page.switch_to.active_element.get_attribute("class") == "skip"
    seen = set()
    for _ in range(60):
        page.switch_to.active_element.send_keys(Keys.TAB)
        active = page.switch_to.active_element
        seen.add(active.get_attribute("id") or active.tag_name)
        assert active.tag_name == "body" or page.execute_script(
            "return getComputedStyle(arguments[0]).outlineStyle", active
        ) in ("solid", "auto")
    assert {"search", "state", "class", "reset", "summary", "a"} <= seen


def test_enter_opens_a_failure(look):
    page = look("failing")
    summary = page.find_element(By.CSS_SELECTOR, "#failures ~ details > summary")
    before = summary.find_element(By.XPATH, "..").get_property("open")
    summary.send_keys(Keys.ENTER)
    assert summary.find_element(By.XPATH, "..").get_property("open") is not before


def test_search_and_filters_narrow_the_list(look):
    page = look("failing")

    def shown() -> list[str]:
        rows = page.find_elements(By.CSS_SELECTOR, "#list > details")
        return [one.get_attribute("id") for one in rows if one.is_displayed()]

    everything = shown()
    assert len(everything) == 5
    page.find_element(By.ID, "search").send_keys("expired promotion")
    assert shown() == ["OIP-PROMO-05"]
    assert page.find_element(By.ID, "shown").text == "1 of 5 shown"
    page.find_element(By.ID, "reset").click()
    page.find_element(By.ID, "state").send_keys("failed")
    assert shown() == ["OIP-CORE-04", "OIP-PROMO-05"]
    page.find_element(By.ID, "class").send_keys("Promotions")
    assert shown() == ["OIP-PROMO-05"]
    page.find_element(By.ID, "reset").click()
    assert shown() == everything


def test_a_link_opens_what_it_names(look):
    page = look("failing", anchor="#OIP-PROMO-05")
    target = page.find_element(By.ID, "OIP-PROMO-05")
    assert target.get_property("open")
    page.find_element(By.ID, "search").send_keys("nothing has these words")
    page.execute_script("location.hash = '#OIP-CORE-02'")
    assert page.find_element(By.ID, "OIP-CORE-02").is_displayed()


def test_a_failure_is_told_in_the_fixed_order(look):
    page = look("failing")
    page.execute_script(OPEN_ALL)
    block = page.find_element(By.CSS_SELECTOR, "#failures ~ details")
    terms = [one.text for one in block.find_elements(By.CSS_SELECTOR, "dl:first-of-type > dt")][:6]
    assert terms == ["Requirement", "Expected", "Got", "Exchange", "Why it matters", "What to try"]
    text = block.text
    places = [
        text.index(word) for word in ("What to try", "curl -i", "oip-conformance repro", "GET http", "HTTP/1.1 200")
    ]
    assert places == sorted(places)
    request, response = block.find_elements(By.CSS_SELECTOR, ".pair pre")[:2]
    assert request.location["y"] == response.location["y"], "side by side"
    assert request.location["x"] < response.location["x"]


def test_what_a_target_answered_stays_text(look):
    page = look("failing")
    assert page.find_elements(By.TAG_NAME, "img") == []
    assert page.execute_script("return document.querySelectorAll('script').length") == 1
    assert "onerror=alert(1)" in page.find_element(By.ID, "failures").find_element(By.XPATH, "..").get_attribute(
        "textContent"
    )


def test_paper_shows_failures_and_no_controls(look):
    page = look("failing", media="print")
    page.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert not page.find_element(By.CSS_SELECTOR, ".tools").is_displayed()
    assert all(one.is_displayed() for one in page.find_elements(By.CSS_SELECTOR, "#failures ~ details .pair"))
    page.execute_script("dispatchEvent(new Event('afterprint'))")
    assert page.execute_cdp_cmd("Page.printToPDF", {})["data"].startswith("JVBERi"), "it prints"
