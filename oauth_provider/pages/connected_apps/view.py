"""Connected apps: what a person let in, and the place where they take it back, as a page and in JSON (RFC 7009 §1)."""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import router
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import Row, application_model
from oauth_provider.events.actor import person_behind
from oauth_provider.models import Authorization, Consent
from oauth_provider.pages.connected_apps import as_json
from oauth_provider.pages.connected_apps.apps import apps_of
from oauth_provider.pages.connected_apps.history import history_of
from oauth_provider.pages.connected_apps.receipts import receipts_of
from oauth_provider.pages.csrf import csrf_protected, show_again
from oauth_provider.pages.login_round_trip import login_url
from oauth_provider.pages.sending.json_twin import answer, refuse, wants_json
from oauth_provider.pages.sending.page import for_people, show
from oauth_provider.pages.sending.response import redirect_to
from oauth_provider.personal_data.export import export
from oauth_provider.personal_data.holding import Whose
from oauth_provider.protocol.errors import InvalidRequest, LoginRequired, OAuthError
from oauth_provider.protocol.reason import Reason
from oauth_provider.registry.grant_context import MAX_LENGTH
from oauth_provider.resource_server.users.session_user import active_session_user
from oauth_provider.sql.clock import database_now
from oauth_provider.tokens.ending import revoke_authorizations
from oauth_provider.tokens.person import username_of
from oauth_provider.tokens.take_back import take_back
from oauth_provider.tokens.withdraw import withdraw_consent

METHODS = ["GET", "HEAD", "POST"]
MAX_SCOPES = 500
# A page with more apps folds what each of them may do.
MAX_UNFOLDED = 5
DOWNLOADED = "connected-apps.json"
# What was done, as the page says it afterwards.
DONE = {
    "removed": _("Its access was removed."),
    "ended": _("That sign-in was ended."),
    "taken_back": _("The permission was taken back."),
    "kept": _("The access is kept."),
    "nothing": _("There was nothing left to do."),
}


def out_of_date(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Nothing was done: the request failed the check against forgery."""
    if not wants_json(request):
        return show_again(request, *args, **kwargs)
    return refuse(request, InvalidRequest(Reason.PAGE_OUT_OF_DATE, detail="CSRF check failed"), status=403)


@csrf_protected(out_of_date)
@for_people
def connected_apps(request: HttpRequest) -> HttpResponse:
    """GET lists them; POST takes back, keeps or downloads, as ``action`` says. In JSON for who prefers that."""
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    user = active_session_user(request)
    if user is None and wants_json(request):
        return refuse(request, LoginRequired(Reason.SIGNED_OUT), status=401)
    if user is None:
        return redirect_to(login_url(request.path))
    if request.method != "POST":
        return _list(request, user)
    return download(user) if request.POST.get("action") == DOWNLOAD else _act(request, user)


def _act(request: HttpRequest, user: Any) -> HttpResponse:
    try:
        done = act(request, user)
    except OAuthError as error:
        if not wants_json(request):
            raise
        return refuse(request, error)
    if wants_json(request):
        return answer({"done": done})
    return redirect_to(f"{reverse('oauth_provider:connected_apps')}?{urlencode({'done': done})}")


def act(request: HttpRequest, user: Any) -> str:
    """Do what the form says, and return the name of what was done. Raises ``InvalidRequest``."""
    action = ACTIONS.get(request.POST.get("action", ""))
    if action is None:
        raise InvalidRequest(Reason.ACTION_UNKNOWN)
    return action(request, user)


def remove(request: HttpRequest, user: Any) -> str:
    """Take all access of an application back, at once."""
    withdraw_consent(user=user, application=_application(request), by=person_behind(request))
    return "removed"


def end_sign_in(request: HttpRequest, user: Any) -> str:
    """End one sign-in; the others of the same application go on."""
    try:
        public_id = UUID(request.POST.get("sign_in", ""))
    except ValueError:
        raise InvalidRequest(Reason.NOT_CONNECTED) from None
    rows = Authorization.objects.filter(user=user, public_id=public_id)
    ended = revoke_authorizations(rows, Authorization.Reason.USER, person_behind(request))
    return "ended" if ended else "nothing"


def take_permissions_back(request: HttpRequest, user: Any) -> str:
    """Take some permissions of an application back, in one context."""
    scopes: Collection[str] = request.POST.getlist("scope")[:MAX_SCOPES]
    if not scopes:
        raise InvalidRequest(Reason.NOT_CONNECTED)
    where = {"application": _application(request), "context": _context(request)}
    lost = take_back(scopes, user=user, **where, by=person_behind(request))
    return "taken_back" if lost else "nothing"


def keep(request: HttpRequest, user: Any) -> str:
    """Keep access in one context that would end since nobody uses it."""
    found = {"user": user, "application": _application(request), "context": _context(request)}
    using = router.db_for_write(Consent)
    announced = Consent.objects.using(using).filter(**found, end_announced_at__isnull=False)
    return "kept" if announced.update(used_at=database_now(using), end_announced_at=None) else "nothing"


ACTIONS: Mapping[str, Callable[[HttpRequest, Any], str]] = {
    "remove": remove,
    "end": end_sign_in,
    "take_back": take_permissions_back,
    "keep": keep,
}
DOWNLOAD = "download"


def download(user: Any) -> HttpResponse:
    """Return all that is stored about the person, as a file."""
    text = json.dumps(export(Whose(str(user.pk), user)), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{DOWNLOADED}"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _context(request: HttpRequest) -> str:
    context = request.POST.get("context", "")
    if len(context) > MAX_LENGTH or "\x00" in context:
        raise InvalidRequest(Reason.NOT_CONNECTED)
    return context


def _application(request: HttpRequest) -> Row:
    """Return the application that is meant. Whether it is connected says what is done to it: nothing, if not."""
    client_id = request.POST.get("client_id", "")
    found = None
    if client_id and "\x00" not in client_id:
        found = application_model()._base_manager.filter(client_id=client_id).first()
    if found is None:
        raise InvalidRequest(Reason.NOT_CONNECTED)
    return found


def _list(request: HttpRequest, user: Any) -> HttpResponse:
    history, receipts = history_of(user), receipts_of(user)
    # The latest comes first, and has the last word.
    apps = apps_of(user, dict(one.context for one in reversed(receipts) if one.context))
    if wants_json(request):
        return answer({**as_json.listed(apps, history, receipts), "csrf_token": get_token(request)})
    context = {
        "account": username_of(user),
        "apps": apps,
        "are_many": len(apps) > MAX_UNFOLDED,
        "history": history,
        "receipts": receipts,
        "done": DONE.get(request.GET.get("done", ""), ""),
        "is_immediate": bool(provider_settings.DENYLIST),
        "minutes": -(-provider_settings.ACCESS_TOKEN_LIFETIME // 60),
        "action": reverse("oauth_provider:connected_apps"),
    }
    return show(request, "connected_apps.html", context)
