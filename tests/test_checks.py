"""The system checks: each is silent where all is well, and says what to do where it is not."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.decorators import login_required
from django.core import checks as framework
from django.db import connection, connections, transaction
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider import urls as dot_urls
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.views import AuthorizationView, TokenView
from oauth2_provider.views.mixins import OIDCOnlyMixin

from oauth_provider.bridge.validator import BridgeValidator
from oauth_provider.checks import (
    access_tokens,
    authentication,
    authorization_details,
    caches,
    clients,
    configuration,
    cross_origin,
    databases,
    dot,
    encryption,
    guards,
    legacy,
    limits,
    logout,
    pooler,
    request_objects,
    resources,
    revocation,
    signing_keys,
    subjects,
    tenants,
    urls,
)
from oauth_provider.dot.names import application_model
from oauth_provider.tokens import claims
from oauth_provider.urls import urlpatterns as all_urls
from oauth_provider.urls import well_known
from tests.factories import ApplicationFactory, UserFactory

CHECKS = {
    "E001": configuration.check_issuer_is_set,
    "E002": configuration.check_issuer,
    "E003": dot.check_validator,
    "E004": dot.check_doors,
    "W096": dot.check_inherited,
    "W097": dot.check_inherited,
    "E005": databases.check_one_database,
    "E006": urls.check_bridge,
    "E010": configuration.check_names,
    "E095": configuration.check_dictionary,
    "E011": configuration.check_scopes,
    "E012": configuration.check_scopes,
    "E013": configuration.check_values,
    "E014": configuration.check_values,
    "E020": signing_keys.check_given_keys,
    "E021": signing_keys.check_stored_keys,
    "E022": signing_keys.check_signer,
    "E023": configuration.check_claims,
    "E041": guards.check_scopes_exist,
    "W053": dot.check_token_people,
    "W054": dot.check_token_people,
    "E056": limits.check_limits,
    "W057": limits.check_address,
    "E050": authentication.check_sign_up_url,
    "E051": authentication.check_authentication_context,
    "E052": resources.check_resources,
    "E088": encryption.check_encryption_keys,
    "W088": request_objects.check_signing_clients,
    "E080": authorization_details.check_schemas,
    "E081": authorization_details.check_schemas,
    "E082": authorization_details.check_types,
    "E083": authorization_details.check_types,
    "W080": authorization_details.check_types,
    "I001": databases.check_prepared_statements,
    "W001": caches.check_cache_is_shared,
    "W065": caches.check_cache_timeouts,
    "W066": caches.check_cache_counts,
    "I067": caches.check_cache_is_our_own,
    "W068": databases.check_connections_are_tried,
    "W062": cross_origin.check_preflights,
    "W063": cross_origin.check_pages,
    "W002": clients.check_application_user,
    "W003": urls.check_well_known,
    "E090": access_tokens.check_settings,
    "E091": access_tokens.check_settings,
    "W090": access_tokens.check_signing_key,
    "W091": access_tokens.check_clients,
    "E060": logout.check_internal_hosts,
    "E070": subjects.check_pairwise_secret,
    "E071": subjects.check_pairwise_clients,
    "E072": tenants.check_tenant,
    "W073": tenants.check_tenants_are_told_apart,
    "E085": legacy.check_response_types,
    "W085": legacy.check_excuses,
    "W086": legacy.check_response_types,
    "E092": pooler.check_pooler,
    "W092": pooler.check_pooler,
    "W060": logout.check_outbox,
    "W061": logout.check_outbox,
    "W010": signing_keys.check_stored_keys,
    "W012": signing_keys.check_policies,
    "W011": signing_keys.check_default_algorithm,
    "E093": revocation.check_denylist,
    "E094": revocation.check_denylist,
    "W093": revocation.check_verification_cache,
    "W094": revocation.check_verification_cache,
}


def said(check, **kwargs):
    """The numbers of what a check says. Every message has a hint."""
    messages = check(None, **kwargs)
    assert all(message.hint and message.msg for message in messages)
    return [message.id.removeprefix("oauth_provider.") for message in messages]


def test_every_number_that_the_code_gives_is_tested_here():
    folder = Path(configuration.__file__).parent
    code = "".join(file.read_text() for file in folder.glob("*.py"))
    assert set(re.findall(r'"oauth_provider\.([EIW]\d+)"', code)) == set(CHECKS)


def test_every_check_is_registered():
    registered = framework.registry.registry.get_checks(include_deployment_checks=True)
    assert set(CHECKS.values()) <= set(registered)


@pytest.mark.django_db
def test_all_is_well_in_the_project_of_the_tests(settings):
    settings.CACHES = DOCUMENTED
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "CACHE": "oauth"}
    for number, check in CHECKS.items():
        if number != "I001":  # which depends on the database that the tests are run on
            assert said(check, databases=["default"]) == []


# -- configuration -------------------------------------------------------------------------------------------


def test_an_issuer_is_needed_to_deploy(settings):
    settings.OAUTH_PROVIDER = {}
    assert said(configuration.check_issuer_is_set) == ["E001"]
    assert said(configuration.check_issuer) == []


@pytest.mark.spec("RFC 8414", "2")
@pytest.mark.parametrize(
    "issuer",
    [
        "https://auth.example.com/",
        "https://auth.example.com?a=b",
        "https://auth.example.com#f",
        "http://auth.example.com",
        "auth.example.com",
        "https://",
    ],
)
def test_an_issuer_is_an_https_url(settings, issuer):
    settings.OAUTH_PROVIDER = {"ISSUER": issuer}
    assert said(configuration.check_issuer) == ["E002"]


def test_http_will_do_under_debug(settings):
    settings.OAUTH_PROVIDER = {"ISSUER": "http://127.0.0.1:8000"}
    settings.DEBUG = True
    assert said(configuration.check_issuer) == []


def test_a_misspelt_setting_is_found(settings):
    settings.OAUTH_PROVIDER = {"ISSUR": "https://auth.example.com"}
    assert said(configuration.check_names) == ["E010"]


@pytest.mark.parametrize("scope", ["two words", "", 'a"b', "ümlaut", 7])
def test_a_scope_is_a_scope_token(settings, scope):
    settings.OAUTH_PROVIDER = {"SCOPES": {scope: "Words"}}
    assert said(configuration.check_scopes) == ["E011"]


def test_a_default_scope_is_a_scope(settings):
    settings.OAUTH_PROVIDER = {"SCOPES": {"a": "A"}, "DEFAULT_SCOPES": ["b"]}
    assert said(configuration.check_scopes) == ["E012"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ACCESS_TOKEN_LIFETIME", 0),
        ("ACCESS_TOKEN_LIFETIME", "3600"),
        ("ACCESS_TOKEN_LIFETIME", True),
        ("AUTHORIZATION_LIFETIME", -1),
        ("AUTHORIZATION_IDLE_LIFETIME", None),
        ("REFRESH_TOKEN_RETRY_WINDOW", -1),
        ("SWEEP_RETENTION", 1.5),
        ("VERIFICATION_CACHE_LIFETIME", -1),
        ("VERIFICATION_CACHE_LIFETIME", 0.5),
        ("CACHE", "elsewhere"),
        ("CLIENT_AUTHENTICATION_FAILURES", "often"),
        ("CLIENT_ADDRESS", "no.such.function"),
        ("PENDING_REQUEST_LIFETIME", 0),
        ("LOGIN_LIFETIME", 0),
        ("AUTHORIZATION_CODE_LIFETIME", 0),
    ],
)
def test_a_value_that_cannot_be_used_is_found(settings, name, value):
    settings.OAUTH_PROVIDER = {name: value}
    assert said(configuration.check_values) == ["E013"]


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_a_code_lives_for_ten_minutes_at_most(settings):
    settings.OAUTH_PROVIDER = {"AUTHORIZATION_CODE_LIFETIME": 601}
    assert said(configuration.check_values) == ["E014"]


# -- the cache -----------------------------------------------------------------------------------------------

REDIS_CACHE = "django.core.cache.backends.redis.RedisCache"
SHORT = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
DOCUMENTED = {
    "default": {"BACKEND": REDIS_CACHE, "LOCATION": "redis://127.0.0.1:6379/0", "OPTIONS": SHORT},
    "oauth": {"BACKEND": REDIS_CACHE, "LOCATION": "redis://127.0.0.1:6379/1", "OPTIONS": SHORT},
}
OF_CACHES = (
    caches.check_cache_is_shared,
    caches.check_cache_timeouts,
    caches.check_cache_counts,
    caches.check_cache_is_our_own,
)


def said_of(settings, cache, alias="default"):
    settings.CACHES = {"default": cache} if alias == "default" else {**DOCUMENTED, alias: cache}
    settings.OAUTH_PROVIDER = {"CACHE": alias}
    return [number for check in OF_CACHES for number in said(check)]


@pytest.mark.parametrize("backend", ["locmem.LocMemCache", "dummy.DummyCache"])
def test_a_cache_of_one_process_is_warned_of(settings, backend):
    assert said_of(settings, {"BACKEND": f"django.core.cache.backends.{backend}"}) == ["W001"]


@pytest.mark.parametrize(
    ("options", "location"),
    [
        ({}, "redis://x"),
        ({"socket_timeout": 0.5}, "redis://x"),
        ({"socket_connect_timeout": 0.5}, "redis://x?socket_connect_timeout=0.5"),
        ({"socket_connect_timeout": 0.5, "socket_timeout": 5}, "redis://x"),
        ({"socket_connect_timeout": 0.5, "socket_timeout": None}, "redis://x"),
        ({"socket_connect_timeout": 0.5, "socket_timeout": 0}, "redis://x"),
        ({"socket_connect_timeout": 0.5, "socket_timeout": "soon"}, ["redis://x", "redis://y"]),
    ],
)
def test_a_redis_that_could_hold_workers_up_is_warned_of(settings, options, location):
    cache = {"BACKEND": REDIS_CACHE, "LOCATION": location, "OPTIONS": options}
    assert said_of(settings, cache, "oauth") == ["W065"]


@pytest.mark.parametrize(
    ("backend", "options", "location"),
    [
        (REDIS_CACHE, SHORT, "redis://x"),
        (REDIS_CACHE, {}, "redis://x?socket_timeout=0.5&socket_connect_timeout=1"),
        ("django_redis.cache.RedisCache", {"SOCKET_TIMEOUT": 1, "SOCKET_CONNECT_TIMEOUT": 1}, "redis://x"),
        ("django_redis.cache.RedisCache", {"CONNECTION_POOL_KWARGS": SHORT}, "redis://x"),
        ("django.core.cache.backends.memcached.PyMemcacheCache", {"timeout": 0.5, "connect_timeout": 0.5}, "x:11211"),
    ],
)
def test_short_timeouts_are_found_wherever_they_stand(settings, backend, options, location):
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": location, "OPTIONS": options}}
    assert said(caches.check_cache_timeouts) == []


def test_a_memcached_without_timeouts_is_warned_of(settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.memcached.PyMemcacheCache", "LOCATION": "x:1"}
    }
    assert said(caches.check_cache_timeouts) == ["W065"]


@pytest.mark.parametrize("backend", ["db.DatabaseCache", "filebased.FileBasedCache"])
def test_a_cache_that_cannot_count_many_at_once_is_warned_of(settings, backend):
    cache = {"BACKEND": f"django.core.cache.backends.{backend}", "LOCATION": "/nowhere"}
    assert said_of(settings, cache, "oauth") == ["W066"]


def test_an_alias_that_others_use_too_is_pointed_out(settings):
    assert said_of(settings, DOCUMENTED["default"]) == ["I067"]
    assert said_of(settings, DOCUMENTED["oauth"], "oauth") == []
    assert said_of(settings, DOCUMENTED["default"], "oauth") == ["I067"]


def test_an_alias_that_there_is_not_is_left_to_another_check(settings):
    settings.OAUTH_PROVIDER = {"CACHE": "elsewhere"}
    assert [number for check in OF_CACHES for number in said(check)] == []


# -- the database ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "numbers"),
    [
        ({}, []),
        ({"CONN_MAX_AGE": 0}, []),
        ({"CONN_MAX_AGE": 60}, ["W068"]),
        ({"CONN_MAX_AGE": None}, ["W068"]),
        ({"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}, []),
        ({"OPTIONS": {"pool": True}}, ["W068"]),
        ({"OPTIONS": {"pool": {"min_size": 2}}, "CONN_HEALTH_CHECKS": True}, []),
        ({"OPTIONS": None, "CONN_MAX_AGE": 0}, []),
    ],
)
def test_connections_that_are_kept_are_to_be_tried(monkeypatch, given, numbers):
    monkeypatch.setattr(connections["default"], "vendor", "postgresql")
    monkeypatch.setattr(connections["default"], "settings_dict", given)
    assert said(databases.check_connections_are_tried) == numbers


def test_a_file_has_no_connections_to_try(monkeypatch):
    monkeypatch.setattr(connections["default"], "vendor", "sqlite")
    monkeypatch.setattr(connections["default"], "settings_dict", {"CONN_MAX_AGE": 60})
    assert said(databases.check_connections_are_tried) == []


# -- DOT -----------------------------------------------------------------------------------------------------


class Derived(BridgeValidator):
    """A project's own, derived from ours."""


