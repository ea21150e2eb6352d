"""The architecture, where import-linter cannot see it: the stand-alone half, and what files look like."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.each import each

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "oauth_provider"
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
BANNED_NAMES = {"utils", "helpers", "common", "core", "base", "services", "handlers"}
HTTP_LIBRARIES = {"requests", "urllib3", "httpx", "aiohttp", "http.client", "urllib.request", "socket"}
# Which files may import what nobody else does, function bodies included.
RESERVED = {
    "oauth2_provider": ("dot/", "bridge/"),
    "oauthlib": ("dot/", "bridge/"),
    "joserfc": ("protocol/jose.py",),
    "rest_framework": ("rest_framework/",),
    "redis": ("resource_server/denylist/redis_transport.py",),
}
METADATA = 'resource_metadata="https://api.example/.well-known/oauth-protected-resource/notes"'
# The half that runs without a provider, and all of ours that it may import.
SEPARABLE = {
    "protocol": ("protocol",),
    "resource_server": ("protocol", "fetch", "resource_server"),
    "rest_framework": ("protocol", "fetch", "resource_server", "rest_framework"),
}


def place(path):
    return path.relative_to(PACKAGE).as_posix()


def imports(source, package=""):
    """Every module that ``source`` imports, at any depth; a name from a package counts as a module."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def imports_of(path):
    return imports(path.read_text(), ".".join(path.relative_to(ROOT).parent.parts))


def is_within(module, names):
    return any(module == name or module.startswith(f"{name}.") for name in names)


def test_the_walk_sees_imports_in_functions_and_relative_ones():
    source = "import a.b\ndef f():\n    from c import d\n    from . import e\n    from ..g import h\n"
    assert imports(source, "x.y") == {"a.b", "c", "c.d", "x.y", "x.y.e", "x.g", "x.g.h"}


def test_there_are_files_to_look_at():
    assert {"resource_server/token.py", "rest_framework/permissions.py", "protocol/errors.py"} <= set(map(place, FILES))


# -- the stand-alone half ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stand_alone():
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.stand_alone"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_the_resource_server_imports_nothing_of_the_provider(stand_alone):
    assert stand_alone["imported"] == []


@pytest.mark.spec("RFC 6750", "3.1")
def test_an_api_without_a_provider_or_a_database_answers_401_403_and_200(stand_alone):
    missing, bad, poor, elsewhere, good, *_others = stand_alone["answers"]
    assert missing[:2] == [401, f'Bearer realm="api", scope="notes:read", {METADATA}']
    assert bad[0] == 401
    assert bad[1].startswith('Bearer realm="api", error="invalid_token"')
    assert poor[0] == 403
    assert 'error="insufficient_scope"' in poor[1]
    assert poor[1].endswith(f'scope="notes:read", {METADATA}')
    assert (elsewhere[0], elsewhere[2]["error"]) == (401, "invalid_token")
    assert good == [200, None, {"client": "client:service"}]


def test_declarations_plain_views_and_metadata_work_there_too(stand_alone):
    declared, plain, metadata = stand_alone["answers"][5:]
    for answer, scope in ((declared, "notes:read notes:write"), (plain, "notes:write")):
        assert (answer[0], answer[2]["error"]) == (403, "insufficient_scope")
        assert answer[1].endswith(f'scope="{scope}", {METADATA}')
    assert metadata[2] == {
        "resource": "https://api.example/notes",
        "authorization_servers": ["https://as.example"],
        "scopes_supported": ["notes:read", "notes:write"],
        "bearer_methods_supported": ["header"],
    }


@pytest.mark.spec("RFC 9110", "15.6.4")
def test_a_verifier_may_lose_a_database_of_its_own_there(stand_alone):
    assert [(status, body["error"]) for status, _challenge, body in stand_alone["outages"]] == [
        (503, "temporarily_unavailable")
    ] * 2


@pytest.mark.spec("RFC 9068", "4")
def test_jwts_are_verified_there_by_keys_alone(stand_alone):
    good, poor, foreign, id_token = stand_alone["jwts"]
    assert good == [200, None, {"client": "client:service"}]
    assert (poor[0], poor[2]["error"]) == (403, "insufficient_scope")
    for answer in (foreign, id_token):
        assert (answer[0], answer[2]["error"]) == (401, "invalid_token")


@each("half", SEPARABLE)
def test_the_separable_half_imports_nothing_else_of_ours(half):
    allowed = [f"oauth_provider.{name}" for name in SEPARABLE[half]]
    for path in (PACKAGE / half).rglob("*.py"):
        ours = {module for module in imports_of(path) if is_within(module, ["oauth_provider"])}
        # "from oauth_provider import x" names the package as well as x.
        assert not [one for one in ours - {"oauth_provider"} if not is_within(one, allowed)], place(path)


