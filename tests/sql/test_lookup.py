"""Compiled queries say what their ORM twins say, on every database: of tokens, clients and sign-ins."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oauth_provider.clients.lookup import find_client, find_with_secret
from oauth_provider.dot.names import access_token_model, application_model
from oauth_provider.models import Authorization, ClientPolicy, ClientSecret, TokenBinding
from oauth_provider.protocol.digest import digest
from oauth_provider.tokens.authorization_lookup import find_by_access_token, find_by_code, find_by_family
from oauth_provider.tokens.found_token import COLUMNS, USERINFO_COLUMNS, FoundToken, UserinfoTerms
from oauth_provider.tokens.token_lookup import find_by_orm, find_for_userinfo, find_token
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db

# Microseconds and a zone, neither of which SQLite has a type for.
MOMENT = datetime(2031, 2, 3, 4, 5, 6, 789012, UTC)
TOKEN = "a token"
CNF = {"jkt": "key", "nested": [1, 2.5, None, True, {"ü": "ß"}]}


def stored(**columns: Any) -> Any:
    """A row of DOT's, found by the checksum of ``TOKEN``."""
    given = {"token": "", "token_checksum": digest(TOKEN), "expires": MOMENT, "scope": "notes:read"}
    return access_token_model().objects.create(**(given | columns))


def bound(**columns: Any) -> Authorization:
    """A row of DOT's and all that may hang on it."""
    application, user = ApplicationFactory(policy={}), UserFactory()
    authorization = Authorization.objects.create(
        application=application, user=user, grant_type="authorization_code", expires_at=MOMENT, revoked_at=MOMENT
    )
    row = stored(application=application, user=user, **columns)
    TokenBinding.objects.create(access_token=row, authorization=authorization, cnf=CNF, act={"sub": "actor"})
    return authorization


