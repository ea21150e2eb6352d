"""The page that deletes a user lists all that goes with them: the clients that titles name are read together."""

from collections.abc import Iterable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from oauth_provider.dot.names import application_model
from oauth_provider.models import Authorization, Consent
from oauth_provider.models.row_title import clients_at_hand


def name_clients_at_once(site: AdminSite) -> None:
    """Have the class by which ``site`` manages users, whosever it is, read the clients before it lists the rows."""
    if not site.is_registered(get_user_model()):
        return
    model_admin: Any = site.get_model_admin(get_user_model())
    listing = model_admin.get_deleted_objects
    if getattr(listing, "names_clients_at_once", False):
        return

    @wraps(listing)
    def get_deleted_objects(objs: Iterable[Any], request: HttpRequest) -> Any:
        with clients_at_hand(_clients_of(objs)):
            return listing(objs, request)

    get_deleted_objects.names_clients_at_once = True  # type: ignore[attr-defined]  # so that it is put there once
    model_admin.get_deleted_objects = get_deleted_objects


def _clients_of(users: Iterable[Any]) -> QuerySet[Any]:
    keys = [user.pk for user in users]
    sign_ins = Authorization.objects.filter(user__in=keys).values("application")
    consents = Consent.objects.filter(user__in=keys).values("application")
    found: QuerySet[Any] = application_model()._base_manager.filter(Q(pk__in=sign_ins) | Q(pk__in=consents))
    return found
