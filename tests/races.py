"""Races (RFC 6749 §4.1.2 and §6, RFC 9700 §4.14.2): what holds however many ask at once.

A subclass says on which database, at which isolation, and in how many threads.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.models import Authorization, ClientSecret, Consent, PendingRequest, TokenBinding
from oauth_provider.protocol import token_string
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.sql.transaction import is_transient
from oauth_provider.tokens.revoke import revoke_user
from oauth_provider.tokens.verifier import verify
from oauth_provider.tokens.withdraw import withdraw_consent
from tests.driver import Driver, query_of
from tests.factories import ApplicationFactory, UserFactory
from tests.threads import together

Act = Callable[[], Any]

ALL_GRANTS = ["authorization_code", "refresh_token", "client_credentials"]


def signed_in(user: Any = None, **application: Any) -> Driver:
    """A client with a person before it."""
    driver = Driver(ApplicationFactory(**application))
    driver.sign_in(user or UserFactory())
    return driver


def authorization_of(tokens: dict[str, Any]) -> Authorization:
    parts = token_string.parse_refresh_token(tokens["refresh_token"])
    return Authorization.objects.get(family_digest=digest(parts.family))


def columns_of(row: Any) -> dict[str, Any]:
    return type(row).objects.filter(pk=row.pk).values().get()


def body_of(response: Any) -> Any:
    return response.json()


def statuses(responses: Iterable[Any]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def errors(responses: Iterable[Any]) -> set[str]:
    return {response.json()["error"] for response in responses if response.status_code != 200}


def is_verified(access_token: str) -> bool:
    try:
        verify(access_token)
    except InvalidToken:
        return False
    return True


def live(tokens: Iterable[str]) -> set[str]:
    """Those of ``tokens``, access or refresh, that somebody still takes."""
    observer = Driver(ApplicationFactory(policy={"may_introspect": True}))
    given = set(tokens)
    alive = {token for token in given if observer.introspect(token).json()["active"]}
    return alive | {token for token in given if token.startswith(token_string.ACCESS_TOKEN) and is_verified(token)}


def strings(responses: Iterable[Any]) -> set[str]:
    """Every token that was handed out in ``responses``."""
    members = [response.json() for response in responses if response.status_code == 200 and response.content]
    return {body[name] for body in members for name in ("access_token", "refresh_token") if name in body}


def no_live_rows() -> bool:
    return not access_token_model().objects.filter(expires__gt=timezone.now()).exists()


def until_it_works(work: Act) -> None:
    """What an operator's script does: the same again where the database asks for it, or a row came in between."""
    for attempt in itertools.count(1):
        try:
            with transaction.atomic():
                work()
            return
        except DatabaseError as error:
            if attempt == 200 or not (is_transient(error) or "foreign key" in str(error).lower()):
                raise


def dot_refresh_token(driver: Driver, user: Any, text: str = "a refresh token that DOT issued") -> Any:
    """A refresh token and the access token beside it, as DOT stores them."""
    access_token = access_token_model().objects.create(
        user=user,
        application=driver.application,
        token=f"beside {text}",
        expires=timezone.now() + timedelta(hours=1),
        scope="notes:read",
    )
    return refresh_token_model().objects.create(
        user=user, application=driver.application, token=text, access_token=access_token
    )


class Races:
    """``many`` is the number of threads."""

    many: int

    @pytest.fixture(autouse=True)
    def _room_for_many(self, settings: Any) -> None:
        """What one session, person or address may have at a time is for other tests."""
        bounds = {"PENDING_REQUESTS_PER_SESSION": 100, "UNREDEEMED_CODES_PER_USER": 100}
        settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | bounds | {"CLIENT_AUTHENTICATION_FAILURES": "1000/minute"}

    @property
    def several(self) -> int:
        """Enough where each thread makes many requests."""
        return min(20, self.many)

    def all_do(self, act: Act) -> list[Any]:
        return together(*[act] * self.many)

    # -- codes ------------------------------------------------------------------------------------------------

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

    # -- refresh tokens ---------------------------------------------------------------------------------------

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

    # -- tokens that DOT issued -------------------------------------------------------------------------------

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

    # -- clients for themselves -------------------------------------------------------------------------------

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

    # -- decisions --------------------------------------------------------------------------------------------

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

    # -- rows that go meanwhile -------------------------------------------------------------------------------

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
