"""Conformance: an essential acr (OpenID Connect Core §5.5.1.1), over a live server whose project has two factors."""

import json
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path

from tests.conformance.front_channel.relying_party import RelyingParty, is_refused, said_in
from tests.conformance.modules import fapi2
from tests.flows.test_acr import STEP_UP, TwoFactors
from tests.urls import urlpatterns as project_urls

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]

SCA = "urn:openbanking:psd2:sca"


class StrongCustomerAuthentication(TwoFactors):
    """The same two factors, by another name."""

    acr_values_supported = (SCA,)

    def satisfies(self, context: Any, acr: str) -> bool:
        return acr == SCA and context.acr == "mfa"

    def step_up_url(self, request: HttpRequest, acr_values: tuple[str, ...], next_url: str) -> str:
        return super().step_up_url(request, ("mfa",), next_url) or ""


def second_factor(request: HttpRequest) -> HttpResponse:
    """Asks for nothing: who has a second factor shows it."""
    request.session["second_factor"] = request.user.last_name != "Forgetful"  # type: ignore[union-attr]
    return HttpResponseRedirect(request.GET["next"])


urlpatterns = [*project_urls, path(STEP_UP.removeprefix("/"), second_factor)]


@pytest.fixture
def returning(returning: RelyingParty, settings: Any) -> RelyingParty:
    context = f"{__name__}.StrongCustomerAuthentication"
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "AUTHENTICATION_CONTEXT": context}
    return returning


def essential(acr: str) -> str:
    return json.dumps({"id_token": {"acr": {"essential": True, "values": [acr]}}})


@fapi2("test-essential-acr-sca-claim")
@pytest.mark.parametrize("push", [False, True])
def test_an_essential_level_is_met_and_named(returning: RelyingParty, push: bool) -> None:
    asked = {"claims": essential(SCA)}
    arrived = returning.open(returning.pushed(**asked)) if push else returning.authorize(**asked)
    said = said_in(returning.id_token(arrived))
    assert (said["acr"], said["amr"]) == (SCA, ["pwd", "otp"])


@fapi2("test-essential-acr-sca-claim")
def test_an_essential_level_that_was_not_met_is_access_denied(returning: RelyingParty, user: Any) -> None:
    user.last_name = "Forgetful"
    user.save()
    is_refused(returning.authorize(claims=essential(SCA)), "access_denied", returning.issuer)


@fapi2("test-essential-acr-sca-claim")
def test_an_essential_level_that_nobody_can_reach_is_access_denied(returning: RelyingParty) -> None:
    is_refused(returning.authorize(claims=essential("urn:gold")), "access_denied", returning.issuer)