def test_a_validator_that_is_not_ours_is_an_error(settings):
    settings.OAUTH2_PROVIDER = {"OAUTH2_VALIDATOR_CLASS": OAuth2Validator}
    assert said(dot.check_validator) == ["E003"]
    settings.OAUTH2_PROVIDER = {"OAUTH2_VALIDATOR_CLASS": Derived}
    assert said(dot.check_validator) == []


class OwnTokenView(OIDCOnlyMixin, TokenView):
    """DOT's, under another name and behind another of its classes."""


class Root:
    """Stands for a URLconf module."""

    def __init__(self, *patterns):
        self.urlpatterns = list(patterns)


ours = path("", include("oauth_provider.urls"))
MOUNTED = {
    "at the root": path("", include("oauth2_provider.urls")),
    "under a prefix": path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    "two levels down": path("a/", include([path("b/", include("oauth2_provider.urls"))])),
    "under another namespace": path("o/", include("oauth2_provider.urls", namespace="theirs")),
    "without a namespace": path("o/", include(dot_urls.base_urlpatterns)),
    "one view": path("o/token/", TokenView.as_view()),
    "a view derived from it": path("token/", OwnTokenView.as_view()),
    "a view decorated": path("token/", csrf_exempt(login_required(AuthorizationView.as_view()))),
}


