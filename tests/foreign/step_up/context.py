"""How people signed in by django-allauth: the example of ``docs/how-to/authentication.md``, word for word."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.urls import reverse
from django.utils.http import urlencode

from oauth_provider.authorization.context import AuthenticationContext, Context
from oauth_provider.authorization.sign_in import moment, recorded

PASSWORD, MFA = "urn:example:password", "urn:example:mfa"
AMR = {"password": "pwd", "totp": "otp", "recovery_codes": "otp", "webauthn": "hwk"}  # RFC 8176


class AllauthContext(AuthenticationContext):
    """django-allauth notes in the session when and by which methods a person signed in."""

    acr_values_supported = (PASSWORD, MFA)

    def describe(self, request):
        records = get_authentication_records(request, request.user)
        # Who shows a second factor later on has been authenticated anew.
        last = max((record["at"] for record in records), default=recorded(request).seconds)
        methods = {record.get("type") or record["method"] for record in records}
        acr = MFA if any(record["method"] == "mfa" for record in records) else PASSWORD
        return Context(moment(last), acr, tuple(sorted({AMR[name] for name in methods if name in AMR})))

    def satisfies(self, context, acr):
        return acr == context.acr or (acr, context.acr) == (PASSWORD, MFA)

    def step_up_url(self, request, acr_values, next_url):
        if MFA not in acr_values or not is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
            return None
        return f"{reverse('mfa_reauthenticate')}?{urlencode({'next': next_url})}"
