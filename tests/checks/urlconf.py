"""URLs of a project, made for one test."""


class Root:
    """Stands for a URLconf module."""

    def __init__(self, *patterns):
        self.urlpatterns = list(patterns)
