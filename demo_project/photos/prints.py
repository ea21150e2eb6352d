"""The photos, and the type of authorization details (RFC 9396) that orders prints of one."""

PHOTO_PRINT = "photo_print"
PHOTOS = {"harbour": "The harbour at six", "noor": "Noor, laughing", "snow": "First snow"}
