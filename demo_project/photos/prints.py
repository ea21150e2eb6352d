"""Orders of prints as authorization details (RFC 9396): one photo, so many copies, of that size, and nothing else."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from demo_project import addresses

PHOTO_PRINT = "photo_print"
TYPES: Mapping[str, Any] = {
    PHOTO_PRINT: {
        "name": _("Order a print"),
        "schema": {
            "properties": {
                "identifier": {"type": "string", "pattern": "^[a-z]{1,40}$"},
                "copies": {"type": "integer", "minimum": 1, "maximum": 20},
                "size": {"enum": ["10x15", "20x30"]},
                "locations": {"type": "array", "items": {"const": addresses.PHOTOS_RESOURCE}, "minItems": 1},
            },
            "required": ["identifier", "copies", "size"],
        },
        "template": "demo/photo_print.html",
    },
}
