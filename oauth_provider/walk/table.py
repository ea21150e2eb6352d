"""Table of the grants that can be walked through (RFC 6749 §1.3), the only list of them.

Each is one file in ``steps``.
"""

from oauth_provider.walk.scene import Grant
from oauth_provider.walk.steps import authorization_code, client_credentials

GRANTS: dict[str, Grant] = {
    module.GRANT.grant_type: module.GRANT for module in (authorization_code, client_credentials)
}