@pytest.mark.parametrize("mounted", MOUNTED.values(), ids=MOUNTED.keys())
def test_dots_doors_are_found_wherever_they_are(settings, mounted):
    settings.ROOT_URLCONF = Root(ours, mounted)
    assert set(said(dot.check_doors)) == {"E004"}


def test_each_door_is_named_with_its_path(settings):
    settings.ROOT_URLCONF = Root(path("o/", include("oauth2_provider.urls")))
    texts = " ".join(message.msg for message in dot.check_doors(None))
    doors = ("/o/authorize/", "/o/token/", "/o/revoke_token/", "/o/introspect/", "/o/device-authorization/")
    for door in (*doors, "/o/register/", "/o/userinfo/", "/o/logout/", "/o/authorized_tokens/"):
        assert door in texts
    for harmless in ("/o/applications/", "jwks.json"):
        assert harmless not in texts


def test_our_own_doors_at_dots_paths_are_none_of_dots(settings):
    settings.ROOT_URLCONF = Root(ours, path("o/", include("oauth_provider.bridge.urls")))
    assert said(dot.check_doors) == said(urls.check_bridge) == said(urls.check_well_known) == []


# -- signing in ----------------------------------------------------------------------------------------------


TOKEN_MIDDLEWARE = "oauth2_provider.middleware.OAuth2TokenMiddleware"
TOKEN_BACKEND = "oauth2_provider.backends.OAuth2Backend"


