"""Races on the consent page (RFC 9700 §4.7): one decision, and nothing that outlives its withdrawal."""

import itertools
from functools import partial
from typing import Any

from oauth_provider.models import Authorization, Consent, PendingRequest
from oauth_provider.tokens.withdraw import withdraw_consent
from tests.driver import Driver, query_of
from tests.factories import UserFactory
from tests.races.many import Many
from tests.races.outcomes import live, no_live_rows, signed_in, statuses, strings
from tests.threads import together


class DecisionRaces(Many):
    """Decisions that are made, opened and withdrawn at once."""

    def asked(self, driver: Driver) -> str:
        """The page where ``driver``'s person is asked."""
        page = driver.authorize()["Location"]
        assert page.startswith("/oauth/consent/")
        return str(page)

    def test_a_double_click_on_allow_makes_one_code(self) -> None:
        driver = signed_in()
        page = self.asked(driver)

        responses = self.all_do(lambda: driver.elsewhere().decide(page))

        assert statuses(responses) == {303: self.many}
        assert len({response["Location"] for response in responses}) == 1
        assert Authorization.objects.count() == Consent.objects.count() == 1
        assert driver.redeem(query_of(responses[0]["Location"])["code"]).status_code == 200

    def test_of_allow_and_cancel_at_once_one_is_taken(self) -> None:
        driver = signed_in()
        page = self.asked(driver)

        clicks = [partial(driver.elsewhere().decide, page, said) for said in ("allow", "deny")] * (self.many // 2)
        responses = together(*clicks)

        assert set(statuses(responses)) == {303, 400}
        assert len({response["Location"] for response in responses if response.status_code == 303}) == 1
        said = PendingRequest.objects.get().decision
        assert Authorization.objects.count() == Consent.objects.count() == (said == "allow")

    def test_of_answers_with_other_ticks_at_once_one_is_taken_and_remembered(self) -> None:
        driver = signed_in(policy={"optional_scope": "notes:write"})
        page = self.asked(driver)

        def tick(*scopes: str) -> Any:
            form = {"decision": "allow", "scope": list(scopes)}
            return driver.elsewhere().browser.post(page, form)

        responses = together(*[partial(tick), partial(tick, "notes:write")] * (self.many // 2))

        assert set(statuses(responses)) == {303, 400}
        assert len({response["Location"] for response in responses if response.status_code == 303}) == 1
        granted = Authorization.objects.get().scope.split()
        assert set(Consent.objects.get().agreed.scopes) == set(granted)

    def test_a_first_consent_given_in_many_tabs_is_one_consent(self) -> None:
        driver = signed_in()
        pages = [self.asked(driver) for _ in range(self.many)]

        responses = together(*[partial(driver.elsewhere().decide, page) for page in pages])

        assert statuses(responses) == {303: self.many}
        assert len({query_of(response["Location"])["code"] for response in responses}) == self.many
        assert Consent.objects.count() == 1

    def test_tabs_that_open_at_once_can_all_be_answered(self) -> None:
        driver = signed_in()

        pages = [response["Location"] for response in self.all_do(lambda: driver.elsewhere().authorize())]

        assert len(set(pages)) == self.many
        assert statuses(driver.decide(page) for page in pages) == {303: self.many}

    def test_nothing_survives_a_withdrawal_that_races_codes_and_their_redemption(self) -> None:
        user = UserFactory()
        driver = signed_in(user)
        tokens = [driver.tokens() for _ in range(3)]
        codes = iter([driver.code() for _ in range(self.several)])

        def visit(code: str) -> list[Any]:
            browser = driver.elsewhere()
            responses = [browser.redeem(code)]
            for _ in range(3):
                answer = browser.authorize()
                if answer["Location"].startswith(driver.redirect_uri):
                    responses.append(browser.redeem(query_of(answer["Location"])["code"]))
            return responses

        def withdraw() -> list[Any]:
            withdraw_consent(user=user, application=driver.application)
            return []

        visits = [partial(visit, next(codes)) for _ in range(self.several - 1)]
        responses = list(itertools.chain(*together(*visits, withdraw)))

        assert set(statuses(responses)) <= {200, 400}
        earlier = {one[name] for one in tokens for name in ("access_token", "refresh_token")}
        assert live(strings(responses) | earlier) == set()
        assert no_live_rows()
        assert not Authorization.objects.filter(revoked_at=None).exists()
        assert not Consent.objects.exists()
        self.asked(driver)
