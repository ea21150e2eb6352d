"""Export (GDPR Articles 15 and 20): all that is stored about a person, as one object that JSON has, without secrets."""

from typing import Any

from django.db import router

from oauth_provider.models import Authorization
from oauth_provider.personal_data.holding import Holding, Whose
from oauth_provider.personal_data.holdings import holdings
from oauth_provider.registry.grant_context import grant_contexts
from oauth_provider.tokens.person import email_of, username_of
from oauth_provider.tokens.project_code import project_code

VERSION = 1


def export(whose: Whose) -> dict[str, Any]:
    """Return all of it: each holding's rows by its name, with values that ``DjangoJSONEncoder`` knows."""
    found = {one.name: _rows(one, whose) for one in holdings()}
    return {
        "version": VERSION,
        "account": _account(whose),
        "contexts": _contexts(whose),
        "browsers": _browsers(found["sign_ins"]),
        **{name: rows for name, rows in found.items() if rows},
    }


def _rows(holding: Holding, whose: Whose) -> list[dict[str, Any]]:
    rows = holding.of(whose, using=router.db_for_write(Authorization))
    joined = rows.select_related(*holding.joined) if holding.joined else rows
    return [holding.export(row) for row in joined]


def _account(whose: Whose) -> dict[str, str]:
    user = whose.user
    return {"id": whose.key} | ({} if user is None else {"username": username_of(user), "email": email_of(user)})


def _contexts(whose: Whose) -> list[dict[str, str]]:
    if whose.user is None:
        return []
    with project_code("what knows the contexts"):
        return [{"context": one.key, "name": str(one.name)} for one in grant_contexts().contexts_of(whose.user, "")]


def _browsers(sign_ins: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each browser and address that sign-ins came from, with the last time."""
    last: dict[tuple[str, str], Any] = {}
    for one in sign_ins:
        if one["device"] or one["address"]:
            key = (one["device"], one["address"])
            last[key] = max(one["created_at"], last.get(key, one["created_at"]))
    return [{"browser": device, "address": address, "last_seen": at} for (device, address), at in last.items()]
