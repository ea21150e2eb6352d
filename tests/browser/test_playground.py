"""The playground and the consent page, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.playground import Playground

SEVEN = [
    "1 Authorization request",
    "2 User authorization",
    "3 Authorization code",
    "4 Token request",
    "5 Access token",
    "6 Resource request",
    "7 Resource",
]


@pytest.fixture
def playground(page, unasked) -> Playground:
    """The playground, opened by somebody who was never here."""
    playground = Playground(page, unasked)
    playground.open()
    return playground


@pytest.mark.spec("RFC 6749", "4.1")
def test_the_first_button_leads_through_the_seven_steps_and_on_to_the_end_of_everything(playground, page) -> None:
    """Login, consent, code, tokens, API; then introspection, refresh, an old token, and the replay that ends it."""
    playground.connect("notes:read", "notes:write")
    playground.go()
    playground.press("Allow")
    playground.press("Exchange the code for tokens")
    playground.press("Call the API")

    assert playground.titles()[1:] == SEVEN
    expect(playground.chosen).to_contain_text("Water the plants")

    playground.press("Look into the token")
    expect(playground.chosen).to_contain_text("active")
    playground.press("Refresh")
    playground.press("Replay an old refresh token")
    expect(page.get_by_role("alert")).to_contain_text("Nothing ends yet")
    assert playground.titles()[-4:-1] == ["Refresh", "400 invalid_grant", "Resource request"]
    playground.press("Redeem the code again")

    expect(page.get_by_role("status")).to_contain_text("Every token of this sign-in has ended")
    assert playground.titles()[-6:] == [
        "Token request",
        "400 invalid_grant",
        "Resource request",
        "401 invalid_token",
        "Refresh",
        "400 invalid_grant",
    ]


def test_what_is_ahead_is_drawn_before_it_happens(playground, page) -> None:
    """Seven outlines at first; each arrow takes the place of one."""
    expect(page.locator(".pg-ahead")).to_have_count(7)
    playground.connect()
    expect(page.locator(".pg-ahead")).to_have_count(6)
    assert playground.titles() == ["Photo Book prepares", "1 Authorization request"]


def test_the_arrow_keys_walk_from_message_to_message(playground, page) -> None:
    """And a click on an arrow opens its message; no address is needed, no page is loaded."""
    playground.connect()
    playground.messages.first.click()
    expect(playground.chosen).to_contain_text("code_verifier")
    page.keyboard.press("ArrowDown")
    expect(playground.chosen).to_contain_text("code_challenge_method")
    expect(playground.messages.nth(1)).to_be_focused()
    expect(playground.chosen).to_have_count(1)


@pytest.mark.spec("RFC 6749", "4.1.2.1")
def test_cancel_goes_back_to_the_client_and_says_so(playground, page) -> None:
    """A refusal is an answer too."""
    playground.connect("notes:write")
    playground.go()
    playground.press("Cancel")

    assert playground.titles()[-1] == "access_denied"
    expect(page.get_by_role("status")).to_contain_text("Nothing was shared.")
    expect(playground.chosen).to_contain_text("You said no")
    expect(page.get_by_role("button", name="Start anew")).to_be_visible()


@pytest.mark.spec("RFC 9700", "4.7")
def test_allow_pressed_twice_quickly_gives_one_code_that_works(playground, page) -> None:
    """The second press is on its way before the first is answered."""
    playground.connect("notes:read", "notes:write")
    playground.go()
    page.get_by_role("button", name="Allow").dblclick()
    page.wait_for_url(f"{playground.demo['issuer']}/#now")

    assert playground.titles()[-1] == "3 Authorization code"
    playground.press("Exchange the code for tokens")
    assert playground.titles()[-1] == "5 Access token"


def test_exchange_pressed_twice_quickly_is_no_replay(playground, page) -> None:
    """A client that is hasty must not end its own sign-in."""
    playground.connect()
    playground.go()
    playground.press("Allow")
    page.get_by_role("button", name="Exchange the code for tokens").dblclick()
    page.wait_for_load_state("networkidle")
    playground.press("Call the API")

    assert playground.titles()[-1] == "7 Resource"


def test_back_to_the_consent_page_after_allow_shares_nothing_twice(playground, page) -> None:
    """What is shown then is a page with words; forward is where one was."""
    playground.connect("notes:read", "notes:write")
    playground.go()
    playground.press("Allow")
    expect(playground.messages.last).to_contain_text("Authorization code")
    playground.back("**/oauth/consent/**")
    expect(page.get_by_role("button", name="Allow")).to_have_count(0)
    playground.forward("**/#now")
    assert playground.titles()[-1] == "3 Authorization code"


def test_back_from_the_login_page_and_on_again(playground, page) -> None:
    """Nothing was spent by looking."""
    playground.connect()
    page.get_by_role("link", name="Go to the authorization server").first.click()
    expect(page.get_by_label("Password")).to_be_visible()
    playground.back("**/#now")
    playground.go()
    playground.press("Allow")
    assert playground.titles()[-1] == "3 Authorization code"


def test_two_tabs_each_get_their_own_answer(playground, page) -> None:
    """The second request does not take the first one's state away."""
    playground.connect("notes:read")
    other = Playground(page.context.new_page(), playground.demo)
    other.open()
    other.press("Start anew")
    other.connect("notes:read", "notes:write")

    playground.go()
    playground.press("Allow")
    assert playground.titles()[-1] == "3 Authorization code"

    other.go()
    other.press("Allow")
    other.press("Exchange the code for tokens")
    expect(other.chosen).to_contain_text("notes:read notes:write")