@pytest.mark.spec("RFC 9700", "2.3")
def test_what_makes_people_of_tokens_is_named(settings):
    extra = "oauth2_provider.middleware.OAuth2ExtraTokenMiddleware"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, TOKEN_MIDDLEWARE, extra]
    assert said(dot.check_token_people) == ["W053"]
    assert TOKEN_MIDDLEWARE in dot.check_token_people(None)[0].msg
    settings.MIDDLEWARE = ["gone.Middleware", "tests.test_checks.make_middleware"]
    for backend in (TOKEN_BACKEND, "tests.bridge.test_token_people.OwnBackend"):
        settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", backend]
        assert said(dot.check_token_people) == ["W054"]
        assert backend in dot.check_token_people(None)[0].msg


def make_middleware(get_response):
    """Middleware may be a function."""
    return get_response


@pytest.mark.spec("OIDC Prompt Create", "4")
@pytest.mark.parametrize(("page", "expected"), [("nowhere", ["E050"]), ("login", []), ("/join/", []), ("", [])])
def test_a_sign_up_page_is_one(settings, page, expected):
    settings.OAUTH_PROVIDER = {"SIGN_UP_URL": page}
    assert said(authentication.check_sign_up_url) == expected


@pytest.mark.parametrize("path", ["no.such.Context", "nonsense", "", None, "django.http.HttpRequest", "builtins.len"])
def test_a_context_of_another_kind_is_found(settings, path):
    settings.OAUTH_PROVIDER = {"AUTHENTICATION_CONTEXT": path}
    assert said(authentication.check_authentication_context) == ["E051"]


