"""Clients: DOT's Application and what it lacks: a policy of what it may do (RFC 6749 §2)."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models, router
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from oauth_provider.dot.names import APPLICATION, Row, application_model
from oauth_provider.dot.usability import is_usable
from oauth_provider.models.client_legacy import ClientLegacy
from oauth_provider.models.client_metadata import ClientMetadata
from oauth_provider.models.client_presentation import ClientPresentation
from oauth_provider.models.client_registration import ClientRegistration
from oauth_provider.models.lifetimes import Lifetimes
from oauth_provider.models.primary import PrimaryManager
from oauth_provider.models.validation import (
    check_frame_uri,
    check_jwks,
    check_known,
    check_logout_uri,
    check_names,
)
from oauth_provider.protocol.jose import ALGORITHMS
from oauth_provider.protocol.registration import NO_AUTHENTICATION

# DOT keeps one grant type for each application; these are the grants of ours that it stands for.
# Its implicit and password grants stand for none (RFC 9700 §2.1.2 and §2.4).
GRANT_TYPES_OF_DOT = {
    "authorization-code": ("authorization_code", "refresh_token"),
    "openid-hybrid": ("authorization_code", "refresh_token"),
    "client-credentials": ("client_credentials",),
}
DOT_OF_GRANT_TYPE = {"authorization_code": "authorization-code", "client_credentials": "client-credentials"}


class ClientPolicy(ClientMetadata, ClientPresentation, ClientRegistration, ClientLegacy, Lifetimes):
    """The permissions of a client. Without a row, the client has ``ClientPolicy.default_for`` its application."""

    class Status(models.TextChoices):
        """The use that may be made of a client. Nobody has vouched for an unapproved one, which works for everybody.

        One that is a draft, or pending, is in test mode: it works for its own team alone.
        """

        DRAFT = "draft", _("draft")
        PENDING = "pending", _("waiting for approval")
        UNAPPROVED = "unapproved", _("not yet approved")
        APPROVED = "approved", _("approved")
        SUSPENDED = "suspended", _("suspended")

    application = models.OneToOneField(
        APPLICATION, on_delete=models.CASCADE, primary_key=True, related_name="oauth_policy"
    )
    status = models.CharField(_("status"), max_length=16, choices=Status.choices, default=Status.APPROVED)
    grant_types = models.JSONField(_("grant types"), default=list, validators=[check_names])
    scopes = models.JSONField(
        _("scopes"),
        null=True,
        blank=True,
        validators=[check_names],
        help_text=_("A list of scopes; none given (null): every scope there is."),
    )
    token_endpoint_auth_method = models.CharField(
        _("authentication method"),
        max_length=32,
        blank=True,
        default="",
        help_text=_("How it proves itself at the token endpoint. None: any way that fits its type."),
    )
    id_token_signed_response_alg = models.CharField(
        _("ID token algorithm"),
        max_length=16,
        choices=[(alg, alg) for alg in ALGORITHMS],
        default="RS256",
        help_text=_("What ID tokens for this client are signed with."),
    )
    userinfo_signed_response_alg = models.CharField(
        _("userinfo algorithm"),
        max_length=16,
        blank=True,
        choices=[(alg, alg) for alg in ALGORITHMS],
        help_text=_("None: userinfo answers plain JSON."),
    )
    backchannel_logout_uri = models.CharField(
        _("back-channel logout URI"),
        max_length=2048,
        blank=True,
        validators=[check_logout_uri],
        help_text=_("Where logout tokens are sent when a session ends."),
    )
    backchannel_logout_session_required = models.BooleanField(
        _("back-channel logout needs sid"), default=False, help_text=_("Logout tokens always name the session.")
    )
    frontchannel_logout_uri = models.CharField(
        _("front-channel logout URI"),
        max_length=2048,
        blank=True,
        validators=[check_logout_uri],
        help_text=_("Opened in a frame when a session ends; on the same host as a redirect URI."),
    )
    frontchannel_logout_session_required = models.BooleanField(
        _("front-channel logout needs sid"), default=False, help_text=_("The frame always names the session.")
    )
    context = models.CharField(
        _("context"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("The key of the context that it acts in for itself: an organisation, where the project has them."),
    )
    may_introspect = models.BooleanField(_("may introspect tokens"), default=False)
    rotate_refresh_tokens = models.BooleanField(
        _("rotate refresh tokens"),
        default=True,
        help_text=_("Off only for clients that FAPI 2.0 forbids it for; needs a confidential client."),
    )
    default_max_age = models.PositiveIntegerField(
        _("default max_age"),
        null=True,
        blank=True,
        help_text=_("In seconds: for how long a sign-in serves where a request does not say (OpenID Connect)."),
    )
    require_pushed_authorization_requests = models.BooleanField(
        _("requires pushed authorization requests"),
        default=False,
        help_text=_("Its requests must be pushed (RFC 9126)."),
    )
    jwks = models.JSONField(
        _("keys"),
        null=True,
        blank=True,
        validators=[check_jwks],
        help_text=_("A JWK Set of its public keys, with which what it signs is verified (RFC 7591)."),
    )
    require_signed_request_object = models.BooleanField(
        _("requires signed requests"), default=False, help_text=_("Its requests must be signed (RFC 9101).")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects: ClassVar[PrimaryManager[Any]] = PrimaryManager()

    class Meta:
        verbose_name = _("client policy")
        verbose_name_plural = _("client policies")

    def __str__(self) -> str:
        return f"policy of {self.application_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and write the grant type through to DOT's column, which must stay true."""
        super().save(*args, **kwargs)
        written = self.dot_grant_type(self.application.authorization_grant_type)
        if written != self.application.authorization_grant_type:
            self.application.authorization_grant_type = written
            self.application.save(update_fields=["authorization_grant_type"])

    def clean(self) -> None:
        """Refuse names that there are not, and a frame at another origin (Front-Channel Logout §2)."""
        super().clean()
        check_known(self)
        if self.application_id:
            check_frame_uri(self.frontchannel_logout_uri, self.application.redirect_uris.split())

    @classmethod
    def default_for(cls, application: Row) -> "ClientPolicy":
        """The policy of an application that has no row: what its own columns say, never more."""
        registered_itself = getattr(application, "registration_source", "manual") != "manual"
        return cls(
            application=application,
            status=cls.Status.UNAPPROVED if registered_itself else cls.Status.APPROVED,
            grant_types=list(GRANT_TYPES_OF_DOT.get(application.authorization_grant_type, ())),
        )

    @classmethod
    def of(cls, application: Row) -> "ClientPolicy":
        """The policy of ``application``; costs no statement where ``oauth_policy`` was selected with it."""
        field: Any = cls._meta.get_field("application")
        relation = field.remote_field
        if not relation.is_cached(application):
            found = cls.objects.filter(application_id=application.pk).first()
            if found is not None:
                field.set_cached_value(found, application)
            relation.set_cached_value(application, found)
        policy: ClientPolicy | None = relation.get_cached_value(application)
        return policy if policy is not None else cls.default_for(application)

    def dot_grant_type(self, current: str) -> str:
        """Return what DOT's column should say: ``current``, unless that stands for none of these grants."""
        written = next((DOT_OF_GRANT_TYPE[name] for name in self.grant_types if name in DOT_OF_GRANT_TYPE), None)
        stands = not set(GRANT_TYPES_OF_DOT.get(current, ())).isdisjoint(self.grant_types)
        return current if stands or written is None else written

    @property
    def is_suspended(self) -> bool:
        """Refused wherever a token is used and wherever one is issued."""
        return self.status == self.Status.SUSPENDED

    @property
    def is_in_test_mode(self) -> bool:
        """Does it work for the members of its own team alone?"""
        return self.status in TEST_MODE


