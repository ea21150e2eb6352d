"""A client without colours of its own: they would stand on top of those of the project whose page is looked at."""

WITHOUT_COLOURS = "from oauth_provider.models import ClientPolicy; ClientPolicy.objects.update(accent_color='')"
