"""What a browser without pictures reads off a page."""

import pytest

from oauth_provider.walk.page import Button, read_page
from tests.each import each

LOGIN = (
    '<form method="POST"><input type=hidden name=next value="/a?b&amp;c">'
    "<INPUT name=u><input type=password name=p></form>"
)


def test_a_login_form_is_known_by_its_password():
    form = read_page(f'<form method="get"><input name="q"></form>{LOGIN}').login_form()
    assert form.login_fields() == ("u", "p")
    assert form.hidden() == {"next": "/a?b&c"}
    assert form.action == ""


@each(
    "html",
    [
        "",
        "<form method=post><input name=q></form>",
        "<form><input name=u><input type=password name=p></form>",
        "<form method=post><input type=password name=p></form>",
        "<form method=post><input name=u><input type=password name=p><input type=password name=again></form>",
        "<input name=u><input type=password name=p>",
    ],
)
def test_what_is_no_login_form_is_not_taken_for_one(html):
    assert read_page(html).login_form() is None


@pytest.mark.parametrize(
    "button",
    [
        '<button name="decision" value="allow"><b>Yes</b>,\n please</button>',
        '<input type="submit" name="decision" value="allow">',
    ],
)
def test_a_consent_form_is_known_by_its_button(button):
    form = read_page(f"<form method=post action=/consent>{button}</form>").decision_form()
    assert form.action == "/consent"
    assert form.button("allow").name == "decision"
    assert form.button("deny") is None


def test_boxes_that_are_ticked_are_sent_together():
    boxes = ['value="a" checked', 'value="b"', 'value="c" checked=""']
    inputs = "".join(f'<label><input type="checkbox" name="scope" {box}> Words</label>' for box in boxes)
    form = read_page(f"<form method=post>{inputs}<button value=allow>Yes</button></form>").decision_form()
    assert form.ticked() == {"scope": "a c"}
    assert read_page("<form method=post><button value=allow>Yes</button></form>").decision_form().ticked() == {}


def test_the_text_is_what_is_seen():
    page = read_page(
        "<head><title>Let it in?</title><style>p {}</style></head><script>x()</script>"
        "<h1>An  <bdi>app</bdi>\n asks</h1><p>It may<ul><li>read</li><li>write</ul><form><button>Go</button></form>"
    )
    assert page.title == "Let it in?"
    assert page.lines == ["An app asks", "It may", "read", "write"]
    assert page.forms[0].buttons == [Button("", "", "Go")]


@each(
    "html",
    [
        '<span aria-hidden="true">P<b>Q</b><br>R</span><p>Seen',
        '<div aria-hidden="true"><div>P</div>Q</div><p>Seen',
        '<div aria-hidden="true"><p>P<p>Q</div><p>Seen',
        "<head><style>p {}</style><body><p>Seen",
        "<svg><title>P</title><path></svg><p>Seen",
        "<noscript>Seen</noscript>",
    ],
)
def test_what_is_hidden_is_not_read(html):
    assert (read_page(html).title, read_page(html).lines) == ("", ["Seen"])


@each("html", ["<![a", "<!", "<form", "<form method", "</form>", "<" * 5000, "<button>" * 100, "\x00", "&#x110000;"])
def test_no_page_is_beyond_reading(html):
    page = read_page(f"<p>Before</p>{html}")
    assert page.lines[0].startswith("Before")