# -- resources -----------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 8707", "2")
@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ({}, 0),
        ({"https://api.example.com/": "API", "urn:example:api": {"name": "Other", "access_token_lifetime": 60}}, 0),
        ({"api": "API"}, 1),
        ({"https://api.example.com/#x": "API", "https://a b/": "API", 5: "API"}, 3),
        ({"https://api.example.com/": {"scope": ["x"]}}, 1),
        ({"https://api.example.com/": {"scopes": ["nothing:here"]}}, 1),
        ({"https://api.example.com/": {"access_token_lifetime": 0}}, 1),
        ({"https://api.example.com/": {"access_token_format": "jwt"}}, 0),
        ({"https://api.example.com/": {"access_token_format": "JWT"}}, 1),
        ({"https://api.example.com/": {"access_token_format": ["jwt"]}}, 1),
        ({"https://api.example.com/": {"access_token_lifetime": True}}, 1),
        ({"https://api.example.com/": {"authorization_idle_lifetime": 60, "authorization_lifetime": None}}, 0),
        ({"https://api.example.com/": {"authorization_idle_lifetime": "60"}}, 1),
        ({"https://api.example.com/": {"authorization_lifetime": -1}}, 1),
        ({"https://api.example.com/": {"authorization_lifetime": 2**31}}, 1),
        (["https://api.example.com/"], 1),
    ],
    ids=str,
)
def test_a_resource_that_cannot_be_used_is_found(settings, given, problems):
    settings.OAUTH_PROVIDER = {"RESOURCES": given}
    assert said(resources.check_resources) == ["E052"] * problems


# -- URLs ----------------------------------------------------------------------------------------------------


def test_dots_paths_need_our_pages(settings):
    settings.ROOT_URLCONF = Root(path("o/", include("oauth_provider.bridge.urls")))
    assert said(urls.check_bridge) == ["E006"]


@pytest.mark.spec("RFC 8414", "3")
def test_metadata_is_wanted_at_the_root(settings):
    below = path("auth/", include((all_urls, "oauth_provider")))
    settings.ROOT_URLCONF = Root(below)
    assert said(urls.check_well_known) == ["W003"] * 2
    settings.OAUTH_PROVIDER = {"ISSUER": "https://example.com/auth"}
    assert said(urls.check_well_known) == ["W003"] * 4
    settings.ROOT_URLCONF = Root(*well_known, below)
    assert said(urls.check_well_known) == []
    settings.ROOT_URLCONF = Root()
    assert said(urls.check_well_known) == []


# -- databases and clients -----------------------------------------------------------------------------------


class Apart:
    """A router that keeps DOT's tables to themselves."""

    def db_for_write(self, model, **hints):
        return "other" if model._meta.app_label == "oauth2_provider" else None


def test_tables_that_are_written_together_stand_together(settings):
    settings.DATABASE_ROUTERS = [Apart()]
    assert said(databases.check_one_database) == ["E005", "E005", "E005"]


