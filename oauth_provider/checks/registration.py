"""Registration of checks: one that fails because of a setting of the wrong type leaves that to ``E013``."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

from django.core.checks import CheckMessage
from django.core.checks import register as register_with_django

from oauth_provider.checks.setting_types import has_wrong_types

Check = TypeVar("Check", bound=Callable[..., Iterable[CheckMessage]])


def register(*tags: str, deploy: bool = False) -> Callable[[Check], Check]:
    """Return a decorator that registers a check under ``tags``, as Django's ``register`` does."""

    def decorate(check: Check) -> Check:
        @wraps(check)
        def guarded(app_configs: Any, **kwargs: Any) -> Iterable[CheckMessage]:
            try:
                return check(app_configs, **kwargs)
            except Exception:
                if has_wrong_types():
                    return []  # E013 or E095 says so
                raise

        register_with_django(guarded, *tags, deploy=deploy)
        return guarded  # type: ignore[return-value]  # wraps() keeps the signature

    return decorate