def columns_of(row: Any) -> Any:
    return None if row is None else {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def everything(found: FoundToken | None) -> Any:
    """All that a found token says, every column of its rows included."""
    assert found is not None
    rows = found.user, found.load_application()
    return found._replace(user=None), *map(columns_of, rows)


CASES = {
    "neither user nor client": stored,
    "a client without policy": lambda: stored(application=ApplicationFactory()),
    "a client with policy": lambda: stored(application=ApplicationFactory(policy={"status": "suspended"})),
    "a user": lambda: stored(application=ApplicationFactory(), user=UserFactory(first_name="Ünï", is_staff=True)),
    "a user without client": lambda: stored(user=UserFactory(is_active=False)),
    "resources": lambda: stored(application=ApplicationFactory(), resource=["https://api.example/ü", "urn:x"]),
    "a binding": bound,
    "a binding and resources": lambda: bound(resource=["https://api.example/"]),
    "a binding without authorization": lambda: TokenBinding.objects.create(access_token=stored()),
    "a local expiry": lambda: stored(expires=MOMENT.astimezone(datetime.now().astimezone().tzinfo)),
}


def test_fields_stand_in_the_order_of_their_columns() -> None:
    assert FoundToken._fields[: len(COLUMNS)] == tuple(COLUMNS)
    assert UserinfoTerms._fields == tuple(USERINFO_COLUMNS)


@each("case", CASES)
def test_the_compiled_lookup_finds_what_the_orm_finds(case: str) -> None:
    CASES[case]()
    stored(token_checksum=digest("another token"))

    compiled, by_orm = find_token(digest(TOKEN)), find_by_orm(digest(TOKEN))

    assert everything(compiled) == everything(by_orm)
    assert repr(everything(compiled)) == repr(everything(by_orm))  # 1 == True == 1.0, but not for a reader


@each("checksum", ["", digest("unknown"), "%s", "' OR ''='", "x" * 100_000, "ü"])
def test_both_find_nothing_where_there_is_nothing(checksum: str) -> None:
    bound()
    assert find_token(checksum) is None
    assert find_by_orm(checksum) is None


def test_converters_are_kept() -> None:
    authorization = bound(resource=["https://api.example/"])
    found = find_token(digest(TOKEN))
    assert found is not None
    assert (found.cnf, found.act) == (CNF, {"sub": "actor"})
    assert found.resources == ["https://api.example/"]
    assert found.public_id == uuid.UUID(str(authorization.public_id))
    assert isinstance(found.public_id, uuid.UUID)
    for name in ("expires", "revoked_at", "ends_at"):
        assert (getattr(found, name), getattr(found, name).utcoffset()) == (MOMENT, timedelta(0))


def test_the_user_is_a_row_like_any_other() -> None:
    authorization = bound()
    found = find_token(digest(TOKEN))
    assert found is not None
    with CaptureQueriesContext(connection) as captured:
        assert not found.user.get_deferred_fields()
        assert not found.user._state.adding
        assert found.user._state.db == connection.alias
    assert captured.captured_queries == []
    assert found.user == authorization.user
    found.user.first_name = "Ada"
    found.user.save()
    assert type(found.user).objects.get().first_name == "Ada"


def test_the_client_is_asked_for_as_it_is_now() -> None:
    authorization = bound()
    found = find_token(digest(TOKEN))
    assert found is not None
    application_model().objects.update(name="renamed")
    with CaptureQueriesContext(connection) as captured:
        application = found.load_application()
    assert len(captured.captured_queries) == 1
    assert (application, application.name) == (authorization.application, "renamed")
    application_model().objects.all().delete()
    assert found.load_application() is None


def test_what_the_userinfo_endpoint_answers_by_comes_along_where_it_asks() -> None:
    authorization = bound()
    Authorization.objects.update(claims={"userinfo": {"email": None}})
    ClientPolicy.objects.update(subject_type="pairwise", userinfo_signed_response_alg="ES256")
    plain, asked = find_token(digest(TOKEN)), find_for_userinfo(digest(TOKEN))
    assert plain is not None
    assert asked is not None
    assert everything(asked._replace(userinfo=plain.userinfo)) == everything(plain)
    assert asked.userinfo == UserinfoTerms(
        claims={"userinfo": {"email": None}},
        signed_response_alg="ES256",
        subject_type="pairwise",
        sector_identifier_uri="",
        redirect_uris=authorization.application.redirect_uris,
        allowed_origins=authorization.application.allowed_origins,
    )
    assert find_for_userinfo(digest("unknown")) is None


def test_psycopg_remembers_how_to_read_it() -> None:
    """It parses longer statements anew each time that they run."""
    bound()
    with CaptureQueriesContext(connection) as captured:
        find_token(digest(TOKEN))
    assert len(captured.captured_queries[0]["sql"]) < 4096


def test_it_is_one_statement_that_is_counted_and_logged() -> None:
    bound()
    with CaptureQueriesContext(connection) as captured:
        find_token(digest(TOKEN))
    assert [query["sql"].split()[0] for query in captured.captured_queries] == ["SELECT"]


def test_it_is_compiled_once_and_asked_anew_each_time() -> None:
    authorization = bound()
    for status in (ClientPolicy.Status.APPROVED, ClientPolicy.Status.SUSPENDED):
        ClientPolicy.objects.filter(application=authorization.application).update(status=status)
        found = find_token(digest(TOKEN))
        assert found is not None
        assert found.policy_status == status


# -- clients and sign-ins ------------------------------------------------------------------------------------


POLICIES = [None, {"jwks": {"keys": [{"kty": "EC"}]}, "scopes": ["notes:read"], "status": "suspended"}]


@pytest.mark.parametrize("policy", POLICIES)
def test_a_client_is_found_as_the_orm_finds_it(policy: Any) -> None:
    application = ApplicationFactory(policy=policy, name="Ünï %s")
    ApplicationFactory(policy={})
    by_orm = type(application)._base_manager.select_related("oauth_policy").get(pk=application.pk)
    found = find_client(application.client_id)
    assert found is not None
    with CaptureQueriesContext(connection) as captured:
        assert columns_of(found.application) == columns_of(by_orm)
        assert columns_of(found.policy) == columns_of(ClientPolicy.of(by_orm))
        assert ClientPolicy.of(found.application) is found.policy
        assert found.policy.application is found.application
    assert captured.captured_queries == []


@pytest.mark.parametrize("policy", POLICIES)
def test_a_client_that_authenticates_is_the_same(policy: Any) -> None:
    application = ApplicationFactory(policy=policy, name="Ünï %s")
    whole, found = find_client(application.client_id), find_with_secret(application.client_id, application.secret)
    assert whole is not None
    assert found is not None
    assert found.secret is not None
    assert found.secret.pk == ClientSecret.objects.get(application=application).pk
    row, policy_row = found.client.application, found.client.policy
    with CaptureQueriesContext(connection) as captured:
        assert row.name == whole.application.name
        assert policy_row.scopes == whole.policy.scopes
        assert policy_row.application is row
        assert ClientPolicy.of(row) is policy_row
    assert captured.captured_queries == []
    assert row.get_deferred_fields() == set()
    assert columns_of(row) == columns_of(whole.application)
    assert columns_of(policy_row) == columns_of(whole.policy)


@each("client_id", ["", "nobody", "%s", "' OR ''='", "x" * 256, "ü", "\x00"])
def test_nobody_is_found_where_nobody_is(client_id: str) -> None:
    ApplicationFactory()
    assert find_with_secret(client_id, "a secret") is None
    assert find_client(client_id) is None


def test_only_a_live_secret_of_its_own_is_found_with_a_client() -> None:
    one, other = ApplicationFactory(), ApplicationFactory()
    for presented in ("", "wrong", other.secret, digest(one.secret)):
        found = find_with_secret(one.client_id, presented)
        assert found is not None
        assert found.secret is None
    for dead in ({"expires_at": datetime.now(UTC)}, {"expires_at": None, "from_dot": True, "encoded": "another hash"}):
        ClientSecret.objects.filter(application=one).update(**dead)
        found = find_with_secret(one.client_id, one.secret)
        assert found is not None
        assert found.secret is None


def test_a_sign_in_is_as_the_orm_finds_it() -> None:
    authorization = bound(resource=["https://api.example/"])
    named = {"code_digest": digest("code"), "family_digest": digest("family"), "cnf": CNF, "amr": ["pwd"]}
    Authorization.objects.filter(pk=authorization.pk).update(**named)
    by_orm = Authorization.objects.select_related("user").get()
    for found in (find_by_code("code"), find_by_family("family"), find_by_access_token(digest(TOKEN))):
        assert found is not None
        with CaptureQueriesContext(connection) as captured:
            assert (columns_of(found), columns_of(found.user)) == (columns_of(by_orm), columns_of(by_orm.user))
        assert captured.captured_queries == []
        assert vars(found).keys() - {"_state"} == vars(by_orm).keys() - {"_state"}
    assert find_by_code("another") is find_by_family("code") is find_by_access_token(digest("another")) is None


@each("name", ["code", "family", "access token"])
def test_a_sign_in_is_read_by_one_statement_without_a_lock(name: str) -> None:
    find = {"code": find_by_code, "family": find_by_family, "access token": find_by_access_token}[name]
    with CaptureQueriesContext(connection) as captured:
        assert find("unknown") is None
    (statement,) = captured.captured_queries
    assert statement["sql"].startswith("SELECT")
    assert " FOR " not in statement["sql"]
