"""Races with users and clients that are deleted or barred (RFC 6749 §10.3): no token outlives them."""

import itertools
from functools import partial
from typing import Any

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization
from oauth_provider.tokens.revoke import revoke_user
from tests.driver import Driver
from tests.factories import UserFactory
from tests.races.many import Many
from tests.races.outcomes import ALL_GRANTS, Act, live, signed_in, statuses, strings, until_it_works
from tests.threads import together


class DeletionRaces(Many):
    """Rows that go while tokens are issued."""

    def busy(self, user: Any) -> tuple[Driver, list[Act], set[str]]:
        """A client that uses every endpoint for ``user`` in several threads, and the tokens it has already."""
        driver = signed_in(user, policy={"may_introspect": True, "grant_types": ALL_GRANTS})
        earlier = [driver.tokens() for _ in range(self.several - 1)]
        work = [(tokens, driver.code(), self.asked_again(driver)) for tokens in earlier]

        def use(tokens: dict[str, Any], code: str, page: str) -> list[Any]:
            browser = driver.elsewhere()
            issued = browser.redeem(code)
            refreshed = browser.refresh(tokens["refresh_token"])
            refresh_token = (issued.json() if issued.status_code == 200 else tokens).get("refresh_token", "")
            return [
                issued,
                refreshed,
                browser.decide(page),
                browser.authorize(),
                browser.authorize(scope="notes:read photos:read"),
                browser.browser.get(page),
                browser.introspect(tokens["access_token"]),
                browser.refresh(refresh_token),
                browser.token(grant_type="client_credentials", scope="notes:read"),
                browser.revoke(tokens["access_token"]),
            ]

        known = {one[name] for one in earlier for name in ("access_token", "refresh_token")}
        return driver, [partial(use, *each) for each in work], known

    def asked_again(self, driver: Driver) -> str:
        """A page that asks for more than was agreed to."""
        return str(driver.authorize(scope="photos:read")["Location"])

    def test_no_token_outlives_a_user_deleted_while_tokens_are_issued(self) -> None:
        user = UserFactory()
        _driver, acts, earlier = self.busy(user)

        def delete() -> list[Any]:
            revoke_user(user)
            until_it_works(lambda: type(user).objects.get(pk=user.pk).delete())
            return []

        responses = list(itertools.chain(*together(*acts, delete)))

        assert max(statuses(responses)) < 500
        assert not type(user).objects.filter(pk=user.pk).exists()
        assert not Authorization.objects.exists()
        assert not access_token_model().objects.exclude(user=None).exists()
        of_clients = {response.json().get("access_token") for response in responses[8::10]}
        assert live((strings(responses) | earlier) - of_clients) == set()

    def test_no_token_outlives_a_client_deleted_while_tokens_are_issued(self) -> None:
        driver, acts, earlier = self.busy(UserFactory())

        def delete() -> list[Any]:
            until_it_works(lambda: type(driver.application).objects.get(pk=driver.application.pk).delete())
            return []

        responses = list(itertools.chain(*together(*acts, delete)))

        assert max(statuses(responses)) < 500
        assert not Authorization.objects.exists()
        assert not access_token_model().objects.exists()
        assert live(strings(responses) | earlier) == set()

    def test_no_token_outlives_a_user_who_is_revoked_and_barred_while_tokens_are_issued(self) -> None:
        user = UserFactory()
        _driver, acts, earlier = self.busy(user)

        def bar() -> list[Any]:
            type(user).objects.filter(pk=user.pk).update(is_active=False)
            revoke_user(user)
            return []

        responses = list(itertools.chain(*together(*acts, bar)))

        assert max(statuses(responses)) < 500
        of_clients = {response.json().get("access_token") for response in responses[8::10]}
        assert live((strings(responses) | earlier) - of_clients) == set()
