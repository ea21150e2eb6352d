"""What the demo begins with: a user, an operator and some clients. All of it follows from ``SECRET_KEY``."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import User
from django.db import transaction

from demo_project import addresses
from demo_project.gallery.models import Photo
from demo_project.notes.models import Note, Workspace
from demo_project.photos.prints import PHOTO_PRINT
from demo_project.photos.prints import PHOTOS as PHOTO_TITLES
from oauth_provider.dot.names import Row, application_model
from oauth_provider.dot.secret import unusable_secret
from oauth_provider.models import ClientLogo, ClientPolicy, ClientSecret
from oauth_provider.protocol.digest import digest_of_bytes
from oauth_provider.protocol.token_string import ALPHABET, CLIENT_SECRET, SECRET_LENGTH, checksum

IMAGES = Path(__file__).parent / "static" / "demo"
USERNAME = "demo"
OPERATOR = "admin"
MEMBER = "noor"
PASSWORD_LENGTH = 16
NOTES = ("notes:read", "notes:write")
PHOTOS = ("photos:read", "photos:print")
PERSON = ("openid", "profile", "email")
FIRST_NOTES = ("Water the plants", "Ask Noor about Saturday", "Milk, bread, coffee")
WORKSPACES = {"Bakery": ("Order flour", "New sign for the door"), "Choir": ("Concert on the 12th",)}
CODE = ("authorization_code", "refresh_token")
NOTES_API, PHOTOS_API = f"{addresses.ISSUER}/api/notes/", f"{addresses.PHOTOS_RESOURCE}/"
API = (
    ("GET", NOTES_API, ("notes:read",)),
    ("POST", NOTES_API, ("notes:write",)),
    ("DELETE", NOTES_API + "{id}/", ("notes:write",)),
    ("GET", NOTES_API + "everyone/", ("notes:everyone",)),
    ("GET", PHOTOS_API, ("photos:read",)),
    ("GET", PHOTOS_API + "album", ("photos:read",)),
    ("POST", PHOTOS_API + "{name}/print", ("photos:print",)),
    ("POST", addresses.ASSISTANT_RESOURCE, ("notes:read",)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoClient:
    """One client of the demo. ``key`` is its name in the output of ``demo_seed --json``."""

    key: str
    name: str
    about: str
    grant_types: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    confidential: bool = True
    may_introspect: bool = False
    authorization_details_types: tuple[str, ...] = ()
    logo: str = ""
    shown: Mapping[str, str] = field(default_factory=dict)

    @property
    def client_id(self) -> str:
        """Readable, and the same on every machine."""
        return f"demo-{self.key.replace('_', '-')}"

    @property
    def client_secret(self) -> str | None:
        """Has the shape of a secret that the server makes itself; None for a public client."""
        if not self.confidential:
            return None
        body = CLIENT_SECRET + derive(f"client secret of {self.key}", SECRET_LENGTH)
        return body + checksum(body)

    @property
    def columns(self) -> dict[str, Any]:
        """DOT's own columns, without its secret: ours is in ``ClientSecret``."""
        return {
            "name": self.name,
            "client_type": "confidential" if self.confidential else "public",
            "authorization_grant_type": "authorization-code" if self.redirect_uris else "client-credentials",
            "redirect_uris": " ".join(self.redirect_uris),
            "post_logout_redirect_uris": " ".join(self.post_logout_redirect_uris),
            "allowed_origins": " ".join(self.allowed_origins),
            "skip_authorization": False,
        }

    @property
    def policy(self) -> dict[str, Any]:
        """The columns of its ``ClientPolicy``, all of them: what somebody changed in the admin is mended too."""
        columns = [one for one in ClientPolicy._meta.concrete_fields if not one.primary_key and one.editable]
        return {
            **{one.name: one.get_default() for one in columns},
            "grant_types": list(self.grant_types),
            "scopes": list(self.scopes),
            "may_introspect": self.may_introspect,
            "authorization_details_types": list(self.authorization_details_types),
            "logo": digest_of_bytes(self.image) if self.logo else "",
            **self.shown,
        }

    @property
    def image(self) -> bytes:
        """Return its logo, a PNG, which is small already."""
        return (IMAGES / self.logo).read_bytes()

    def as_json(self) -> dict[str, Any]:
        """What a program needs to be this client."""
        secret = {"client_secret": self.client_secret} if self.confidential else {}
        return {
            "client_id": self.client_id,
            **secret,
            "redirect_uris": list(self.redirect_uris),
            "scopes": list(self.scopes),
        }


