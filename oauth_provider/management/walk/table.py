"""The grants that can be walked through (RFC 6749 §1.3): the only list of them. A further one is one more file."""

from oauth_provider.management.walk import authorization_code, client_credentials
from oauth_provider.management.walk.scene import Grant

GRANTS: dict[str, Grant] = {
    module.GRANT.grant_type: module.GRANT for module in (authorization_code, client_credentials)
}
