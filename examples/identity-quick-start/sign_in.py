"""What a person does with a browser, for the sandbox: opens the address that the agent gave, signs in, and is sent back.

    sign_in.py ADDRESS RETURN_URL

Takes IDENTITY_USERNAME, IDENTITY_PASSWORD and TOKEN, the caller's own, from the environment.
"""

import html.parser
import os
import sys
import urllib.parse
import urllib.request

import boto3

address, return_url = sys.argv[1:]


class Returned(Exception):
    """The browser is sent to the agent's return URL, where nothing listens here."""


class Redirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, request, answer, code, text, headers, url):
        if url.startswith(return_url):
            raise Returned(url)
        return super().redirect_request(request, answer, code, text, headers, url)


class Form(html.parser.HTMLParser):
    action = None

    def handle_starttag(self, tag, attributes):
        if tag == "form":
            self.action = dict(attributes)["action"]


browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), Redirects)
page = browser.open(address, timeout=60)
form = Form()
form.feed(page.read().decode())
fields = {"username": os.environ["IDENTITY_USERNAME"], "password": os.environ["IDENTITY_PASSWORD"]}
try:
    browser.open(urllib.parse.urljoin(page.url, form.action), urllib.parse.urlencode(fields).encode(), timeout=60)
    sys.exit("nobody was sent back")
except Returned as returned:
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(str(returned)).query)

# Who comes back has to be who asked: the service takes the token of the same person.
boto3.client("bedrock-agentcore").complete_resource_token_auth(
    sessionUri=query["session_id"][0], userIdentifier={"userToken": os.environ["TOKEN"]}
)
