"""Every symbol that a scope may have is drawn."""

import re
from pathlib import Path

import oauth_provider
from oauth_provider.protocol.scope_entry import ICONS

TEMPLATE = Path(oauth_provider.__file__).parent / "templates" / "oauth_provider" / "icon.html"


def test_every_icon_of_a_scope_is_drawn_in_its_own_way() -> None:
    drawn = dict(re.findall(r'if icon == "(\w+)" %\}(.*?)\{%', TEMPLATE.read_text()))
    assert set(ICONS) <= set(drawn)
    assert len(set(drawn.values())) == len(drawn)
