"""Tokens (JWT) as their issuers make them."""
import base64
import hmac
import json

SECRET = "bG9uZyBlbm91Z2ggdG8gYmUgYSBrZXkhIQ=="


def encode(data):
    if isinstance(data, str):
        data = data.encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def text(part):
    """JSON, unless it is text already."""
    return part if isinstance(part, str) else json.dumps(part)


def hashed(head, claims, key=SECRET, name="sha256"):
    """A token signed with a secret."""
    key = key.encode() if isinstance(key, str) else key
    start = encode(text(head)) + "." + encode(text(claims))
    return start + "." + encode(hmac.new(key, start.encode(), name).digest())
