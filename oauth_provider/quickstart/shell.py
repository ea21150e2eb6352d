"""Commands for a shell (curl), to be pasted as they stand (RFC 6749 §2.3.1, §3.2; RFC 6750 §2.1; RFC 7662 §2.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from oauth_provider.quickstart.literal import shell_literal
from oauth_provider.quickstart.made import CODE_GRANT, OWN_GRANT, FirstRequest, MadeClient
from oauth_provider.quickstart.server import Server

CODE, TOKEN = "paste-the-code", "paste-an-access-token"
# The one member of the answer, without a tool that might not be installed.
READ_TOKEN = """TOKEN=$(printf '%s' "$ANSWER" | sed -n 's/.*"access_token": *"\\([^"]*\\)".*/\\1/p')"""
SHOW_ANSWER = """printf '%s\\n' "$ANSWER\""""
BEARER = '-H "Authorization: Bearer $TOKEN"'
INDENT = " \\\n    "


@dataclass(frozen=True, slots=True)
class Variable:
    """Variable of the shell in the place of a value."""

    name: str


Form = Mapping[str, str | Variable]


def runserver(server: Server) -> str:
    """Return what serves the project where its issuer says."""
    parts = urlsplit(server.issuer)
    address = parts.netloc if parts.port else f"{parts.netloc}:80"
    return f"python manage.py runserver {shell_literal(address)}"


def redeem(made: MadeClient, request: FirstRequest, server: Server, then: str) -> str:
    """Return what redeems the code of ``request`` (RFC 6749 §4.1.3), and the command that uses the token ``then``."""
    form: Form = {
        "grant_type": CODE_GRANT,
        "code": Variable("CODE"),
        "redirect_uri": request.redirect_uri,
        "code_verifier": request.code_verifier,
        **_resource(made),
    }
    return _lines(f"CODE={CODE}", *_token_request(made, server, form), then)


def own_token(made: MadeClient, server: Server, then: str) -> str:
    """Return what gets a token for the client itself (RFC 6749 §4.4.2), and the command that uses it ``then``."""
    form: Form = {"grant_type": OWN_GRANT, "scope": made.scope, **_resource(made)}
    return _lines(*_token_request(made, server, form), then)


def introspect(made: MadeClient, server: Server) -> str:
    """Return what asks what a token is worth (RFC 7662 §2.1)."""
    endpoint = server.endpoints["introspection_endpoint"]
    return _lines(f"TOKEN={TOKEN}", _curl(endpoint, made, {"token": Variable("TOKEN")}))


def call(api: str) -> str:
    """Return a GET of ``api`` with the token of the command before (RFC 6750 §2.1)."""
    return _words("curl -sS", BEARER, _url(api))


def call_mcp(resource: str) -> str:
    """Return what lists the tools of an MCP server, with the token of the command before."""
    message = '{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'
    return _words(
        "curl -sS",
        BEARER,
        f"-H {shell_literal('Accept: application/json, text/event-stream')}",
        f"-H {shell_literal('Content-Type: application/json')}",
        f"-d {shell_literal(message)}",
        _url(resource),
    )


def walk(made: MadeClient, server: Server) -> str:
    """Return the command that plays the whole flow against the running server, and explains it."""
    secret = f"OAUTH_WALK_CLIENT_SECRET={shell_literal(made.client_secret)} " if made.client_secret else ""
    person = [f"--redirect-uri {shell_literal(made.redirect_uri)}", "--username USERNAME"]
    return _words(
        f"{secret}python manage.py oauth_walk",
        f"--url {shell_literal(server.issuer)}",
        f"--client-id {shell_literal(made.client_id)}",
        f"--scope {shell_literal(made.scope)}",
        *(person if made.may(CODE_GRANT) else [f"--grant {OWN_GRANT}"]),
    )


def delete(made: MadeClient) -> str:
    """Return what deletes the client where there is no admin."""
    program = (
        "from oauth2_provider.models import get_application_model; "
        f"get_application_model().objects.get(client_id={made.client_id!r}).delete()"
    )
    return f"python manage.py shell -c {shell_literal(program)}"


def _token_request(made: MadeClient, server: Server, form: Form) -> tuple[str, ...]:
    return f"ANSWER=$({_curl(server.endpoints['token_endpoint'], made, form)})", SHOW_ANSWER, READ_TOKEN


def _curl(url: str, made: MadeClient, form: Form) -> str:
    """Return a POST of ``form`` by the client: with its secret, or with its name alone."""
    is_public = not made.has_secret
    fields = {"client_id": made.client_id, **form} if is_public else form
    return _words(
        "curl -sS" if is_public else f"curl -sS -u {_credentials(made)}",
        *(f"--data-urlencode {_field(name, value)}" for name, value in fields.items()),
        _url(url),
    )


def _credentials(made: MadeClient) -> str:
    """Return both as one word (RFC 6749 §2.3.1). A secret of ours has no character that would be encoded."""
    client_id = quote(made.client_id, safe="")
    if made.secret_variable:
        return f'{shell_literal(f"{client_id}:")}"${made.secret_variable}"'
    return shell_literal(f"{client_id}:{quote(made.client_secret, safe='')}")


def _url(url: str) -> str:
    """Return ``url`` as an argument: curl would expand brackets, but for those of an address."""
    return f"-g {shell_literal(url)}" if set("[]{}") & set(url) else shell_literal(url)


def _field(name: str, value: str | Variable) -> str:
    return f'"{name}=${value.name}"' if isinstance(value, Variable) else shell_literal(f"{name}={value}")


def _resource(made: MadeClient) -> Form:
    return {"resource": made.draft.resource} if made.draft.resource else {}


def _words(*words: str) -> str:
    return INDENT.join(words)


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)
