"""The response page as HTML: one file without script, image or foreign source, for the oldest phone.

Every word that is not written here is escaped; a browser is told to load nothing and to tell nobody where it was.
"""

import base64
import hashlib
from html import escape

from fastapi.responses import HTMLResponse

from services.alerts.api.response_words import Button, PageWords

_STYLE = (
    "body{font:1.2em sans-serif;margin:1em auto;max-width:30em;padding:0 1em}"
    "button{display:block;width:100%;font-size:1.1em;padding:.8em;margin:.6em 0}"
    ".said{font-weight:bold;font-size:1.1em}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
_FAILED = {
    400: "That was not understood. Nothing was done.",
    404: "This link is not good, or not any more. Nothing was done.",
    413: "That was not understood. Nothing was done.",
    415: "That was not understood. Nothing was done.",
    422: "That cannot be done with this link. Nothing was done.",
    429: "Too many tries. Wait a minute.",
}


def shown(words: PageWords, *, status: int = 200, refused: str | None = None) -> HTMLResponse:
    """`refused`: why what was just asked for was not done."""
    lines = [f"<h1>{escape(words.title)}</h1>", *(f"<p>{escape(fact)}</p>" for fact in words.facts)]
    if refused:
        lines.append(f"<p>{escape(refused)}</p>")
    lines.append(f'<p class="said">{escape(words.said)}</p>')
    lines += [_form(button) for button in words.buttons]
    return _page("\n".join(lines), status)


def failed(status: int) -> HTMLResponse:
    headers = {"Retry-After": "60"} if status == 429 else {}
    return _page(f'<h1>Truce</h1>\n<p class="said">{escape(_FAILED[status])}</p>', status, headers)


def _form(button: Button) -> str:
    reason = f'<input type="hidden" name="reason" value="{escape(button.reason)}">' if button.reason else ""
    return (
        f'<form method="post"><input type="hidden" name="do" value="{escape(button.do)}">{reason}'
        f"<button>{escape(button.words)}</button></form>"
    )


def _page(inside: str, status: int, headers: dict[str, str] | None = None) -> HTMLResponse:
    text = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Truce</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>{_STYLE}</style></head><body>\n{inside}\n</body></html>\n"
    )
    return HTMLResponse(text, status_code=status, headers=HEADERS | (headers or {}))
