"""Words for what is wrong with a client's metadata, each with its section (RFC 7591 §2)."""

from dataclasses import dataclass
from html import unescape
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from oauth_provider.protocol import origin, redirect_uri
from oauth_provider.protocol.registration import Contradiction

Fault = redirect_uri.Fault | origin.Fault | Contradiction
# What of a line is said again: some are thousands of characters long.
SUBJECT = 120
URL = "https://www.rfc-editor.org/rfc/rfc{number}#section-{section}"


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence, and the section it follows from."""

    text: Promise
    number: int
    section: str


def section(number: int, name: str) -> SafeString:
    """A link to a section of an RFC."""
    url = URL.format(number=number, section=name)
    return format_html('<a href="{}" rel="noreferrer">RFC {} §{}</a>', url, number, name)


def explain(fault: Fault, subject: str = "") -> SafeString:
    """``fault`` as HTML: what it is about (a line of the field), the sentence, and the link."""
    words = WORDS[fault]
    link = section(words.number, words.section)
    if not subject:
        return format_html("{} ({})", words.text, link)
    return format_html('<code dir="ltr">{}</code>: {} ({})', Truncator(subject).chars(SUBJECT), words.text, link)


def as_plain_text(words: Any) -> str:
    """Return the words of a fault for a terminal or a program: what is HTML without its tags, all else as it is."""
    return unescape(strip_tags(words)) if isinstance(words, SafeString) else str(words)


# One sentence for a redirect URI and for an origin.
HOST_NAME = Words(
    _(
        "there is no such host: between its dots, a name has letters, digits and inner hyphens, at most 63 of them "
        "and 253 in all; or it is an IP address."
    ),
    3986,
    "3.2.2",
)
PORT = Words(_("a port is a number from 1 to 65535."), 3986, "3.2.3")


WORDS: dict[Fault, Words] = {
    redirect_uri.Fault.CHARACTERS: Words(
        _(
            "a URI holds no spaces, quotes, backslashes or letters beyond ASCII; "
            "one URI to a line, and a foreign host name in its xn-- spelling."
        ),
        3986,
        "2",
    ),
    redirect_uri.Fault.FRAGMENT: Words(_("take out the “#” and what follows it."), 6749, "3.1.2"),
    redirect_uri.Fault.LENGTH: Words(
        _("this is longer than 2048 characters; what differs from request to request belongs into “state”."),
        6749,
        "3.1.2.2",
    ),
    redirect_uri.Fault.PORT: PORT,
    redirect_uri.Fault.HOST_NAME: HOST_NAME,
    redirect_uri.Fault.MALFORMED: Words(_("this is no URI; look at the port and the brackets."), 3986, "3.2"),
    redirect_uri.Fault.RELATIVE: Words(
        _("this must be the whole address, with the scheme in front, as in https://app.example.com/callback."),
        6749,
        "3.1.2",
    ),
    redirect_uri.Fault.FORBIDDEN_SCHEME: Words(
        _("a browser runs, shows or opens this scheme by itself, so no app would get the code."), 6819, "5.2.3.5"
    ),
    redirect_uri.Fault.HOST: Words(_("the host is missing behind the scheme and two slashes."), 6749, "3.1.2"),
    redirect_uri.Fault.USERINFO: Words(
        _("take out the name or password before the “@”: it makes one host look like another."), 3986, "7.6"
    ),
    redirect_uri.Fault.WILDCARD: Words(
        _("“*” stands for nothing here: redirect URIs are compared character by character. Give each its own line."),
        9700,
        "4.1.3",
    ),
    redirect_uri.Fault.PRIVATE_SCHEME: Words(
        _(
            "a scheme of the app's own is a domain name reversed, then “:/”, as in com.example.app:/callback. "
            "A web address begins with https://."
        ),
        8252,
        "7.1",
    ),
    redirect_uri.Fault.PLAIN_HTTP: Words(
        _("use https: over http anyone on the way reads the code. Only 127.0.0.1, [::1] and localhost may use http."),
        9700,
        "2.6",
    ),
    redirect_uri.Fault.CASE: Words(
        _("write scheme and host in lower case, as the browser does: they are compared character by character."),
        9700,
        "4.1.3",
    ),
    origin.Fault.CHARACTERS: Words(
        _("an origin holds no spaces, quotes or letters beyond ASCII; one origin to a line."), 6454, "6.2"
    ),
    origin.Fault.LENGTH: Words(_("this is longer than any scheme, host and port."), 6454, "6.2"),
    origin.Fault.PORT: PORT,
    origin.Fault.HOST_NAME: HOST_NAME,
    origin.Fault.MALFORMED: Words(_("this is no origin; look at the port and the brackets."), 6454, "6.2"),
    origin.Fault.SCHEME: Words(
        _("an origin is scheme, host and port of a page, as in https://app.example.com."), 6454, "6.2"
    ),
    origin.Fault.WILDCARD: Words(_("“*” stands for nothing here. Give each origin its own line."), 6454, "6.2"),
    origin.Fault.MORE_THAN_ORIGIN: Words(
        _("take out everything behind the host and port, the slash included."), 6454, "6.2"
    ),
    origin.Fault.PLAIN_HTTP: Words(
        _("use https: anyone on the way could be this page. Only localhost, 127.0.0.1 and [::1] may use http."),
        9700,
        "2.6",
    ),
    origin.Fault.SPELLING: Words(
        _("browsers write an origin in lower case and without the scheme's usual port; so must it be here."),
        6454,
        "6.2",
    ),
    Contradiction.NO_REDIRECT_URI: Words(
        _("The authorization code grant needs at least one redirect URI."), 6749, "3.1.2.2"
    ),
    Contradiction.PUBLIC_CLIENT_CREDENTIALS: Words(
        _("A public client keeps no secret, so it cannot use the client credentials grant."), 6749, "4.4"
    ),
    Contradiction.PUBLIC_SECRET: Words(
        _("A public client keeps no secret: choose “none”, or make the client confidential."), 6749, "2.3.1"
    ),
    Contradiction.CONFIDENTIAL_NONE: Words(
        _("A confidential client authenticates: choose a method with a secret, or make the client public."),
        6749,
        "3.2.1",
    ),
    Contradiction.PUBLIC_INTROSPECTION: Words(
        _("Introspection asks for authentication, and a public client has none."), 7662, "2.1"
    ),
    Contradiction.PUBLIC_WITHOUT_ROTATION: Words(
        _("The refresh tokens of a public client must be rotated."), 9700, "2.2.2"
    ),
    Contradiction.PUBLIC_WITHOUT_PKCE: Words(
        _("A public client cannot do without PKCE: whoever gets hold of its code could redeem it."), 9700, "2.1.1"
    ),
}
