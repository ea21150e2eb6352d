"""Races for what DOT issued (RFC 6749 §2.3.1 and §6): adopted once, copied once, and ended for good."""

import itertools
from functools import partial
from typing import Any

import pytest

from oauth_provider.models import Authorization, ClientSecret
from tests.driver import Driver
from tests.factories import ApplicationFactory, UserFactory
from tests.races.many import Many
from tests.races.outcomes import body_of, dot_refresh_token, live, no_live_rows, statuses, strings
from tests.threads import together


class DotRaces(Many):
    """Refresh tokens and secrets of DOT that many present."""

    def test_a_refresh_token_of_dots_is_adopted_once_however_many_present_it(self) -> None:
        driver, user = Driver(ApplicationFactory()), UserFactory()
        row = dot_refresh_token(driver, user)

        responses = together(*[lambda: driver.elsewhere().refresh(row.token)] * self.several)

        assert set(statuses(responses)) == {200}
        assert len({(said["access_token"], said["refresh_token"]) for said in map(body_of, responses)}) == 1
        assert Authorization.objects.count() == 1
        row.refresh_from_db()
        assert row.revoked is not None
        assert driver.refresh(responses[0].json()["refresh_token"]).status_code == 200

    @pytest.mark.parametrize("presented", ["refresh token", "access token"])
    def test_an_adoption_that_races_its_revocation_leaves_nothing_alive(self, presented: str) -> None:
        driver, user = Driver(ApplicationFactory()), UserFactory()
        rows = [dot_refresh_token(driver, user, f"refresh token {number}") for number in range(self.many // 2)]

        def revoke(row: Any) -> Any:
            return driver.elsewhere().revoke(row.token if presented == "refresh token" else row.access_token.token)

        acts = [[partial(lambda row: driver.elsewhere().refresh(row.token), row), partial(revoke, row)] for row in rows]
        responses = together(*itertools.chain(*acts))

        assert set(statuses(responses)) <= {200, 400}
        assert live(strings(responses) | {row.token for row in rows}) == set()
        assert no_live_rows()
        assert not Authorization.objects.filter(revoked_at=None).exists()
        assert {driver.refresh(row.token).status_code for row in rows} == {400}

    def test_a_secret_of_dots_is_copied_once_however_many_use_it(self) -> None:
        application = ApplicationFactory(service=True, client_secret="s" * 128, hash_client_secret=True)
        ClientSecret.objects.all().delete()
        application.secret = "s" * 128
        driver = Driver(application)

        responses = self.all_do(lambda: driver.elsewhere().token(grant_type="client_credentials", scope="notes:read"))

        assert statuses(responses) == {200: self.many}
        assert ClientSecret.objects.get().from_dot
