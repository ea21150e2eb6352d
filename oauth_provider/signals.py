"""Signals, sent after the commit of what they tell. Receivers get keyword arguments; none of them is a secret."""

from django.dispatch import Signal

# application, user (None for a client's own token), grant_type, scope, authorization (or None)
token_issued = Signal()
# authorization, reason
authorization_revoked = Signal()
# checksums: of access tokens that were revoked one by one, as those that hang on no authorization are
access_tokens_revoked = Signal()
# application, user, scope, resources: the scope was agreed to at each of these resources, at none: anywhere
consent_given = Signal()
# application, user
consent_withdrawn = Signal()
# client_id, address, method
client_authentication_failed = Signal()
# reason, error, description, detail, client_id (empty where none was made out), path, address, reference
request_refused = Signal()
# event: any of the classes in oauth_provider.events.event, which is the sender, too
event_emitted = Signal()
