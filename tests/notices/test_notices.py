"""Notices: a person hears of a new app and of a replay, once, in their language, and of nothing that acts or opens."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import override

from oauth_provider.checks import configuration
from oauth_provider.models import Authorization, Consent, LogoutDelivery
from oauth_provider.notices.safe_name import safe_name
from tests import ledger
from tests.backchannel import deliver
from tests.checks.messages import said
from tests.driver import Driver, query_of, signed_in
from tests.factories import ApplicationFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 9700", "4.14.2")]

POLICY = {"grant_types": ["authorization_code", "refresh_token"]}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
PAGE = "https://auth.example.com/oauth/account/apps"


def language(user: Any) -> str:
    return str(user.first_name)


def broken(*args: Any, **kwargs: Any) -> Any:
    raise ConnectionRefusedError("ana@example.com was not served")


@pytest.fixture
def ana() -> Any:
    return UserFactory(username="ana", email="ana@example.com")


@pytest.fixture
def driver(ana: Any) -> Driver:
    driver = signed_in(ana, name="Photo <Book>", policy=POLICY)
    driver.browser.defaults["HTTP_USER_AGENT"] = FIREFOX
    return driver


def waiting() -> list[str]:
    return list(LogoutDelivery.objects.order_by("pk").values_list("kind", flat=True))


def sent() -> list[EmailMultiAlternatives]:
    """What arrives; it is read once."""
    deliver()
    messages: list[Any] = list(mail.outbox)
    mail.outbox.clear()
    return messages


def replay(driver: Driver) -> None:
    code = driver.code()
    driver.redeem(code)
    driver.redeem(code)


def test_a_new_app_is_told_once_with_what_it_may_do_and_from_where(driver: Driver) -> None:
    driver.tokens()
    (message,) = sent()
    assert message.to == ["ana@example.com"]
    assert message.subject == "Photo <Book> is connected to your account"
    text, html = str(message.body), str(message.alternatives[0][0])
    for words in ("account ana", "- Read your notes", "Firefox, Linux", "127.0.0.1", PAGE):
        assert words in text
    assert "Photo &lt;Book&gt;" in html
    assert '<html lang="en" dir="ltr">' in html.replace("en-us", "en")
    assert message.message()["Auto-Submitted"] == "auto-generated"


def test_more_for_a_known_app_and_a_silent_sign_in_tell_nobody(driver: Driver) -> None:
    driver.tokens()
    sent()
    assert "code" in query_of(driver.authorize(prompt="none")["Location"])
    driver.code(scope="photos:read")
    driver.decide(driver.authorize(prompt="consent")["Location"])
    assert sent() == []


def test_a_no_and_a_client_that_needs_no_consent_tell_nobody(driver: Driver, ana: Any) -> None:
    driver.decide(driver.authorize()["Location"], "deny")
    trusted = Driver(ApplicationFactory(skip_authorization=True), browser=driver.browser)
    trusted.tokens()
    assert waiting() == []


def test_no_link_acts_and_nothing_in_it_opens_anything(driver: Driver) -> None:
    code = driver.code()
    tokens = driver.redeem(code).json()
    driver.redeem(code)
    rows = str(list(LogoutDelivery.objects.values_list("payload", "subject", "issuer")))
    for message in sent():
        whole = f"{message.message().as_string()} {message.body} {message.alternatives}"
        for secret in (code, tokens["access_token"], tokens["refresh_token"], "oac_", "oat_", "ort_"):
            assert secret not in whole + rows
        assert set(re.findall(r"https?://[^\s\"<\\]+", whole.replace("=\n", ""))) == {PAGE}


def test_a_replay_is_told_once_for_each_app_and_day(driver: Driver, ana: Any) -> None:
    other = Driver(ApplicationFactory(name="Other", policy=POLICY), browser=driver.browser)
    for one in (driver, driver, other):
        replay(one)
    subjects = [message.subject for message in sent()]
    assert sorted(one for one in subjects if "ended" in one) == [
        "A sign-in of Other was ended",
        "A sign-in of Photo <Book> was ended",
    ]
    replay(driver)
    assert sent() == []
    LogoutDelivery.objects.update(created_at=LogoutDelivery.objects.latest("pk").created_at.replace(year=2020))
    replay(driver)
    assert [message.subject for message in sent()] == ["A sign-in of Photo <Book> was ended"]


def test_a_replay_that_ends_nothing_tells_nobody(driver: Driver) -> None:
    code = driver.code()
    driver.redeem(code)
    driver.redeem(code)
    before = waiting()
    for _again in range(3):
        driver.redeem(code)
    driver.redeem(code, code_verifier="x" * 43)
    assert waiting() == before


@pytest.mark.parametrize("change", [{"email": ""}, {"is_active": False}])
def test_nothing_is_written_for_who_has_no_address_and_nothing_sent_to_who_lost_it(
    driver: Driver, ana: Any, change: dict[str, Any]
) -> None:
    driver.code()
    type(ana).objects.update(**change)
    assert sent() == []
    assert LogoutDelivery.objects.get().status == "delivered"
    if "email" in change:
        replay(driver)
        assert len(waiting()) == 1


def test_the_setting_turns_each_of_them_off(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"NOTICES": ["sign_in_replayed"]}
    replay(driver)
    assert waiting() == ["notice_sign_in_replayed"]
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"NOTICES": []}
    assert sent() == []


@pytest.mark.spec("RFC 9700", "4.14.2")
@pytest.mark.parametrize(
    "name", ["Photo\r\nBcc: all@example.com", "Pay at https://evil.example/?a=b now\u202e", "N" * 5000, "\x0b \u2028"]
)
def test_a_name_makes_neither_a_header_nor_a_link(driver: Driver, name: str) -> None:
    type(driver.application).objects.update(name=name[:255])
    driver.code()
    (message,) = sent()
    whole = message.message()
    assert whole["Bcc"] is None
    assert len(message.subject) < 150
    assert "https://evil" not in f"{message.subject} {message.body} {message.alternatives}"
    assert "evil.example" not in message.body


def test_a_name_without_anything_to_link_is_left_alone() -> None:
    assert safe_name("Photo Book: albums, etc. for you") == "Photo Book: albums, etc. for you"
    assert safe_name("写真。アルバム") == "写真。\u2060アルバム"


@pytest.mark.parametrize("dot", ".\u3002\uff0e\uff61")
def test_no_dot_that_a_browser_knows_makes_an_address(dot: str) -> None:
    assert f"{dot}\u2060com" in safe_name(f"Pay at evil{dot}com")


def test_the_language_is_the_one_that_the_project_says(driver: Driver, ana: Any, settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"USER_LANGUAGE": f"{__name__}.language"}
    for said_language, shown in (("de", "de"), ("no such", "en"), ("", "en"), ("ar", "ar")):
        Consent.objects.all().delete()
        type(ana).objects.update(first_name=said_language)
        driver.code()
        (message,) = sent()
        assert f'<html lang="{shown}"' in str(message.alternatives[0][0])
    # Django has no format of its own for a date with its time in Arabic, and would put the month first.
    at = timezone.localtime(Authorization.objects.latest("pk").created_at)
    with override("ar"):
        assert f"{date_format(at)} {time_format(at)}" in str(message.body)


def test_a_mail_that_fails_is_tried_again_and_its_error_names_nobody(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    driver.code()
    monkeypatch.setattr(EmailMultiAlternatives, "send", broken)
    deliver()
    row = LogoutDelivery.objects.get()
    assert (row.status, row.attempts, row.last_error) == ("pending", 1, "NotSent: ConnectionRefusedError")
    assert "ana@" not in caplog.text
    monkeypatch.undo()
    with ledger.later(3600):
        assert len(sent()) == 1


def test_each_context_is_a_first_consent_of_its_own(driver: Driver, settings: Any, ana: Any) -> None:
    contexts = "tests.flows.contexts.workspaces.Workspaces"
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"GRANT_CONTEXTS": contexts}
    from tests.flows.contexts import workspaces

    workspaces.members["ana"] = ["acme", "globex"]
    for context in ("acme", "globex", "acme"):
        page = driver.authorize(context=context)["Location"]
        if page.startswith("/oauth/consent/"):
            driver.browser.post(page, {"decision": "allow", "context": context})
    assert ["For: Acme" in str(one.body) or "For: Globex" in str(one.body) for one in sent()] == [True, True]


@pytest.mark.parametrize(
    "wrong",
    [{"NOTICES": ["app_conected"]}, {"NOTICES": "app_connected"}, {"USER_LANGUAGE": "no.such"}],
)
def test_a_setting_that_means_nothing_is_found_at_start(settings: Any, wrong: dict[str, Any]) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | wrong
    assert "E013" in said(configuration.check_values)