def test_the_resource_server_does_not_import_users():
    for half in ("resource_server", "rest_framework"):
        for path in (PACKAGE / half).rglob("*.py"):
            assert not [one for one in imports_of(path) if is_within(one, ["django.contrib.auth"])], place(path)


# -- who imports what ----------------------------------------------------------------------------------------


def test_only_its_keeper_imports_a_library():
    for path in FILES:
        imported = imports_of(path)
        for library, keepers in RESERVED.items():
            if not place(path).startswith(keepers):
                assert not [module for module in imported if is_within(module, [library])], place(path)


def test_the_rules_know_neither_django_nor_http():
    for path in (PACKAGE / "protocol").rglob("*.py"):
        assert not [one for one in imports_of(path) if is_within(one, {"django", *HTTP_LIBRARIES})], place(path)


def test_the_package_itself_imports_nothing():
    assert imports_of(PACKAGE / "__init__.py") == set()


@each("path", [one for one in FILES if one.name == "__init__.py" and one.parent.name != "models"], ids=place)
def test_a_package_front_is_empty_or_only_names_what_is_public(path):
    def is_front(statement):
        if isinstance(statement, ast.Assign):
            return [ast.unparse(target) for target in statement.targets] in (["__all__"], ["__version__"])
        is_docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        return is_docstring or isinstance(statement, ast.ImportFrom)

    assert all(is_front(statement) for statement in ast.parse(path.read_text()).body)


# -- what files look like ------------------------------------------------------------------------------------


def test_the_first_line_of_a_file_says_what_it_is():
    for path in FILES:
        first = path.read_text().partition("\n")[0]
        if first or path.read_text().strip():
            assert first.startswith('"""'), place(path)
            assert len(first.strip('"')) > 20, place(path)


def test_a_file_is_no_drawer_and_no_longer_than_300_lines():
    for path in FILES:
        assert not BANNED_NAMES & {path.stem, *path.relative_to(PACKAGE).parent.parts}, place(path)
        assert len(path.read_text().splitlines()) <= 300, place(path)


# -- people --------------------------------------------------------------------------------------------------

# Where request.user is set to a token's user, or read before it is known whose it is.
READERS = {
    "resource_server/users/session_user.py",
    "resource_server/views/guard.py",
    "rest_framework/throttling.py",
    "ninja.py",
}
USER_ATTRIBUTES = {"user", "auser", "_cached_user", "_acached_user"}


def users_read(source):
    """The lines of ``source`` that take ``request.user`` for somebody, by whatever name the request goes."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in USER_ATTRIBUTES:
            owner = node.value
            name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            if name in ("request", "http", "_request"):
                lines.append(node.lineno)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "getattr" and len(node.args) > 1:
            named, owner = node.args[1], node.args[0]
            if getattr(named, "value", "") in USER_ATTRIBUTES and getattr(owner, "id", "") in ("request", "http"):
                lines.append(node.lineno)
    return lines


def test_every_way_to_read_the_user_of_a_request_is_seen():
    assert users_read("visit.http.user.pk") == users_read("self.request.user") == users_read("http.user") == [1]
    assert users_read("getattr(request, 'user', None)") == users_read("await request.auser()") == [1]
    assert users_read("row.user.pk, authorization.user, getattr(row, 'user')") == []


@pytest.mark.spec("RFC 9700", "2.3")
def test_who_a_person_is_is_asked_in_one_place():
    """``request.user`` may be made of a token: pages, guards and the admin ask ``session_user``."""
    read = {place(path): users_read(path.read_text()) for path in FILES if place(path) not in READERS}
    assert len(read.pop("rest_framework/permissions.py")) == 1  # DRF's, compared with the person of the session
    assert {path: lines for path, lines in read.items() if lines} == {}


def test_no_template_of_ours_asks_for_the_user():
    for template in (PACKAGE / "templates").rglob("*.html"):
        assert not re.search(r"\{[{%][^}]*\b(?:request\.)?user\b", template.read_text()), template.name


# -- processes -----------------------------------------------------------------------------------------------


def test_no_lock_comes_along_locked_into_a_forked_process():
    """``ProcessLock`` is free there; who holds another kind of lock makes a new one itself."""
    makers = re.compile(r"threading\.(R?Lock|Condition|BoundedSemaphore|Semaphore)\b")
    for path in FILES:
        text = path.read_text()
        assert not makers.search(text) or "register_at_fork" in text, place(path)
