"""The project with django-oauth-toolkit alone as an OpenID Provider, which it is not by default."""

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from benchmarks.settings_dot import *  # noqa: F403 - settings that begin with another module's
from benchmarks.settings_dot import SCOPES, database

_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
_PEM = _KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

DATABASES = {"default": database("dot_oidc")}
OAUTH2_PROVIDER = dict(SCOPES={"openid": "Know who you are", **SCOPES}, OIDC_ENABLED=True, OIDC_RSA_PRIVATE_KEY=_PEM)
