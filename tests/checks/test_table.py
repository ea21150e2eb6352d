"""The table of system checks: each number is tested, each check is registered, and silent where all is well."""

import re
from pathlib import Path

import pytest
from django.core import checks as framework

from oauth_provider.checks import (
    access_tokens,
    authentication,
    authorization_details,
    caches,
    client_registration,
    clients,
    configuration,
    cross_origin,
    databases,
    dot,
    encryption,
    guards,
    issuer,
    legacy,
    limits,
    login,
    logos,
    logout,
    policies,
    pooler,
    request_objects,
    resources,
    revocation,
    scopes,
    sessions,
    setting_names,
    signing_keys,
    software_statements,
    static_files,
    subjects,
    tables,
    templates,
    tenants,
    urls,
)
from tests.checks.messages import said
from tests.checks.test_caches import DOCUMENTED

CHECKS = {
    "E001": configuration.check_issuer_is_set,
    "E002": configuration.check_issuer,
    "E003": dot.check_validator,
    "E004": dot.check_dot_urls,
    "W096": dot.check_inherited,
    "W097": dot.check_inherited,
    "E005": databases.check_one_database,
    "E006": urls.check_bridge,
    "E010": setting_names.check_names,
    "W122": setting_names.check_names_of_dot,
    "W123": setting_names.check_dictionaries,
    "E095": configuration.check_dictionary,
    "E011": configuration.check_scopes,
    "E012": configuration.check_scopes,
    "E114": configuration.check_scopes,
    "E100": scopes.check_entries,
    "E101": scopes.check_relations,
    "E102": scopes.check_relations,
    "E104": scopes.check_rules,
    "W128": scopes.check_icons,
    "W129": scopes.check_holders,
    "E013": configuration.check_values,
    "E014": configuration.check_values,
    "E020": signing_keys.check_given_keys,
    "E021": signing_keys.check_stored_keys,
    "E022": signing_keys.check_signer,
    "E023": configuration.check_claims,
    "E041": guards.check_scopes_exist,
    "W053": dot.check_token_people,
    "W054": dot.check_token_people,
    "E105": tables.check_grants,
    "E106": tables.check_authentication_methods,
    "E107": tables.check_outbox_kinds,
    "E108": authentication.check_grant_contexts,
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
    "E084": authorization_details.check_forms,
    "W080": authorization_details.check_types,
    "I001": databases.check_prepared_statements,
    "E110": databases.check_prepare_statements,
    "W110": databases.check_pool_under_asgi,
    "W001": caches.check_cache_is_shared,
    "W065": caches.check_cache_timeouts,
    "W066": caches.check_cache_counts,
    "I067": caches.check_cache_is_our_own,
    "W068": databases.check_connections_are_tried,
    "W062": cross_origin.check_preflights,
    "W063": cross_origin.check_pages,
    "W002": clients.check_application_user,
    "W130": clients.check_slow_secrets,
    "W003": urls.check_well_known,
    "I113": urls.check_mounted,
    "W127": urls.check_mounted_once,
    "E111": login.check_login_url,
    "W111": login.check_login_url,
    "E112": login.check_login_template,
    "W115": issuer.check_issuer_is_needed,
    "W116": issuer.check_issuer_is_allowed,
    "E117": templates.check_templates,
    "E118": sessions.check_session_middleware,
    "W117": sessions.check_session_middleware,
    "W118": sessions.check_session_cookie,
    "W119": static_files.check_static_files_are_found,
    "W120": static_files.check_static_files_are_collected,
    "E140": client_registration.check_registration,
    "W141": client_registration.check_strangers,
    "E142": software_statements.check_issuers,
    "W121": policies.check_policies,
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
    "W139": logos.check_pillow,
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


def test_every_number_that_the_code_gives_is_tested_here():
    folder = Path(configuration.__file__).parent
    code = "".join(file.read_text() for file in folder.glob("*.py"))
    assert set(re.findall(r'"oauth_provider\.([EIW]\d+)"', code)) == set(CHECKS)


def test_every_check_is_registered():
    registered = framework.registry.registry.get_checks(include_deployment_checks=True)
    assert set(CHECKS.values()) <= set(registered)


@pytest.mark.django_db
def test_no_check_fails_in_the_test_project(settings):
    settings.CACHES = DOCUMENTED
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "CACHE": "oauth"}
    for number, check in CHECKS.items():
        if number != "I001":  # which depends on the database that the tests are run on
            assert said(check, databases=["default"]) == []
