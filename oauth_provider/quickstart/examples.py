"""Examples that are printed for a client: commands for a shell by its grants, and code by its kind.

The code of a kind is in ``texts/<kind>/``. The first line of a text is its title, ``.file`` ends the name of one that
is a whole file, ``.piece`` that of a part, and the suffix before it is the language. Every value is put in as a literal
of that language, so that no name becomes code. A text that has nothing to say for a client is empty.

``texts/<kind>/portal/`` has what the developer portal shows beside, for who has no access to this project.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.template import Context, Engine

from oauth_provider.conf import provider_settings
from oauth_provider.protocol.id_token import OPENID
from oauth_provider.quickstart import shell
from oauth_provider.quickstart.literal import LITERALS, VARIABLES
from oauth_provider.quickstart.made import OWN_GRANT, WEB_SCHEMES, FirstRequest, MadeClient
from oauth_provider.quickstart.server import Server
from oauth_provider.registry.scope import project_scopes

TEXTS = Path(__file__).with_name("texts")
FILE, PIECE = ".file", ".piece"
PORTAL = "portal"
# Texts of ``oauth_quickstart`` that are for whoever develops a client, too.
SHARED: Mapping[str, tuple[str, ...]] = {"web": ("client.py.file",), "api": ("settings.py.piece",)}
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
# Where the web client listens if its redirect URI does not say.
PORT = 8765
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Example:
    """Text to paste. ``language`` is the usual suffix of such, and ``file`` its name where it is a whole file."""

    title: str
    language: str
    text: str
    file: str = ""

    def as_json(self) -> dict[str, str]:
        """Return all of it."""
        return {"title": self.title, "language": self.language, "file": self.file, "text": self.text}


def examples(made: MadeClient, server: Server, request: FirstRequest | None, api: str) -> tuple[Example, ...]:
    """Return the examples for a client. ``api`` is what to call with the token, empty where nobody said."""
    values = _values(made, server, api)
    texts = (_render(path, values) for path in _paths(made.draft.kind.name))
    return (*_commands(made, server, request, api), *(one for one in texts if one is not None))


def examples_for_developers(made: MadeClient, server: Server, request: FirstRequest | None) -> tuple[Example, ...]:
    """Return the examples for whoever develops a client of somebody else's server, code first."""
    kind, values = made.draft.kind.name, _values(made, server, "")
    shared = (TEXTS / kind / name for name in SHARED.get(kind, ()))
    texts = (_render(path, values) for path in (*shared, *_paths(f"{kind}/{PORTAL}")))
    commands = _commands_of_client(made, server, request, _call(made, server, ""))
    return (*(one for one in texts if one is not None), *commands)


def is_tried_here(server: Server) -> bool:
    """Is the provider one that a developer starts on this machine?"""
    parts = urlsplit(server.issuer)
    return settings.DEBUG and parts.scheme == "http" and parts.hostname in LOOPBACK


def file_of(kind: str) -> str:
    """Return the name of the file that a client of this kind may begin with; empty where it has none."""
    return next((path.stem for path in _paths(kind) if path.suffix == FILE), "")


def _commands(made: MadeClient, server: Server, request: FirstRequest | None, api: str) -> Iterator[Example]:
    call = _call(made, server, api)
    if is_tried_here(server):
        yield Example("Serve this project, in another terminal.", "sh", shell.runserver(server))
    yield from _commands_of_client(made, server, request, call)
    if made.draft.kind.grant_types and not made.draft.resource:
        title = "Or watch the whole flow, played and explained, while the server runs."
        yield Example(title, "sh", shell.walk(made, server))


def _commands_of_client(made: MadeClient, server: Server, request: FirstRequest | None, call: str) -> Iterator[Example]:
    if request is not None:
        yield Example(_opening(request), "url", request.url)
        seconds = provider_settings.AUTHORIZATION_CODE_LIFETIME
        yield Example(f"Redeem the code within {seconds} seconds.", "sh", shell.redeem(made, request, server, call))
    if made.may(OWN_GRANT):
        yield Example("Get an access token, and call an API with it.", "sh", shell.own_token(made, server, call))
    if made.draft.kind.may_introspect:
        title = "Ask what an access token is worth. That of another client of this server is one to try."
        yield Example(title, "sh", shell.introspect(made, server))


