"""Settings of an app: what its developers change, by the one verb (RFC 7592 §2.2)."""

from django.db import router, transaction
from django.http import HttpRequest, HttpResponse

from oauth_provider.clients.logo import Logo
from oauth_provider.clients.registration.proposal import MetadataRefused
from oauth_provider.clients.registration.register import change
from oauth_provider.models import ClientLogo
from oauth_provider.pages.applications.door import Seat, check_may_change, for_members
from oauth_provider.pages.applications.forms import ChangeAppForm
from oauth_provider.pages.applications.shown import frame, url_of
from oauth_provider.pages.sending.page import show
from oauth_provider.pages.sending.response import redirect_to


@for_members
def app_settings(request: HttpRequest, seat: Seat) -> HttpResponse:
    """GET shows the form; POST saves it."""
    before = seat.metadata
    if request.method != "POST":
        return _show(request, seat, ChangeAppForm(before=before))
    check_may_change(seat)
    form = ChangeAppForm(request.POST, request.FILES, before=before)
    if not form.is_valid():
        return _show(request, seat, form)
    status = seat.client.policy.status
    try:
        with transaction.atomic(using=router.db_for_write(ClientLogo)):
            changed = change(seat.client, form.metadata(), seat.visitor.by)
            _keep_logo(seat, form)
    except MetadataRefused as error:
        form.put(error.faults)
        return _show(request, seat, form)
    done = "saved" if changed.policy.status == status else "review"
    return redirect_to(url_of("app_settings", seat.client.client_id, done))


def _keep_logo(seat: Seat, form: ChangeAppForm) -> None:
    sent = form.cleaned_data.get("logo")
    if isinstance(sent, Logo):
        ClientLogo.objects.keep(seat.application, sent.digest, sent.image)
    elif form.cleaned_data.get("remove_logo"):
        ClientLogo.objects.filter(application=seat.application).delete()


def _show(request: HttpRequest, seat: Seat, form: ChangeAppForm) -> HttpResponse:
    if not seat.may_change:
        for field in form.fields.values():
            field.disabled = True
    context = frame(request, seat, "app_settings") | {
        "form": form,
        "delete_url": url_of("app_delete", seat.client.client_id),
    }
    return show(request, "applications/settings.html", context, status=400 if form.errors else 200)
