"""Tables that tell of nobody, each with the reason (GDPR Article 4)."""

IMPERSONAL = {
    "ClientLogo": "pictures of clients",
    "ClientPolicy": "what a client may do",
    "ClientSecret": "secrets of clients",
    "DynamicRegistration": "what clients say of themselves",
    "InitialAccessToken": "tokens of operators, for registering clients",
    "PublisherProof": "lines that clients publish at their hosts",
    "Resource": "APIs",
    "RevokedToken": "digests of tokens that clients have for themselves",
    "Scope": "permissions that there are",
    "ScopePlan": "changes of the permissions that there are",
    "SigningKey": "keys of the server",
    "SweepMark": "how far the sweep has come",
    "TokenBinding": "hangs on an access token, and goes with it",
}
