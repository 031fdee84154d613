"""The development identity issuer: discovery and public keys, as any OIDC provider has them. It asks nobody who he is.

    python -m deploy.local.issuer STATE_DIR PORT

Tokens are minted on the command line (see tokens). In production an identity provider takes its place.
"""

import sys
from pathlib import Path

from aiohttp import web

from deploy.local.tokens import ALGORITHM, signing_key


def build(state: Path, url: str) -> web.Application:
    public_key = signing_key(state).as_dict(private=False)
    discovery = {
        "issuer": url,
        "jwks_uri": f"{url}/jwks.json",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
    }

    async def tell_discovery(_: web.Request) -> web.Response:
        return web.json_response(discovery)

    async def tell_keys(_: web.Request) -> web.Response:
        return web.json_response({"keys": [public_key]})

    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", tell_discovery)
    app.router.add_get("/jwks.json", tell_keys)
    return app


def main(state: Path, port: int) -> None:
    app = build(state, f"http://127.0.0.1:{port}")
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
