"""Ways to change what a good server answers, and the checks that fail then."""

from urllib.parse import parse_qsl, urlencode

from tests.walk.conftest import options, walk
from tests.walk.fake_server import CALLBACK, redirect


def at(name, change):
    """Change the good answers of one endpoint."""
    return lambda path, answer: change(answer) if path == name and answer.status < 400 else answer


def with_answer(answer, **changes):
    """The authorization response with other parameters; None takes one away."""
    url, _, query = answer.headers.get("Location", "").partition("?")
    if url != CALLBACK:
        return answer
    given = dict(parse_qsl(query)) | changes
    return redirect(f"{url}?{urlencode({name: value for name, value in given.items() if value is not None})}")


def anywhere(change):
    """Change the authorization response, from whichever endpoint it leaves."""
    return lambda path, answer: change(answer)


def found(server, *arguments, **changes):
    """The checks that fail; the exit status says so, and no token is left."""
    outcome = walk(*options(server, **changes), "--json", *arguments)
    assert outcome.error
    assert outcome.json["ok"] is False
    return outcome.wrong
