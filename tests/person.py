"""A person in a browser, over real HTTP and without scripts."""

import re
from html import unescape
from urllib.parse import urljoin

import requests


class Person:
    """A person in a browser: follows links, fills in the one form of a page, and stops where a client waits."""

    def __init__(self, server):
        self.server = server
        self.browser = requests.Session()

    def go(self, url):
        """The page at the end of our own redirects, or the URL of a client."""
        while True:
            if not url.startswith(f"{self.server}/"):
                return url
            response = self.browser.get(url, allow_redirects=False, timeout=5)
            if "Location" not in response.headers:
                return response
            url = urljoin(url, response.headers["Location"])

    def submit(self, page, **fields):
        """POST the form of a page with its hidden fields, and go where that leads."""
        response = self.send(page, **fields)
        assert response.status_code in (302, 303), response.text
        return self.go(urljoin(response.url, response.headers["Location"]))

    def send(self, page, **fields):
        """POST the form of a page with its hidden fields; the answer to that."""
        assert page.status_code == 200, page.text
        form = re.search(r"<form.*?</form>", page.text, re.DOTALL).group()
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        action = re.search(r'<form[^>]* action="([^"]*)"', form)
        target = urljoin(page.url, unescape(action.group(1)) if action else "")
        data = {name: unescape(value) for name, value in hidden.items()} | fields
        headers = {"Origin": self.server, "Referer": page.url}
        return self.browser.post(target, data=data, headers=headers, allow_redirects=False, timeout=5)

    def sign_in_and_allow(self, url, user):
        """From the client's link to the client's callback."""
        consent = self.submit(self.go(url), username=user.username, password="correct horse")
        return self.submit(consent, decision="allow")