POSTGRESQL = {"server_side_binding": True, "prepare_threshold": 5}


@pytest.mark.parametrize(
    ("vendor", "options", "pooled", "expected"),
    [
        ("postgresql", {}, False, ["I001"]),
        ("postgresql", POSTGRESQL, False, []),
        ("postgresql", POSTGRESQL | {"prepare_threshold": 0}, False, []),
        ("postgresql", POSTGRESQL | {"prepare_threshold": None}, False, ["I001"]),
        ("postgresql", POSTGRESQL | {"server_side_binding": False}, False, ["I001"]),
        ("postgresql", {}, True, []),
        ("sqlite", {}, False, []),
    ],
)
def test_postgresql_is_advised_to_prepare(monkeypatch, vendor, options, pooled, expected):
    monkeypatch.setattr(connection, "vendor", vendor)
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", pooled)
    assert said(databases.check_prepared_statements) == expected


@pytest.mark.django_db
def test_a_user_in_dots_column_is_warned_of():
    application = ApplicationFactory()
    assert said(clients.check_application_user, databases=["default"]) == []
    application_model().objects.update(user=UserFactory())
    assert said(clients.check_application_user, databases=["default"]) == ["W002"]
    assert said(clients.check_application_user, databases=None) == []
    application.refresh_from_db()
    application.save()  # what the hint says
    assert said(clients.check_application_user, databases=["default"]) == []


@pytest.mark.django_db
def test_before_the_tables_are_there_nothing_is_said(monkeypatch):
    monkeypatch.setattr(application_model()._meta, "db_table", "not_migrated_yet")
    with transaction.atomic():
        assert said(clients.check_application_user, databases=["default"]) == []
        transaction.set_rollback(True)
    for field in application_model()._meta.concrete_fields:
        vars(field).pop("cached_col", None)  # Django remembers the table that a column was first asked of


def test_a_claim_is_released_by_a_scope_that_there_is(monkeypatch):
    monkeypatch.setattr(claims, "_registry", dict(claims._registry))
    claims.claim("shoe_size", scope="shoes")(lambda user, context: 42)
    assert said(configuration.check_claims) == ["E023"]


# -- how far a revocation reaches ----------------------------------------------------------------------------

REDIS = {"URL": "redis://127.0.0.1:6379/0"}


@pytest.mark.parametrize(
    ("denylist", "found"),
    [
        ({}, []),
        (None, []),
        (REDIS, []),
        ({"TRANSPORT": "tests.resource_server.denylist.transports.FakeTransport"}, []),
        ({"URL": ""}, ["E093"]),
        ({"URL": "http://127.0.0.1"}, ["E093"]),
        (REDIS | {"HOST": "x"}, ["E093"]),
        ("redis://127.0.0.1", ["E093"]),
        ({"TRANSPORT": "no.such.module"}, ["E093"]),
        ({"TRANSPORT": "tests.resource_server.denylist.transports.Unmakeable"}, ["E093"]),
    ],
)
def test_a_denylist_that_cannot_be_sent_is_found(settings, denylist, found):
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"DENYLIST": denylist}
    assert said(revocation.check_denylist) == found


def test_a_denylist_needs_an_issuer(settings):
    settings.OAUTH_PROVIDER = {"DENYLIST": REDIS}
    assert said(revocation.check_denylist) == ["E094"]


@pytest.mark.parametrize(
    ("lifetime", "atomic", "denylist", "found"),
    [
        (0, True, {}, []),
        (60, False, {}, []),
        (61, False, {}, ["W094"]),
        (61, False, REDIS, []),
        (5, True, {}, ["W093"]),
        (61, True, {}, ["W093", "W094"]),
        ("soon", True, {}, []),
    ],
)
def test_remembering_that_is_of_no_use_or_too_long_is_a_warning(
    settings, monkeypatch, lifetime, atomic, denylist, found
):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", atomic)
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"VERIFICATION_CACHE_LIFETIME": lifetime}
    settings.OAUTH_RESOURCE_SERVER = {"DENYLIST": denylist}
    assert said(revocation.check_verification_cache) == found