def test_a_button_on_a_page_that_is_out_of_date_does_nothing(playground, page) -> None:
    """Two tabs show the same code; only one of them redeems it."""
    playground.connect()
    playground.go()
    playground.press("Allow")
    other = Playground(page.context.new_page(), playground.demo)
    other.open()
    playground.press("Exchange the code for tokens")
    other.press("Exchange the code for tokens")

    assert other.titles()[-1] == "5 Access token"
    other.press("Call the API")
    assert other.titles()[-1] == "7 Resource"


@pytest.mark.spec("RFC 7636", "4.6")
def test_a_stolen_code_is_worth_nothing_and_its_owner_can_still_redeem_it(playground, page) -> None:
    """The thief has not got the verifier."""
    playground.connect()
    playground.go()
    playground.press("Allow")
    playground.press("Steal the code")
    assert playground.titles()[-1] == "400 invalid_grant"
    playground.press("Exchange the code for tokens")
    assert playground.titles()[-1] == "5 Access token"


@pytest.mark.spec("RFC 6749", "10.12")
def test_an_answer_nobody_asked_for_is_ignored(playground, page) -> None:
    """Somebody's code with a state that Photo Book never made."""
    page.goto(f"{playground.demo['issuer']}/demo/callback?code=oac_x&state=forged&iss={playground.demo['issuer']}")

    expect(page.get_by_role("alert")).to_contain_text("its state is unknown")
    assert page.url == f"{playground.demo['issuer']}/"
    expect(page.get_by_role("button", name="Connect Photo Book")).to_be_visible()


@pytest.mark.spec("RFC 6750", "3.1")
def test_reading_is_not_writing(playground, page) -> None:
    """The API names the scope that is missing."""
    playground.let_in("notes:read")
    playground.press("Write a note")

    assert playground.titles()[-1] == "403 insufficient_scope"
    expect(playground.chosen).to_contain_text('scope="notes:write"')


@pytest.mark.spec("RFC 7009", "2.1")
def test_disconnect_gives_everything_back(playground, page) -> None:
    """The tokens are dead, and the page says so."""
    playground.let_in("notes:read")
    playground.press("Disconnect")

    expect(page.get_by_role("status")).to_contain_text("gave its tokens back")
    assert "401 invalid_token" in playground.titles()


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_a_code_redeemed_twice_ends_what_came_of_it(playground) -> None:
    """Even its owner's tokens."""
    playground.let_in("notes:read")
    playground.press("Redeem the code again")

    assert playground.titles()[-5:] == [
        "400 invalid_grant",
        "6 Resource request",
        "401 invalid_token",
        "Refresh",
        "400 invalid_grant",
    ]


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_refresh_whose_answer_was_lost_gets_the_same_answer(playground, page) -> None:
    """The newest tokens are the same as before, and they work."""
    playground.let_in("notes:read")
    playground.press("Refresh")
    before = playground.chosen.locator(".pg-value").all_inner_texts()
    playground.press("Repeat the last refresh")
    after = playground.chosen.locator(".pg-value").all_inner_texts()

    tokens = [text for text in before if text.startswith(("oat_", "ort_"))]
    assert len(tokens) == 2
    assert set(tokens) <= set(after)
    playground.press("Call the API")
    assert playground.titles()[-1] == "7 Resource"


@pytest.mark.spec("OIDC Core", "3.1.3.7")
def test_photo_book_learns_who_somebody_is_and_checks_it(playground) -> None:
    """The ID token is verified with the server's keys; userinfo tells what was agreed to, and no more."""
    playground.let_in("openid", "profile")
    assert playground.titles()[-1] == "Photo Book checks the ID token"
    expect(playground.chosen).to_contain_text("auth_time")
    playground.press("Ask who you are")
    expect(playground.chosen).to_contain_text("Robin")
    expect(playground.chosen).not_to_contain_text("robin@example.com")


def test_it_works_without_javascript(new_context, unasked) -> None:
    """Every step, and the messages open by their address."""
    page = new_context(java_script_enabled=False).new_page()
    playground = Playground(page, unasked)
    playground.let_in("notes:read")
    playground.press("Call the API")
    expect(playground.chosen).to_have_count(1)
    expect(playground.chosen).to_contain_text("Water the plants")

    playground.messages.filter(has_text="Token request").click()
    expect(playground.chosen).to_have_count(1)
    expect(playground.chosen).to_contain_text("code_verifier")
