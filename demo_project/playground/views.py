"""The playground: the page at ``/``, the client's redirect URI, and what its buttons do."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import DEFAULT_CACHE_ALIAS
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe

from demo_project import seed
from demo_project.language import in_english
from demo_project.page_headers import strict
from demo_project.playground import photo_book
from demo_project.playground.acts import find_act, next_act, possible_acts
from demo_project.playground.diagram import PARTIES, diagram_of
from demo_project.playground.exchange import Unreachable
from demo_project.playground.memory import ClientSession, Memory
from demo_project.playground.rehearsal import forget_consent, has_agreed
from oauth_provider.events.actor import person_behind
from oauth_provider.resource_server.guarded_cache import CacheUnavailable, guarded_cache

ONE_AT_A_TIME = 30
SEE_OTHER = 303
# An authorization response of ours has six parameters at most, and the longest is a description.
ANSWER = ("code", "state", "iss", "error", "error_description", "error_uri")
MOST_TEXT = 500
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@require_safe
@in_english
@strict
def playground(request: HttpRequest) -> HttpResponse:
    """The diagram as far as it has come, and what can be done next."""
    if is_same_server_elsewhere(request.get_host()):
        return HttpResponseRedirect(settings.ISSUER + request.path)
    session = ClientSession(request)
    memory = session.memory
    notice, memory.notice = memory.notice, ""
    context = {"notice": notice, "has_agreed": has_agreed(request.user), **context_of(memory)}
    response = render(request, "demo/playground.html", context)
    return session.keep(response) if notice else response


def is_same_server_elsewhere(host: str) -> bool:
    """Is ``host`` another name of this machine? Cookies are kept per host, and answers come to the issuer's."""
    asked, ours = urlsplit(f"//{host}"), urlsplit(settings.ISSUER)
    return asked.hostname != ours.hostname and {asked.hostname, ours.hostname} <= LOOPBACK and asked.port == ours.port


def context_of(memory: Memory) -> dict[str, Any]:
    """What the template shows."""
    first = next_act(memory)
    acts = [act for act in possible_acts(memory) if act is not first]
    waiting = bool(memory.messages) and memory.answered is None and bool(memory.pending)
    return {
        "parties": PARTIES,
        "rows": diagram_of(memory.messages, memory.seen),
        "newest": memory.messages[-1] if memory.messages else None,
        "memory": memory,
        "came": len(memory.messages),
        "go_to": photo_book.authorization_url(memory, memory.pending[-1]) if waiting else "",
        "next": first,
        "acts": [act for act in acts if not act.is_attack],
        "attacks": [act for act in acts if act.is_attack],
        "person": seed.describe()["user"],
        "offers": photo_book.offers(memory),
    }


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Photo Book makes an authorization request."""
    session = ClientSession(request)
    scope = " ".join(name for name in photo_book.ON_OFFER if name in request.POST.getlist("scope"))
    session.forget()
    try:
        photo_book.begin(session.memory, scope or photo_book.FIRST_SCOPE, order="order" in request.POST)
    except Unreachable as error:
        session.memory.notice = str(error)
    return session.keep(back())


@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Photo Book's redirect URI. The address is left at once: a code must not stay in it (RFC 9700 §4.2.4)."""
    session = ClientSession(request)
    answer = {name: request.GET[name][:MOST_TEXT] for name in ANSWER if name in request.GET}
    before, session.memory = session.memory, photo_book.receive(session.memory, answer)
    return session.keep(back(is_new=session.memory is not before))


@require_POST
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Do what a button says, once: a second press of it, or one on a page that is out of date, does nothing."""
    session = ClientSession(request)
    memory = session.memory
    chosen = find_act(memory, name)
    came = str(len(memory.messages))
    if chosen is None or request.POST.get("came") != came:
        return back()
    # By the answer, too: whoever begins anew comes to the same number of messages again.
    answered = memory.answered.state if memory.answered else ""
    lock = f"demo-playground:{session.key}:{answered}:{came}"
    if not is_first(lock):
        return back()
    memory.seen = len(memory.messages)
    try:
        chosen.do(memory)
        memory.done.append(name)
    except Unreachable as error:
        memory.notice = str(error)
    if came == str(len(memory.messages)):
        release(lock)  # nothing was said, so it may be tried again
    return session.keep(back())


def is_first(lock: str) -> bool:
    """Of two presses of a button. Where the cache does not answer, each is."""
    try:
        return guarded_cache(DEFAULT_CACHE_ALIAS).add(lock, True, ONE_AT_A_TIME)
    except CacheUnavailable:
        return True


def release(lock: str) -> None:
    """Let the button be pressed again."""
    with suppress(CacheUnavailable):
        guarded_cache(DEFAULT_CACHE_ALIAS).delete(lock)


@require_POST
def anew(request: HttpRequest) -> HttpResponse:
    """Begin anew."""
    session = ClientSession(request)
    session.forget()
    return session.keep(back())


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Let the server forget what was agreed to, and begin anew."""
    session = ClientSession(request)
    session.forget()
    session.memory.notice = forget_consent(request.user, person_behind(request))
    return session.keep(back())


def back(*, is_new: bool = True) -> HttpResponse:
    """To the page with a GET, and to the newest message where there is one."""
    now = "#now" if is_new else ""
    response = HttpResponseRedirect(reverse("playground") + now, status=SEE_OTHER)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