def _opening(request: FirstRequest) -> str:
    title = "Open this in a browser, log in and agree."
    if urlsplit(request.redirect_uri).scheme in WEB_SCHEMES:
        return f"{title} If nobody answers at {request.redirect_uri}, the address bar has the code."
    return f"{title} The browser is then sent into the app: its developer tools show the address, with the code."


def _call(made: MadeClient, server: Server, api: str) -> str:
    """Return the command that uses the token; empty where nothing is known that takes it."""
    if api:
        return shell.call(api)
    if made.draft.kind.usual_resource:
        return shell.call_mcp(made.draft.resource)
    if made.may(OWN_GRANT):
        return shell.call(hello_url(server))
    takes_userinfo = OPENID in made.draft.scopes and not made.draft.resource
    return shell.call(server.endpoints["userinfo_endpoint"]) if takes_userinfo else ""


def hello_url(server: Server) -> str:
    """Return the address of the view in ``texts/service/``, if it is pasted."""
    return urljoin(server.root, "api/hello")


@cache
def _paths(kind: str) -> tuple[Path, ...]:
    return tuple(sorted(path for path in (TEXTS / kind).glob("*") if path.suffix in (FILE, PIECE)))


@cache
def _engine() -> Engine:
    """Return an engine of our own: a project may have none of Django's, and nothing here is HTML."""
    return Engine(dirs=[str(TEXTS)], autoescape=False)


def _render(path: Path, values: Mapping[str, str | bool | int]) -> Example | None:
    language = Path(path.stem).suffix.removeprefix(".")
    quote = LITERALS[language]
    quoted = {name: quote(value) if isinstance(value, str) else value for name, value in values.items()}
    if values["secret_variable"]:
        quoted["client_secret"] = VARIABLES[language].format(name=values["secret_variable"])
    template = _engine().get_template(path.relative_to(TEXTS).as_posix())
    title, _newline, text = template.render(Context(quoted, autoescape=False, use_l10n=False)).strip().partition("\n")
    if not title:
        return None
    return Example(title, language, text.strip() + "\n", path.stem if path.suffix == FILE else "")


def _values(made: MadeClient, server: Server, api: str) -> dict[str, str | bool | int]:
    """Return all that texts may say. A condition is a bool: an empty text is a literal, too."""
    resource, scopes = made.draft.resource, made.draft.scopes
    return {
        "client_id": made.client_id,
        "client_secret": made.client_secret,
        "secret_variable": made.secret_variable,
        "from_environment": bool(made.secret_variable),
        "client_name": made.draft.name,
        "scope": made.scope,
        "first_scope": next((one for one in scopes if one in project_scopes()), next(iter(scopes), "")),
        "signs_in": OPENID in scopes and not resource,
        "issuer": server.issuer,
        "discovery": server.discovery,
        "introspection_endpoint": server.endpoints.get("introspection_endpoint", ""),
        "resource": resource,
        "has_resource": bool(resource),
        "api": api,
        "has_api": bool(api),
        "settings_module": os.environ.get("DJANGO_SETTINGS_MODULE", ""),
        "app_redirect_uri": made.app_redirect_uri,
        "has_app_redirect": bool(made.app_redirect_uri),
        **_address_of_client(made.redirect_uri),
        **_address_of_resource(resource),
    }


def _address_of_client(redirect_uri: str) -> dict[str, str | bool | int]:
    """Return where a web client listens, and its two paths, of which the callback is given."""
    parts = urlsplit(redirect_uri)
    host, is_local = parts.hostname or "", parts.scheme == "http" and parts.hostname in LOOPBACK
    port = parts.port or PORT
    shown = f"[{host}]" if ":" in host else host
    # Any port fits where none is registered (RFC 8252 §7.3).
    uri = parts._replace(netloc=f"{shown}:{port}").geturl() if is_local else redirect_uri
    callback = unquote(parts.path).removeprefix("/")
    return {
        "redirect_uri": uri,
        "callback_port": port,
        "redirect_host": shown,
        "is_local": is_local,
        "listen": f"{shown}:{port}" if is_local else f"127.0.0.1:{PORT}",
        "callback_path": callback,
        "home_path": "" if callback else "home",
    }


def _address_of_resource(resource: str) -> dict[str, str | bool | int]:
    """Return where an MCP server listens that is known as ``resource``."""
    parts = urlsplit(resource)
    return {
        "resource_path": parts.path or "/",
        "resource_host": parts.hostname or "",
        "resource_port": parts.port or DEFAULT_PORTS.get(parts.scheme, 0),
    }
