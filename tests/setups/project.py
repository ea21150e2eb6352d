"""The life of a project with our app, in a process of its own: ``python -m tests.setups.project``.

DOT's tables have rows before we come. Then: check, migrate, a whole flow, no migration is missing, and out again.
"""

import io
from datetime import timedelta

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.core import checks  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client as Browser  # noqa: E402
from django.utils import timezone  # noqa: E402

from oauth_provider.conf import provider_settings  # noqa: E402
from oauth_provider.dot.names import access_token_model, application_model, refresh_token_model  # noqa: E402
from oauth_provider.models import Authorization, ClientMember, ClientPolicy, ClientSecret, TokenBinding  # noqa: E402
from oauth_provider.protocol.digest import digest  # noqa: E402
from oauth_provider.protocol.token_string import parse_refresh_token  # noqa: E402
from oauth_provider.tokens.id_token import read_id_token  # noqa: E402
from oauth_provider.tokens.verifier import verify  # noqa: E402
from tests.driver import Driver  # noqa: E402
from tests.factories import CALLBACK  # noqa: E402

ROTATED_SECRET, KEPT_SECRET = "r" * 128, "k" * 128
DOT_REFRESH_TOKEN = "a refresh token that DOT issued"
# The cache of this project is not shared, no style is collected, and DOT hashed the secrets of its clients slowly.
DEPLOY = ["oauth_provider.W001", "oauth_provider.W120", "oauth_provider.W130"]
OURS = ("oauth_provider.", "oauth_resource_server.", "oauth2_provider.")


def run(*command, **options):
    """The output of a management command."""
    output = io.StringIO()
    call_command(*command, stdout=output, stderr=output, **options)
    return output.getvalue()


def make_user(name):
    """A user of whatever model."""
    model = get_user_model()
    key = {"email": f"{name}@example.com"} if model.USERNAME_FIELD == "email" else {model.USERNAME_FIELD: name}
    return model._default_manager.create(**key)


def make_client(name, user, secret):
    """A row as DOT would have left it. In bulk, since our tables are not there yet."""
    application = application_model()(
        user=user,
        client_id=name,
        name=name,
        client_type="confidential",
        authorization_grant_type="authorization-code",
        redirect_uris=CALLBACK,
        client_secret=make_password(secret),
    )
    application_model().objects.bulk_create([application])
    application = application_model().objects.get(client_id=name)
    application.secret = secret
    return application


def blank_columns():
    """A client whose only secrets were ours."""
    kind = {"client_type": "confidential", "authorization_grant_type": "client-credentials"}
    return kind | {"redirect_uris": CALLBACK, "client_secret": "", "hash_client_secret": False}


def dot_tokens(application, user):
    """An access and a refresh token that DOT issued."""
    access = access_token_model()(
        user=user, application=application, token="dot", scope="read", expires=timezone.now() + timedelta(hours=1)
    )
    access.save()
    refresh_token_model()(user=user, application=application, token=DOT_REFRESH_TOKEN, access_token=access).save()


def findings():
    """What our checks say of a deployment."""
    messages = checks.run_checks(include_deployment_checks=True, databases=["default"])
    return sorted({one.id for one in messages if one.id.startswith(OURS)})


def whole_flow(driver, user):
    driver.browser.force_login(user)
    driver.scope = "openid profile email read write"
    tokens = driver.tokens()
    claims = read_id_token(tokens["id_token"], issuer=provider_settings.ISSUER, client_id=driver.application.client_id)
    assert (claims["sub"], claims["auth_time"] <= claims["iat"]) == (str(user.pk), True)
    told = Browser().get("/oauth/userinfo", headers={"authorization": f"Bearer {tokens['access_token']}"}).json()
    assert (told["sub"], told["preferred_username"]) == (str(user.pk), user.get_username())
    authorization = Authorization.objects.get(user=user, adopted_digest=None)
    assert abs(authorization.auth_time - timezone.now()) < timedelta(minutes=1)
    retried = [driver.refresh(tokens["refresh_token"]).json() for _ in range(2)]
    assert retried[0]["access_token"] == retried[1]["access_token"]
    access_token = retried[0]["access_token"]
    token = verify(access_token)
    assert (token.user, token.sub) == (user, str(user.pk))
    assert token.issued_at.tzinfo is not None
    assert token.application.client_id == driver.application.client_id
    answer = Browser().get("/api", headers={"authorization": f"Bearer {access_token}"})
    assert (answer.status_code, answer.json()["user"]) == (200, user.get_username()), answer.content
    said = driver.introspect(access_token).json()
    assert said["active"], said
    assert 3000 < said["exp"] - timezone.now().timestamp() < 3700
    assert driver.revoke(access_token).status_code == 200
    assert Browser().get("/api", headers={"authorization": f"Bearer {access_token}"}).status_code == 401
    assert driver.refresh(retried[0]["refresh_token"]).status_code == 400


def main():
    assert "no issues" in run("check", fail_level="WARNING")
    without_tables = ("rest_framework", "staticfiles")
    for label in [one.label for one in apps.get_app_configs() if one.label not in ("oauth_provider", *without_tables)]:
        run("migrate", label)
    owner, user = make_user("owner"), make_user("user")
    kept, rotated = make_client("kept", owner, KEPT_SECRET), make_client("rotated", owner, ROTATED_SECRET)
    dot_tokens(kept, user)

    run("migrate")
    assert findings() == DEPLOY
    assert set(application_model().objects.values_list("user", flat=True)) == {None}
    assert ClientMember.objects.filter(user=owner, role="owner").count() == 2
    assert "No changes" in run("makemigrations", "--check", "--dry-run")

    ClientPolicy(application=kept, may_introspect=True, grant_types=["authorization_code", "refresh_token"]).save()
    driver = Driver(kept, scope="read write")
    whole_flow(driver, user)
    adopted = driver.refresh(DOT_REFRESH_TOKEN)
    assert parse_refresh_token(adopted.json()["refresh_token"]), adopted.content

    _row, rotated.secret = ClientSecret.objects.rotate(rotated, overlap=0)
    ClientPolicy(application=rotated, grant_types=["client_credentials"]).save()
    service = Driver(rotated, scope="read")
    assert service.token(grant_type="client_credentials", scope="read").status_code == 200
    left, bound = (driver.tokens()["access_token"] for _ in range(2))
    TokenBinding.objects.filter(access_token__token_checksum=digest(bound)).update(cnf={"jkt": "thumbprint"})
    application_model().objects.bulk_create([application_model()(client_id="blank", user=owner, **blank_columns())])
    assert "deleted" in run("oauth_sweep")

    run("migrate", "oauth_provider", "zero")
    print(left, bound)  # noqa: T201 - the second process tries them


if __name__ == "__main__":
    main()
