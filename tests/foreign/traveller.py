"""A person whose browser goes to and fro between a relying party and the provider."""

from typing import Any
from urllib.parse import urljoin, urlsplit

from tests.person import Person


class Traveller(Person):
    """Follows every redirect to one of ``servers``; anything else is where a client waits."""

    def __init__(self, *servers: str) -> None:
        super().__init__(servers[0])
        self.servers = servers
        self.visited: list[str] = []

    def go(self, url: str) -> Any:
        while url.startswith(tuple(f"{server}/" for server in self.servers)):
            self.visited.append(url)
            response = self.browser.get(url, allow_redirects=False, timeout=10)
            if "Location" not in response.headers:
                return response
            url = urljoin(url, response.headers["Location"])
        return url

    def send(self, page: Any, **fields: str) -> Any:
        parts = urlsplit(page.url)
        self.server = f"{parts.scheme}://{parts.netloc}"
        return super().send(page, **fields)
