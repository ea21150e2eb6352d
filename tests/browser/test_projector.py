"""The playground on a projector and on a phone: the newest arrow and the next button are in view at every step."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.playground import Playground

PROJECTOR = {"width": 1280, "height": 720}
# The same screen with the browser's own bars on it.
BEHIND_BARS = {"width": 1280, "height": 590}
PHONE = {"width": 360, "height": 740}
EVERYTHING = ("notes:read", "notes:write", "openid", "profile", "photos:read", "photos:print")
ACTS = (
    "Exchange the code for tokens", "Call the API", "Write a note", "Ask who you are", "Call without a token",
    "Look into the token", "Refresh", "Repeat the last refresh", "Replay an old refresh token", "Redeem the code again",
)  # fmt: skip
# Is it drawn there, and under nothing else?
IS_ON_TOP = """node => {
  const { x, y, width, height } = node.getBoundingClientRect();
  const found = document.elementFromPoint(x + width / 2, y + height / 2);
  return found !== null && node.contains(found);
}"""
MIDDLES = "nodes => nodes.map(node => node.getBoundingClientRect()).map(box => box.x + box.width / 2)"
ENDS = "nodes => nodes.map(node => node.getBoundingClientRect()).map(box => [box.left, box.right])"


def assert_in_view(page: Page, element: Locator) -> None:
    """The whole of it is inside the viewport, and nothing lies over it."""
    expect(element).to_have_count(1)
    box, screen = element.bounding_box(), page.viewport_size
    assert box is not None
    assert screen is not None
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= screen["width"]
    assert box["y"] + box["height"] <= screen["height"]
    assert element.evaluate(IS_ON_TOP)


def steps(playground: Playground) -> Iterator[str]:
    """Go through all that can happen, and stop after each step."""
    page = playground.page
    playground.connect(*EVERYTHING)
    yield "the request"
    playground.go()
    playground.press("Allow")
    for act in ACTS:
        yield f"before {act}"
        playground.press(act)
        page.wait_for_load_state()
    yield "the end"


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("screen", [PROJECTOR, BEHIND_BARS, PHONE], ids=["projector", "behind bars", "phone"])
def test_newest_arrow_and_next_button_are_in_view_after_each_step(
    new_context: Any, unasked: dict[str, Any], screen: dict[str, int], has_scripts: bool
) -> None:
    page = new_context(viewport=screen, reduced_motion="reduce", java_script_enabled=has_scripts).new_page()
    playground = Playground(page, unasked)
    playground.open()
    assert_in_view(page, page.get_by_role("button", name="Connect Photo Book"))

    for step in steps(playground):
        newest = page.locator(".pg-newest .pg-arrow:visible, .pg-newest.pg-inside .pg-label")
        assert_in_view(page, newest)
        assert_in_view(page, page.locator(".pg-next .oa-button--primary"))
        assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"], step


def test_on_a_projector_the_newest_message_lies_open_beside_its_arrow(
    new_context: Any, unasked: dict[str, Any]
) -> None:
    page = new_context(viewport=PROJECTOR, reduced_motion="reduce").new_page()
    playground = Playground(page, unasked)
    playground.open()
    for _step in steps(playground):
        assert_in_view(page, page.locator(".pg-detail:visible h2"))
        assert page.evaluate("document.documentElement.scrollHeight") <= PROJECTOR["height"]


def test_the_form_is_folded_after_the_first_step_and_opens_where_it_is_looked_for(
    new_context: Any, unasked: dict[str, Any]
) -> None:
    page = new_context(viewport=PROJECTOR).new_page()
    playground = Playground(page, unasked)
    playground.open()
    expect(page.get_by_role("checkbox")).to_have_count(8)
    playground.connect("notes:read")
    expect(page.get_by_role("checkbox")).to_have_count(0)

    page.get_by_text("Ask for more or less").click()
    expect(page.get_by_role("checkbox", name="Read your notes")).to_be_checked()
    page.get_by_role("checkbox", name="Write and delete your notes").check()
    playground.press("Ask anew")
    expect(playground.chosen).to_contain_text("notes:read notes:write")


def test_a_menu_is_opened_and_left_by_the_keyboard(new_context: Any, unasked: dict[str, Any]) -> None:
    page = new_context(viewport=PROJECTOR).new_page()
    playground = Playground(page, unasked)
    playground.let_in("notes:read")
    menu = page.locator("summary", has_text="Try something else")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Look into the token")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Look into the token")).to_have_count(0)
    expect(menu).to_be_focused()


def test_on_a_phone_every_arrow_ends_on_lifelines_under_the_middle_of_its_words(
    new_context: Any, unasked: dict[str, Any]
) -> None:
    page = new_context(viewport=PHONE, reduced_motion="reduce").new_page()
    playground = Playground(page, unasked)
    playground.let_in(*EVERYTHING)
    playground.press("Call the API")
    playground.press("Look into the token")
    lifelines = page.locator(".pg-lane").evaluate_all(MIDDLES)
    ends = page.locator(".pg-row:not(.pg-inside) .pg-arrow").evaluate_all(ENDS)
    words = page.locator(".pg-row:not(.pg-inside) .pg-label").evaluate_all(MIDDLES)

    assert len(ends) == len(words) == 9
    for (left, right), middle in zip(ends, words, strict=True):
        assert all(min(abs(end - line) for line in lifelines) <= 2 for end in (left, right))
        assert abs((left + right) / 2 - middle) <= 2
    own = page.locator(".pg-inside .pg-label").evaluate_all(MIDDLES)
    assert all(abs(middle - lifelines[1]) <= 2 for middle in own)


def test_on_a_phone_the_rows_of_the_form_are_in_line(new_context: Any, unasked: dict[str, Any]) -> None:
    page = new_context(viewport=PHONE).new_page()
    Playground(page, unasked).open()
    for part in ("input", "span", "code"):
        lefts = {round(left) for left, _right in page.locator(f".pg-offers label {part}").evaluate_all(ENDS)}
        assert len(lefts) == 1, part
    assert all(box["height"] >= 44 for box in map(Locator.bounding_box, page.locator(".pg-offers label").all()) if box)


def test_every_member_of_every_message_is_explained(page: Page, unasked: dict[str, Any]) -> None:
    playground = Playground(page, unasked)
    playground.open()
    for _step in steps(playground):
        pass
    unexplained = page.locator(".pg-field").filter(has_not=page.locator("dd > p:not(.pg-anatomy)"))
    assert page.locator(".pg-field").count() > 100
    assert unexplained.locator("dt").all_text_contents() == []
