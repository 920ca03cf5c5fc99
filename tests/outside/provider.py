"""An identity provider on loopback whose tokens PyJWT makes: it counts who asks, changes its keys, and goes away."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, HMACAlgorithm, OKPAlgorithm, RSAAlgorithm
from jwt.api_jws import PyJWS

DISCOVERY = "/pool/.well-known/openid-configuration"
PUBLISHED_SECRET = b"a-secret-that-the-key-set-gives-away"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Keys:
    """A key of each type."""

    def __init__(self):
        self.rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.p256 = ec.generate_private_key(ec.SECP256R1())
        self.p384 = ec.generate_private_key(ec.SECP384R1())
        self.ed = ed25519.Ed25519PrivateKey.generate()

    def of(self, algorithm: str):
        return {"RS": self.rsa, "PS": self.rsa, "ES256": self.p256, "ES384": self.p384, "EdDSA": self.ed}[
            algorithm if algorithm[0] == "E" else algorithm[:2]]

    def jwks(self) -> dict:
        """Key ids as in auth_cases.json: one key that declares its algorithm, and keys that verify nothing."""
        public = RSAAlgorithm.to_jwk(self.rsa.public_key(), as_dict=True)
        for name in ("key_ops", "alg", "use"):
            public.pop(name, None)
        short = RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, 1024).public_key(), as_dict=True)
        return {"keys": [
            public | {"kid": "rsa", "alg": "RS256", "use": "sig"},
            public | {"kid": "any-rsa"},
            ECAlgorithm.to_jwk(self.p256.public_key(), as_dict=True) | {"kid": "p256"},
            ECAlgorithm.to_jwk(self.p384.public_key(), as_dict=True) | {"kid": "p384"},
            OKPAlgorithm.to_jwk(self.ed.public_key(), as_dict=True) | {"kid": "ed"},
            public | {"kid": "enc", "use": "enc"},
            {"kid": "hmac", "kty": "oct", "k": b64(PUBLISHED_SECRET)},
            short | {"kid": "short"},
        ]}

    def public_der(self) -> bytes:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.rsa.public_key().public_bytes(serialization.Encoding.DER, form)


class Careless(HMACAlgorithm):
    """Takes a public key as a secret, which PyJWT itself refuses: that is the attack."""

    def prepare_key(self, key):
        return key


def signer() -> PyJWS:
    jws = PyJWS()
    for name, digest in [("HS256", HMACAlgorithm.SHA256), ("HS512", HMACAlgorithm.SHA512)]:
        jws.unregister_algorithm(name)
        jws.register_algorithm(name, Careless(digest))
    return jws


def mint(claims: dict, algorithm: str, key, kid: str | None) -> str:
    """A token by PyJWT. Below its checks of claims, so that broken ones can be made too."""
    headers = {} if kid is None else {"kid": kid}
    payload = json.dumps(claims).encode()
    if algorithm.lower() == "none":
        token = PyJWS().encode(payload, None, algorithm="none", headers=headers)
        if algorithm != "none":
            header = json.dumps({"alg": algorithm, "typ": "JWT"} | headers).encode()
            token = f"{b64(header)}.{token.split('.')[1]}."
        return token
    return signer().encode(payload, key, algorithm=algorithm, headers=headers)


class Provider:
    """Serves a discovery document and a key set; `asked` counts both."""

    def __init__(self, port: int = 0):
        self.keys = Keys()
        self.shown = self.keys.jwks()
        self.up = True
        self.asked = {"discovery": 0, "jwks": 0}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                if not provider.up:
                    return self.send_error(503)
                if self.path == DISCOVERY:
                    provider.asked["discovery"] += 1
                    body = {"issuer": provider.issuer, "jwks_uri": f"{provider.issuer}/keys"}
                else:
                    provider.asked["jwks"] += 1
                    body = provider.shown
                data = json.dumps(body).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        self.issuer = f"{self.base}/pool"
        self.discovery = self.base + DISCOVERY
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def counts(self) -> tuple[int, int]:
        return self.asked["discovery"], self.asked["jwks"]

    def rename_keys(self, suffix: str):
        """New keys under new ids."""
        self.keys = Keys()
        self.shown = self.keys.jwks()
        for key in self.shown["keys"]:
            key["kid"] += suffix

    def token(self, kid="rsa", algorithm="RS256", **changes) -> str:
        claims = {"iss": self.issuer, "sub": "u", "client_id": "c", "exp": int(time.time()) + 3600} | changes
        return mint(claims, algorithm, self.keys.of(algorithm), kid)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
