"""Rules of keys, subjects and frames (RFC 7591 §2, OpenID Connect Registration §2). Some fetch what a client names."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from oauth_provider.clients.keys.encryption import has_key
from oauth_provider.clients.registration.proposal import Fault, Proposal
from oauth_provider.clients.registration.sector_identifier import SectorError, check_sector
from oauth_provider.conf import provider_settings
from oauth_provider.models.client import ClientPolicy
from oauth_provider.protocol.frontchannel_logout import is_frame_uri
from oauth_provider.protocol.registration import PRIVATE_KEY_JWT
from oauth_provider.protocol.subject import PAIRWISE, sector_of

KEYS = frozenset({"jwks", "jwks_uri", "require_signed_request_object", "token_endpoint_auth_method"})
ENCRYPTION = frozenset({"id_token_encrypted_response_alg", "jwks", "jwks_uri"})
SUBJECTS = frozenset({"subject_type", "sector_identifier_uri", "redirect_uris"})
FRAMES = frozenset({"frontchannel_logout_uri", "redirect_uris"})


def check_keys(proposal: Proposal) -> Iterator[Fault]:
    """Refuse keys beside their address, and what is to be signed or encrypted without a key for it."""
    policy, changed = proposal.policy, proposal.changed
    has_keys = bool(policy.jwks or policy.jwks_uri)
    if changed & KEYS and policy.jwks and policy.jwks_uri:
        yield Fault("jwks_uri", _("Give the keys or their address, not both (RFC 7591 §2)."))
    elif changed & KEYS and policy.require_signed_request_object and not has_keys:
        yield Fault("require_signed_request_object", _("Without keys the client can sign nothing."))
    elif changed & KEYS and proposal.metadata.token_endpoint_auth_method == PRIVATE_KEY_JWT and not has_keys:
        yield Fault("token_endpoint_auth_method", _("Without keys the client can sign nothing."))
    elif changed & ENCRYPTION and policy.id_token_encrypted_response_alg and not has_key(policy):
        yield Fault("id_token_encrypted_response_alg", _encryption_fault(policy))


def check_subjects(proposal: Proposal) -> Iterator[Fault]:
    """Refuse pairwise subjects without the secret that they are made with, or a sector (OpenID Connect Core §8.1)."""
    policy, redirect_uris = proposal.policy, proposal.metadata.redirect_uris
    if not proposal.changed & SUBJECTS:
        return
    if policy.subject_type == PAIRWISE and not provider_settings.PAIRWISE_SECRET:
        yield Fault("subject_type", _('The settings of this server have no OAUTH_PROVIDER["PAIRWISE_SECRET"].'))
    elif policy.subject_type == PAIRWISE and not sector_of(redirect_uris, policy.sector_identifier_uri):
        text = _("Pairwise subjects need it where the redirect URIs do not share one https host.")
        yield Fault("sector_identifier_uri", text)
    elif policy.sector_identifier_uri and (text := _sector_fault(policy.sector_identifier_uri, redirect_uris)):
        yield Fault("sector_identifier_uri", text)


def check_frames(proposal: Proposal) -> Iterator[Fault]:
    """Refuse a frame on an origin that is none of the client's (OpenID Connect Front-Channel Logout §2)."""
    frame, redirect_uris = proposal.metadata.frontchannel_logout_uri, list(proposal.metadata.redirect_uris)
    if proposal.changed & FRAMES and frame and not is_frame_uri(frame, redirect_uris):
        text = _("Scheme, host and port must be those of one of the redirect URIs.")
        yield Fault("frontchannel_logout_uri", text)


def _encryption_fault(policy: ClientPolicy) -> str:
    if policy.jwks_uri:
        text = _("No key for %(alg)s can be fetched from the address of its keys (OpenID Connect Core §10.2).")
    else:
        text = _("Among its keys is none for %(alg)s (OpenID Connect Core §10.2).")
    return text % {"alg": policy.id_token_encrypted_response_alg}


def _sector_fault(sector_identifier_uri: str, redirect_uris: tuple[str, ...]) -> str:
    try:
        check_sector(sector_identifier_uri, redirect_uris)
    except SectorError as error:
        if error.missing:
            return _("The document there does not list %(uri)s.") % {"uri": error.missing[0]}
        return _("No JSON array of redirect URIs can be fetched from there.")
    return ""
