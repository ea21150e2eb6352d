"""Code of a project's own (claims, details): an error of the database in it is the project's, and none of ours."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError

from oauth_provider.resource_server.database_outage import is_outage


class ProjectCodeError(Exception):
    """Code of the project's own met an error of the database."""


@contextmanager
def project_code(what: str) -> Iterator[None]:
    """Run code of the project's own, which ``what`` names.

    Raises ``ProjectCodeError`` for an error of the database, lest it be taken for one of ours, after which a verb would
    be tried again. A database that is away is told as that.
    """
    try:
        yield
    except DatabaseError as error:
        if is_outage(error):
            raise
        raise ProjectCodeError(f"{what} met an error of the database") from error