TEST_MODE = frozenset({ClientPolicy.Status.DRAFT, ClientPolicy.Status.PENDING})


@dataclass(frozen=True, slots=True)
class Client:
    """A client: ``application`` is DOT's row, ``policy`` its permissions."""

    application: Row
    policy: ClientPolicy

    @property
    def is_registered(self) -> bool:
        """Does it have rows? One that only its document describes has none."""
        return not self.application._state.adding

    @property
    def is_barred(self) -> bool:
        """Suspended here, or not usable in the words of DOT's model."""
        return self.policy.is_suspended or not is_usable(self.application)

    @property
    def client_id(self) -> str:
        """RFC 6749 §2.2."""
        return str(self.application.client_id)

    @property
    def is_public(self) -> bool:
        """RFC 6749 §2.1: a client that cannot keep a secret."""
        return bool(self.application.client_type == "public")

    @property
    def redirect_uris(self) -> tuple[str, ...]:
        """Return the registered redirect URIs (RFC 6749 §3.1.2)."""
        return tuple(self.application.redirect_uris.split())

    @property
    def post_logout_redirect_uris(self) -> tuple[str, ...]:
        """Return the URIs to which a browser may go after a logout."""
        return tuple(self.application.post_logout_redirect_uris.split())

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """The origins whose scripts may read our answers to this client."""
        return tuple(self.application.allowed_origins.split())

    @property
    def keeps_refresh_token(self) -> bool:
        """FAPI 2.0 §5.3.2.1 wants no rotation. A public client's token, bound to nothing, always rotates."""
        return not self.policy.rotate_refresh_tokens and not self.is_public

    def allows_grant_type(self, grant_type: str) -> bool:
        """May this client use this grant?"""
        return grant_type in self.policy.grant_types

    def allows_authentication_method(self, method: str) -> bool:
        """Is this how the client authenticates? One that keeps a secret never uses ``none``.

        A public client does, or sends the secret that DOT gave it, which must then be right and proves nothing.
        """
        if self.is_public:
            return self.policy.token_endpoint_auth_method in ("", NO_AUTHENTICATION)
        return method != NO_AUTHENTICATION and self.policy.token_endpoint_auth_method in ("", method)


def is_barred(application: Row) -> bool:
    """May nothing be issued to this client, and nothing of it be used?"""
    return ClientPolicy.of(application).is_suspended or not is_usable(application)


def as_client(application: Row) -> Client:
    """The client of a row, with its policy."""
    return Client(application, ClientPolicy.of(application))


def allowed_origins() -> QuerySet[Any, Any]:
    """The ``allowed_origins`` columns of all clients: for a preflight, which names no client."""
    return _rows().exclude(allowed_origins="").values_list("allowed_origins", flat=True)


def _rows() -> QuerySet[Any, Any]:
    model = application_model()
    rows: QuerySet[Any, Any] = model._base_manager.using(router.db_for_write(model)).all()
    return rows
