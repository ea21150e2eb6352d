# -- What the page Install adds, and an app of the reader's own.

INSTALLED_APPS += ["rest_framework", "oauth2_provider", "oauth_provider", "notes"]

OAUTH_PROVIDER = {
    "ISSUER": "https://auth.example.com",
    "SCOPES": {
        "notes:read": "Read your notes",
        "notes:write": "Write your notes",
        "notes:delete": "Delete your notes",
        "notes:share": "Share your notes",
        "notes:admin": "Read and write the notes of everybody",
        "account:read": "See your account",
        "payments:write": "Pay for you",
        "payments:admin": "See and change everybody's payments",
        "photos:read": "See your photos",
    },
}
OAUTH_RESOURCE_SERVER = {}
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick
