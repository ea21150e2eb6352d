"""Members of the export that are no column as it is (GDPR Article 15): what a row tells the person, and no other."""

from typing import Any

from oauth_provider.models import AuditEvent, Consent


def client_id_of(row: Any) -> str | None:
    """Return the identifier of the client that ``row`` hangs on; None where it hangs on none."""
    return row.application.client_id if row.application is not None else None


def agreed_scopes(consent: Consent) -> dict[str, list[str]]:
    """Return each scope with the resources it is for; at none: anywhere."""
    return {scope: sorted(one for one in places if one) for scope, places in consent.agreed.scopes.items()}


def own_address(row: AuditEvent) -> str:
    """Return where ``row`` was done from, unless somebody else did it: an operator's address is the operator's."""
    return row.address if row.actor in ("", row.user) else ""