def clients() -> tuple[DemoClient, ...]:
    """All of them."""
    return (
        DemoClient(
            key="web",
            name="Photo Book",
            about="a web application with a server of its own",
            grant_types=CODE,
            scopes=(*PERSON, *NOTES, "notes:everyone", *PHOTOS),
            authorization_details_types=(PHOTO_PRINT,),
            logo="photo_book.png",
            shown={
                "publisher": "Photo Book Ltd",
                "verified_host": "photobook.example",
                "accent_color": "#0f766e",
                "client_uri": "https://photobook.example/",
                "policy_uri": "https://photobook.example/privacy",
                "tos_uri": "https://photobook.example/terms",
            },
            redirect_uris=(f"{settings.ISSUER}/demo/callback",),
            post_logout_redirect_uris=(f"{settings.ISSUER}/",),
        ),
        DemoClient(
            key="spa",
            name="Notes in the browser",
            about="a single-page application; its origin may call us (CORS)",
            grant_types=CODE,
            scopes=(*PERSON, *NOTES),
            redirect_uris=("http://localhost:3000/callback",),
            allowed_origins=("http://localhost:3000",),
            confidential=False,
        ),
        DemoClient(
            key="native",
            name="Notes on the desktop",
            about="an installed application; it listens on any port of 127.0.0.1",
            grant_types=CODE,
            scopes=(*PERSON, *NOTES),
            redirect_uris=("http://127.0.0.1/callback",),
            confidential=False,
        ),
        DemoClient(
            key="service",
            name="Nightly report",
            about="a program that acts for itself",
            grant_types=("client_credentials",),
            scopes=NOTES,
        ),
        DemoClient(
            key="resource_server",
            name="Notes API",
            about="an API elsewhere; it may ask what a token is worth",
            may_introspect=True,
        ),
        DemoClient(
            key="photos",
            name="Photos",
            about="the second service of this demo; it has no database, and asks what a token is worth",
            may_introspect=True,
        ),
        DemoClient(
            key="api_docs",
            name="API reference",
            about="the page on which you try the notes API out",
            grant_types=CODE,
            scopes=NOTES,
            redirect_uris=(f"{settings.ISSUER}/api/docs/callback",),
            confidential=False,
        ),
        DemoClient(
            key="assistant",
            name="Assistant",
            about="an MCP client on the desktop; it listens on any port of 127.0.0.1",
            grant_types=CODE,
            scopes=(*NOTES, "offline_access"),
            redirect_uris=("http://127.0.0.1/callback",),
            confidential=False,
        ),
    )


def client_called(key: str) -> DemoClient:
    """The client with this key."""
    return next(client for client in clients() if client.key == key)


def derive(purpose: str, length: int) -> str:
    """``length`` base62 characters for ``purpose``, always the same under one ``SECRET_KEY``."""
    mac = hmac.new(settings.SECRET_KEY.encode(), f"demo_seed: {purpose}".encode(), hashlib.sha256)
    number, text = int.from_bytes(mac.digest()), ""
    for _ in range(length):
        number, digit = divmod(number, len(ALPHABET))
        text += ALPHABET[digit]
    return text


def password() -> str:
    """The demo user's password."""
    return derive("password", PASSWORD_LENGTH)


def member_password() -> str:
    """The password of the one who belongs to two workspaces."""
    return derive("member's password", PASSWORD_LENGTH)


def operator_password() -> str:
    """The password of the one who may use the admin."""
    return derive("operator's password", PASSWORD_LENGTH)


def describe() -> dict[str, Any]:
    """The demo as one JSON object; see ``docs/how-to/install.md``."""
    return {
        "issuer": settings.ISSUER,
        "user": {"username": USERNAME, "password": password()},
        "member": {"username": MEMBER, "password": member_password(), "workspaces": list(WORKSPACES)},
        "operator": {"username": OPERATOR, "password": operator_password()},
        "clients": {client.key: client.as_json() for client in clients()},
        "api": [{"method": method, "url": url, "scopes": list(scopes)} for method, url, scopes in API],
    }


@transaction.atomic
def seed() -> None:
    """Make what is missing and mend what differs; a second run writes nothing."""
    robin = seed_user(USERNAME, password(), first_name="Robin", email="robin@example.com")
    noor = seed_user(MEMBER, member_password(), first_name="Noor", email="noor@example.com")
    seed_notes(robin)
    seed_photos(robin, *PHOTO_TITLES)
    seed_photos(noor, "noor")
    seed_workspaces(noor)
    seed_user(OPERATOR, operator_password(), is_staff=True, is_superuser=True)
    for client in clients():
        application = seed_application(client)
        policy = seed_row(ClientPolicy, {"application": application}, client.policy)
        if client.logo:
            seed_row(ClientLogo, {"application": application}, {"digest": policy.logo, "image": client.image})
        if client.client_secret is not None:
            ClientSecret.objects.store(application, client.client_secret, label="demo")


def seed_application(client: DemoClient) -> Row:
    """DOT's row of a client; nobody's secret stands where DOT would keep one."""
    model = application_model()
    model._base_manager.get_or_create(
        client_id=client.client_id, defaults={**client.columns, "client_secret": unusable_secret()}
    )
    return seed_row(model, {"client_id": client.client_id}, client.columns)


def seed_user(username: str, password: str, **columns: Any) -> User:
    """A user of the demo. ``User.check_password`` may write, so the hasher is asked."""
    user: User = seed_row(User, {"username": username}, {"is_active": True, **columns})
    if not check_password(password, user.password):
        user.set_password(password)
        user.save(update_fields=["password"])
    return user


def seed_notes(user: User) -> None:
    """Something to read, where there is nothing."""
    if not user.notes.exists():
        Note.objects.bulk_create(Note(owner=user, text=text) for text in FIRST_NOTES)


def seed_photos(user: User, *names: str) -> None:
    """Photos to choose from, where there are none."""
    if not user.photos.exists():
        Photo.objects.bulk_create(Photo(owner=user, name=name, title=PHOTO_TITLES[name]) for name in names)


def seed_workspaces(user: User) -> None:
    """Workspaces that the user belongs to, each with notes of its own."""
    for name, texts in WORKSPACES.items():
        workspace, is_new = Workspace.objects.get_or_create(name=name)
        if is_new:
            workspace.members.add(user)
            Note.objects.bulk_create(Note(owner=user, workspace=workspace, text=text) for text in texts)


def seed_row(model: type[Row], key: dict[str, Any], columns: dict[str, Any]) -> Row:
    """The row that ``key`` finds, with these columns; saved only where they differ."""
    row = model._base_manager.filter(**key).first() or model(**key)
    if row._state.adding or any(getattr(row, name) != value for name, value in columns.items()):
        for name, value in columns.items():
            setattr(row, name, value)
        row.save()
    return row
