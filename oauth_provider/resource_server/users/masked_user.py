"""User of an access token (RFC 9700 §2.3), with only those privileges that the token's scopes carry.

A client that a person let read their notes must not be staff because the person is. So the privilege flags,
``is_staff`` and ``is_superuser``, are False on the user of a token unless a scope carries them.

Django's own code reads these flags from the user, so a proxy around the row would not do: its methods would still see
them. Instead the row's class gets a subclass, which no registry knows and whose ``__class__`` is the model. To Django
the flags are deferred fields, which it does not save.
"""

from collections.abc import Callable, Collection, Iterable
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Model

from oauth_provider.resource_server.conf import conf, maps_permissions

PERMISSION_CACHES = ("_perm_cache", "_user_perm_cache", "_group_perm_cache")


def mask_user(user: Any, scopes: Iterable[str]) -> Any:
    """Return ``user`` with the privileges that ``scopes`` carry; the same object where nothing must be masked."""
    if not isinstance(user, Model):
        return user
    if isinstance(user, Masked):
        user = user.unmasked()
    mapping, named = conf.scope_permissions, conf.privilege_flags
    # Most people have no power. A flag that is no plain value of the row is not asked, but masked.
    if not mapping and not any([user.__dict__.get(flag, True) for flag in named]):
        return user
    carried = {name for scope in scopes for name in mapping.get(scope, ())} if mapping else set()
    flags = tuple(flag for flag in named if flag not in carried and hasattr(type(user), flag))
    permissions = carried.difference(named) if maps_permissions(mapping, named) else None
    if permissions is None and not any(user.__dict__.get(flag, True) for flag in flags):
        return user
    state: Any = user.__getstate__()
    hidden = {flag: state.pop(flag) for flag in flags if flag in state}
    for name in PERMISSION_CACHES:
        state.pop(name, None)
    made = _subclass(type(user), flags, permissions is not None)
    return _made(made, state | {"_hidden": hidden, "_carried": permissions})


class Masked:
    """Behaviour that the user of a token has beyond its model."""

    _hidden: dict[str, Any]  # the flags as the row has them
    _carried: Collection[str] | None
    _model: type[Any]
    _flags: tuple[str, ...]
    _columns: frozenset[str]  # those of the flags that the row has

    def __reduce__(self) -> Any:
        """Copy and pickle as a masked user, so that a cache or a queue does not unmask it in another process."""
        model: Any = self._model
        reduced: Any = super().__reduce__()
        label = (model._meta.app_label, model._meta.object_name)
        return _unpickled, (label, self._flags, self._carried is not None), reduced[2]

    def save_base(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Save without the masked flags. Raise ``ValueError`` where the whole row would be written."""
        if self._columns:
            if update_fields is None:
                raise ValueError("The user of an access token is not a whole row. Load it anew in order to copy it.")
            update_fields = frozenset(update_fields) - self._columns
            if not update_fields:
                return
        super().save_base(*args, update_fields=update_fields, **kwargs)  # type: ignore[misc]  # a model's

    def _prepare_related_fields_for_save(self, operation_name: str, fields: Any = None) -> None:
        # The two bulk operations read the row's values without saving it; this is where they look at it first.
        written = self._columns if fields is None else self._columns & {field.attname for field in fields}
        if operation_name != "save" and written:
            raise ValueError(f"{', '.join(written)} cannot be saved from the user of an access token.")
        super()._prepare_related_fields_for_save(operation_name, fields)  # type: ignore[misc]  # a model's

    def refresh_from_db(self, using: Any = None, fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Reload the row; the masked flags stay masked."""
        if fields is not None:
            fields = [name for name in fields if name not in self._flags]
            if not fields:
                return
        super().refresh_from_db(using, fields, **kwargs)  # type: ignore[misc]  # a model's

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Validate all fields but the masked flags, which Django would assign."""
        super().clean_fields(exclude={*(exclude or ()), *self._columns})  # type: ignore[misc]  # a model's

    def unmasked(self) -> Any:
        """Return the user with the flags of its row."""
        return _made(self._model, self.__dict__ | self._hidden)


class MaskedPermissions(Masked):
    """Masked user where scopes are mapped to permissions: it has those of the user that a scope carries."""

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Does the user have this permission, and does a scope carry it?"""
        return perm in (self._carried or ()) and bool(self.unmasked().has_perm(perm, obj))

    async def ahas_perm(self, perm: str, obj: Any = None) -> bool:
        """Does the user have this permission, and does a scope carry it? For async code."""
        return perm in (self._carried or ()) and bool(await self.unmasked().ahas_perm(perm, obj))

    def has_module_perms(self, app_label: str) -> bool:
        """Does the user have a permission of this app that a scope carries?"""
        return any(self.has_perm(perm) for perm in self._carried or () if perm.partition(".")[0] == app_label)

    async def ahas_module_perms(self, app_label: str) -> bool:
        """Does the user have a permission of this app that a scope carries? For async code."""
        ours = [perm for perm in self._carried or () if perm.partition(".")[0] == app_label]
        return any([await self.ahas_perm(perm) for perm in ours])


def _narrowed(name: str) -> Callable[..., Any]:
    def get(self: Any, obj: Any = None) -> set[str]:
        return set(getattr(self.unmasked(), name)(obj)) & set(self._carried or ())

    return get


def _narrowed_async(name: str) -> Callable[..., Any]:
    async def get(self: Any, obj: Any = None) -> set[str]:
        return set(await getattr(self.unmasked(), name)(obj)) & set(self._carried or ())

    return get


for _name in ("get_user_permissions", "get_group_permissions", "get_all_permissions"):
    setattr(MaskedPermissions, _name, _narrowed(_name))
    setattr(MaskedPermissions, f"a{_name}", _narrowed_async(f"a{_name}"))


class Flag:
    """Descriptor of a flag that is False on every instance. Raises ``AttributeError`` on assignment."""

    def __init__(self, name: str, inherited: Any) -> None:
        self.name = name
        self.inherited = inherited

    def __get__(self, instance: Any, owner: type) -> Any:
        return self.inherited if instance is None else False

    def __set__(self, instance: Any, value: Any) -> None:
        raise AttributeError(f"{self.name} of the user of an access token is masked. Load the user anew to change it.")


@cache
def _subclass(model: type[Any], flags: tuple[str, ...], maps_permissions: bool) -> type[Any]:
    """Return the masking subclass of ``model``. It is made by ``type``, since ``ModelBase`` would register it."""
    names: dict[str, Any] = {flag: Flag(flag, getattr(model, flag)) for flag in flags}
    # Signals are sent, and relations looked up, by ``instance.__class__``.
    columns = frozenset(field.attname for field in model._meta.concrete_fields if field.attname in flags)
    names |= {"__class__": property(lambda self: model), "_model": model, "_flags": flags, "_columns": columns}
    names |= {name: getattr(model, name) for name in ("__module__", "__qualname__", "__doc__")}
    bases = (MaskedPermissions if maps_permissions else Masked, model)
    made: type[Any] = type.__new__(type(model), model.__name__, bases, names)
    return made


def _made(cls: Any, state: dict[str, Any]) -> Any:
    user = cls.__new__(cls)
    user.__dict__.update(state)
    return user


def _unpickled(label: tuple[str, str], flags: tuple[str, ...], maps_permissions: bool) -> Any:
    model: Any = apps.get_model(*label)
    return _made(_subclass(model, flags, maps_permissions), {})
