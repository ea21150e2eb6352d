"""``python -m tests.foreign.step_up.seed NAME [SECRET]``: a client, as JSON, and somebody with a secret of TOTP."""

import json
import sys

import django

django.setup()

from allauth.mfa.totp.internal.auth import TOTP  # noqa: E402

from tests.factories import ApplicationFactory, UserFactory  # noqa: E402

if __name__ == "__main__":
    name, *secret = sys.argv[1:]
    user = UserFactory(username=name)
    if secret:
        TOTP.activate(user, secret[0])
    application = ApplicationFactory(client_id=f"client-of-{name}")
    json.dump({"client_id": application.client_id, "secret": application.secret}, sys.stdout)
