"""Races of a client for tokens of its own (RFC 6749 §4.4)."""

from tests.driver import Driver
from tests.factories import ApplicationFactory
from tests.races.many import Many
from tests.races.outcomes import live, statuses, strings


class OwnTokenRaces(Many):
    """Tokens that a client asks for and revokes at once."""

    def test_a_client_gets_each_token_it_asks_for(self) -> None:
        driver = Driver(ApplicationFactory(service=True))

        responses = self.all_do(lambda: driver.elsewhere().token(grant_type="client_credentials", scope="notes:read"))

        assert statuses(responses) == {200: self.many}
        assert len(live(strings(responses))) == self.many

    def test_a_clients_own_token_can_be_revoked_by_many_at_once(self) -> None:
        driver = Driver(ApplicationFactory(service=True))
        access_token = driver.token(grant_type="client_credentials", scope="notes:read").json()["access_token"]

        responses = self.all_do(lambda: driver.elsewhere().revoke(access_token))

        assert statuses(responses) == {200: self.many}
        assert live([access_token]) == set()
