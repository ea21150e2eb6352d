"""The claims of a JWT access token (RFC 9068 §2.2), a person's or a client's own."""

from typing import Any

import pytest

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization, ClientPolicy, TokenBinding
from oauth_provider.protocol import jws
from oauth_provider.protocol.access_token import TYP, JwtAccessToken
from oauth_provider.signals import token_issued
from oauth_provider.tokens.verifier import verify
from tests import jose_keys, ledger
from tests.driver import Driver, signed_in
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory
from tests.flows.jwt_access_token.reading import ALL, ISSUER, provider, read

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9068", "2.2")]

OWN = {"grant_type": "client_credentials", "scope": "notes:read"}
SECRET = "a pairwise secret of 32 characters"


# -- what it says --------------------------------------------------------------------------------------------------


def test_it_says_what_introspection_would_say_and_names_its_sign_in(driver: Driver, asker: Driver) -> None:
    Authorization.objects.all().delete()
    tokens = driver.tokens()
    authorization = Authorization.objects.get()
    said = read(tokens["access_token"])
    assert said.auth_time is not None
    assert said == JwtAccessToken(
        issuer=ISSUER,
        subject=str(authorization.user_id),
        client_id=driver.application.client_id,
        audience=(ISSUER,),
        expires=said.issued_at + 3600,
        issued_at=said.issued_at,
        jti=said.jti,
        scope="notes:read notes:write",
        auth_time=said.auth_time,
        authorization_id=str(authorization.public_id),
    )
    told = asker.introspect(tokens["access_token"]).json()
    for name in ("iss", "sub", "client_id", "exp", "iat", "jti", "scope", "auth_time"):
        assert told[name] == said.members()[name], name
    assert (told["aud"], told["active"], told["token_type"]) == ([ISSUER], True, "Bearer")


@pytest.mark.spec("RFC 9068", "2.1")
def test_its_header_says_what_it_is_and_which_key_signed(driver: Driver) -> None:
    header = jws.parse(driver.tokens()["access_token"]).header
    assert header == {"alg": "ES256", "kid": jose_keys.key("ES256").kid, "typ": TYP}


def test_how_the_person_signed_in_is_told(driver: Driver, settings: Any) -> None:
    proofs = ["tests.resource_server.proofs.key_proofs.HeaderProof"]
    settings.OAUTH_RESOURCE_SERVER = {"KEY_PROOFS": proofs}
    driver.browser.defaults["HTTP_DPOP"] = "x"
    code = driver.code()
    Authorization.objects.filter(redeemed_at=None).update(acr="mfa", amr=["pwd", "otp"], cnf={"jkt": "x"})
    said = read(driver.redeem(code).json()["access_token"])
    assert (said.acr, said.amr, said.cnf) == ("mfa", ("pwd", "otp"), {"jkt": "x"})


def test_it_has_no_row_and_the_database_does_not_hold_it(driver: Driver) -> None:
    tokens = driver.tokens()
    tokens = driver.refresh(tokens["refresh_token"]).json()
    assert (access_token_model().objects.count(), TokenBinding.objects.count()) == (0, 0)
    assert tokens["access_token"] not in ledger.text()
    assert read(tokens["access_token"]).jti not in ledger.text()


def test_the_setting_names_its_algorithm(driver: Driver, settings: Any) -> None:
    provider(settings, ACCESS_TOKEN_SIGNING_ALG="RS256")
    token = driver.tokens()["access_token"]
    assert jws.parse(token).header["alg"] == "RS256"
    assert ledger.is_good(token)


def test_an_event_tells_of_it_as_of_any_token(driver: Driver, django_capture_on_commit_callbacks: Any) -> None:
    told: list[Any] = []

    def listen(**facts: Any) -> None:
        told.append((facts["grant_type"], facts["scope"], facts["authorization"]))

    token_issued.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            driver.tokens()
            driver.token(**OWN)
    finally:
        token_issued.disconnect(listen)
    assert [one[:2] for one in told] == [
        ("authorization_code", "notes:read notes:write"),
        ("client_credentials", "notes:read"),
    ]


@pytest.mark.spec("OIDC Core", "8.1")
def test_a_client_with_pairwise_subjects_learns_no_other_name_from_it(settings: Any, asker: Driver) -> None:
    """It can read its own access token."""
    provider(settings, PAIRWISE_SECRET=SECRET)
    user = UserFactory()
    driver = signed_in(user, policy={"access_token_format": "jwt", "subject_type": "pairwise"})
    driver.scope = "openid notes:read"
    tokens = driver.tokens()
    said, id_token = read(tokens["access_token"]), jws.parse(tokens["id_token"]).claims
    assert said.subject == id_token["sub"] != str(user.pk)
    assert verify(tokens["access_token"]).user == user
    assert asker.introspect(tokens["access_token"]).json()["sub"] == str(user.pk)


@pytest.mark.spec("OIDC Core", "3.1.3.6")
def test_an_id_token_beside_it_holds_its_hash(driver: Driver) -> None:
    from oauth_provider.protocol.jose import left_half_hash

    driver.scope = "openid notes:read"
    for tokens in (first := driver.tokens(), driver.refresh(first["refresh_token"]).json()):
        claims = jws.parse(tokens["id_token"]).claims
        assert claims["at_hash"] == left_half_hash("RS256", tokens["access_token"])


# -- a client's own ------------------------------------------------------------------------------------------------


def test_a_clients_own_token_is_the_clients(driver: Driver, asker: Driver) -> None:
    token = driver.token(**OWN).json()["access_token"]
    said, client_id = read(token), driver.application.client_id
    assert (said.subject, said.client_id, said.audience, said.scope) == (client_id, client_id, (ISSUER,), "notes:read")
    assert (said.auth_time, said.authorization_id) == (None, "")
    verified = verify(token)
    assert (verified.sub, verified.user, verified.client_id, verified.jti) == (None, None, client_id, said.jti)
    assert verified.application == driver.application
    told = asker.introspect(token).json()
    assert told["active"] is True
    assert not {"sub", "username"} & set(told)


@pytest.mark.spec("RFC 9068", "5")
@each(("client_id", "status"), [("7", 500), ("0", 500), ("007", 200), ("7a", 200), ("-7", 500)])
def test_a_client_whose_name_could_be_a_persons_gets_no_jwt_of_its_own(client_id: str, status: int) -> None:
    service = Driver(
        ApplicationFactory(service=True, client_id=client_id, policy={"access_token_format": "jwt", "grant_types": ALL})
    )
    with ledger.unchanged():
        assert service.token(**OWN).status_code == status
    ClientPolicy.objects.update(access_token_format="opaque")
    assert service.token(**OWN).status_code == 200
