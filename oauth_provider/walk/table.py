"""The grants that can be walked through (RFC 6749 §1.3): the only list of them. A further one is one more file."""

from oauth_provider.walk.scene import Grant
from oauth_provider.walk.steps import authorization_code, client_credentials

GRANTS: dict[str, Grant] = {
    module.GRANT.grant_type: module.GRANT for module in (authorization_code, client_credentials)
}
