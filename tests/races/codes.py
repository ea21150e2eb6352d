"""Races for codes (RFC 6749 §4.1.2): one wins, and a replay ends all that came of it."""

import itertools
from functools import partial

import pytest

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization, TokenBinding
from tests.driver import Driver
from tests.factories import ApplicationFactory
from tests.races.many import Many
from tests.races.outcomes import authorization_of, columns_of, errors, live, no_live_rows, signed_in, statuses, strings
from tests.threads import together


class CodeRaces(Many):
    """Codes that many redeem, and that others guess at."""

    @pytest.mark.spec("RFC 6749", "4.1.2")
    def test_one_of_many_wins_a_code_and_the_replay_ends_all_that_came_of_it(self) -> None:
        driver = signed_in()
        code = driver.code()

        responses = self.all_do(lambda: driver.elsewhere().redeem(code))

        assert statuses(responses) == {200: 1, 400: self.many - 1}
        assert errors(responses) == {"invalid_grant"}
        issued = strings(responses)
        assert len(issued) == 2
        assert live(issued) == set()
        assert no_live_rows()
        winner = next(response.json() for response in responses if response.status_code == 200)
        assert driver.refresh(winner["refresh_token"]).json()["error"] == "invalid_grant"
        assert authorization_of(winner).revoked_reason == "code_replay"
        assert access_token_model().objects.count() == TokenBinding.objects.count() == 1

    def test_each_of_many_codes_is_redeemed(self) -> None:
        driver = signed_in()
        codes = [driver.code() for _ in range(self.many)]

        responses = together(*[partial(driver.elsewhere().redeem, code) for code in codes])

        assert statuses(responses) == {200: self.many}
        assert len(live(strings(responses))) == 2 * self.many

    def test_a_code_guessed_at_by_others_stays_good(self) -> None:
        driver, other = signed_in(), Driver(ApplicationFactory())
        code = driver.code()
        before = columns_of(Authorization.objects.get())
        attempts = itertools.cycle(
            [
                lambda: other.elsewhere().redeem(code, code_verifier=driver.code_verifier),
                lambda: driver.elsewhere().redeem(code, code_verifier="x" * 43),
                lambda: driver.elsewhere().redeem(code, redirect_uri="https://elsewhere.example.com/"),
                lambda: driver.elsewhere().redeem(code[:-1] + "~"),
                lambda: driver.elsewhere().redeem(code, client_secret=None),
            ]
        )

        responses = together(*itertools.islice(attempts, self.many))

        assert 200 not in statuses(responses)
        assert columns_of(Authorization.objects.get()) == before
        assert driver.redeem(code).status_code == 200
