"""The report on a client that was made (RFC 7591 §3.2.1, RFC 8414 §2): as text for a person, as JSON for a program."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from oauth_provider.quickstart import shell
from oauth_provider.quickstart.draft import printable
from oauth_provider.quickstart.examples import Example, examples
from oauth_provider.quickstart.made import FirstRequest, MadeClient, first_request
from oauth_provider.quickstart.problems import Problem
from oauth_provider.quickstart.server import Server, admin_url

MEMBERS = ("kind", "client", "resource", "server", "request", "examples", "admin_url")
ONCE = "shown this once; it is kept as a digest"


@dataclass(frozen=True, slots=True)
class Report:
    """All that is said of a client that was made."""

    made: MadeClient
    server: Server
    request: FirstRequest | None
    examples: tuple[Example, ...]
    admin_url: str

    @property
    def program(self) -> str:
        """Return the text of the example that is a whole file; empty without any."""
        return next((one.text for one in self.examples if one.file), "")

    def as_json(self) -> dict[str, Any]:
        """Return it with the names of RFC 7591 and RFC 8414, the secret included."""
        server = {"issuer": self.server.issuer, "metadata_url": self.server.discovery, **self.server.endpoints}
        return {
            "kind": self.made.draft.kind.name,
            "client": self.made.as_json(),
            "resource": self.made.draft.resource,
            "server": server,
            "request": None if self.request is None else self.request.as_json(),
            "examples": [one.as_json() for one in self.examples],
            "admin_url": self.admin_url,
        }

    def lines(self, problems: Iterable[Problem], heading: Callable[[str], str]) -> Iterator[str]:
        """Yield it line by line: the configuration, what to paste, how to take it back, and what is to be done first.

        That is at the end, where a terminal stops.
        """
        yield heading(printable(f"{self.made.draft.name} is registered."))
        yield from self._configuration()
        for one in self.examples:
            yield ""
            yield heading(printable(one.title))
            yield ""
            yield one.text.rstrip("\n")
        yield ""
        yield heading("To change or delete the client:")
        yield ""
        yield self.admin_url or shell.delete(self.made)
        told = list(problem_lines(problems))
        if told:
            yield ""
            yield heading("Before you try it:")
            yield ""
            yield from told

    def _configuration(self) -> Iterator[str]:
        client, kind = self.made.as_json(), self.made.draft.kind
        rows = [("kind", f"{kind.name}, {kind.words}"), ("client_id", client["client_id"])]
        if self.made.client_secret:
            rows.append(("client_secret", f"{self.made.client_secret}  ({ONCE})"))
        rows += [("redirect_uri", uri) for uri in client["redirect_uris"]]
        rows += [("scope", client["scope"])] if client["scope"] else []
        rows += [("resource", self.made.draft.resource)] if self.made.draft.resource else []
        rows += [("issuer", self.server.issuer), ("metadata", self.server.discovery)]
        rows += list(self.server.endpoints.items())
        width = max(len(name) for name, _value in rows)
        yield from (f"  {name:<{width}}  {printable(value)}" for name, value in rows)


def report_on(made: MadeClient, server: Server, api: str) -> Report:
    """Return the report, with a request that can be tried at once."""
    request = first_request(made, server)
    return Report(
        made, server, request, examples(made, server, request, api), admin_url(server, made.client.application)
    )


def as_json(
    *, problems: Iterable[Problem] = (), refused: Iterable[Mapping[str, str]] = (), report: Report | None = None
) -> dict[str, Any]:
    """Return what happened, for a program. All members are always there; those of a client are null without one."""
    made = dict.fromkeys(MEMBERS) if report is None else report.as_json()
    return {
        "ok": report is not None,
        "problems": [asdict(one) for one in problems],
        "refused": [dict(one) for one in refused],
        **made,
    }


def problem_lines(problems: Iterable[Problem]) -> Iterator[str]:
    """Yield what is wrong with the project: each on one line with what to do, and below it what to paste."""
    for number, one in enumerate(problems):
        if number:
            yield ""
        named = f" ({one.id})" if one.id else ""
        yield printable(" ".join(f"{one.level}: {one.message} {one.hint}{named}".split()))
        if one.paste:
            yield ""
            yield from (f"    {line}".rstrip() for line in one.paste.splitlines())
