"""Races for refresh tokens (RFC 6749 §6, RFC 9700 §4.14.2): one generation at a time, and none after a revocation."""

import itertools
from typing import Any

import pytest

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import TokenBinding
from oauth_provider.protocol import token_string
from tests.driver import Driver
from tests.factories import ApplicationFactory
from tests.races.many import Many
from tests.races.outcomes import authorization_of, body_of, columns_of, live, no_live_rows, signed_in, statuses, strings
from tests.threads import together


class RefreshTokenRaces(Many):
    """Refresh tokens that many refresh, revoke and guess at."""

    @pytest.mark.spec("RFC 9700", "4.14.2")
    def test_many_refreshes_at_once_are_one_generation_and_one_answer(self) -> None:
        driver = signed_in()
        tokens = driver.tokens()

        responses = self.all_do(lambda: driver.elsewhere().refresh(tokens["refresh_token"]))

        assert statuses(responses) == {200: self.many}
        assert len({(said["access_token"], said["refresh_token"]) for said in map(body_of, responses)}) == 1
        assert access_token_model().objects.count() == TokenBinding.objects.count() == 2
        assert driver.refresh(responses[0].json()["refresh_token"]).status_code == 200

    @pytest.mark.spec("RFC 9700", "4.14.2")
    def test_without_a_window_one_refresh_wins_and_the_replay_ends_the_sign_in(self, settings: Any) -> None:
        settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "REFRESH_TOKEN_RETRY_WINDOW": 0}
        driver = signed_in()
        tokens = driver.tokens()

        responses = self.all_do(lambda: driver.elsewhere().refresh(tokens["refresh_token"]))

        assert statuses(responses) == {200: 1, 400: self.many - 1}
        assert live(strings(responses) | {tokens["access_token"], tokens["refresh_token"]}) == set()
        assert no_live_rows()
        assert authorization_of(tokens).revoked_reason == "refresh_token_replay"

    @pytest.mark.parametrize("generations", [2, 4])
    def test_parallel_refreshes_never_leave_two_live_refresh_tokens(self, generations: int) -> None:
        driver = signed_in()
        tokens = driver.tokens()

        def chain() -> list[Any]:
            browser, responses, refresh_token = driver.elsewhere(), [], tokens["refresh_token"]
            for _ in range(generations):
                responses.append(browser.refresh(refresh_token))
                refresh_token = responses[-1].json().get("refresh_token", refresh_token)
            return responses

        responses = list(itertools.chain(*together(*[chain] * self.several)))

        assert set(statuses(responses)) <= {200, 400}
        handed_out = {token for token in strings(responses) if token.startswith(token_string.REFRESH_TOKEN)}
        assert len(live(handed_out | {tokens["refresh_token"]})) <= 1
        if authorization_of(tokens).revoked_at is not None:
            assert live(strings(responses)) == set()

    def test_garbage_with_a_real_family_changes_nothing(self) -> None:
        driver, stranger = signed_in(), Driver(ApplicationFactory())
        tokens = driver.tokens()
        genuine = tokens["refresh_token"]
        parts = token_string.parse_refresh_token(genuine)
        assert parts is not None
        forged = token_string.make_refresh_token(parts.family)
        broken = genuine[:-1] + ("a" if genuine[-1] != "a" else "b")
        before = columns_of(authorization_of(tokens))
        attempts = itertools.cycle(
            [
                lambda: stranger.elsewhere().refresh(genuine),
                lambda: stranger.elsewhere().refresh(forged),
                lambda: driver.elsewhere().refresh(broken),
                lambda: driver.elsewhere().refresh(forged, client_secret=None),
                lambda: driver.elsewhere().refresh(genuine, client_id=None, client_secret=None),
                lambda: driver.elsewhere().refresh(genuine, scope="photos:read"),
                lambda: stranger.elsewhere().revoke(genuine),
                lambda: stranger.elsewhere().revoke(forged),
                lambda: driver.elsewhere().revoke(broken),
            ]
        )

        responses = together(*itertools.islice(attempts, self.many))

        assert not strings(responses)
        assert columns_of(authorization_of(tokens)) == before
        assert access_token_model().objects.count() == 1
        assert driver.refresh(genuine).status_code == 200

    def test_a_refresh_that_races_its_revocation_leaves_nothing_alive(self) -> None:
        driver = signed_in()
        tokens = driver.tokens()
        refresh = lambda: driver.elsewhere().refresh(tokens["refresh_token"])  # noqa: E731
        revoke = lambda: driver.elsewhere().revoke(tokens["refresh_token"])  # noqa: E731

        responses = together(*itertools.islice(itertools.cycle([refresh, refresh, refresh, revoke]), self.many))

        assert set(statuses(responses)) <= {200, 400}
        assert live(strings(responses) | {tokens["access_token"]}) == set()
        assert no_live_rows()
        assert driver.refresh(tokens["refresh_token"]).status_code == 400

    def test_a_refresh_that_races_the_revocation_of_the_access_token_leaves_nothing_alive(self) -> None:
        driver = signed_in()
        tokens = driver.tokens()
        refresh = lambda: driver.elsewhere().refresh(tokens["refresh_token"])  # noqa: E731
        revoke = lambda: driver.elsewhere().revoke(tokens["access_token"])  # noqa: E731

        responses = together(*itertools.islice(itertools.cycle([refresh, revoke]), self.many))

        assert set(statuses(responses)) <= {200, 400}
        assert live(strings(responses) | {tokens["access_token"], tokens["refresh_token"]}) == set()
        assert no_live_rows()
