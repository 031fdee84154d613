"""The page behind the link in a message, as somebody's browser has it: no token, no script, forms posted."""

import re
from typing import Any

import httpx
from yarl import URL


class ResponsePage:
    def __init__(self, client: httpx.AsyncClient, link: str) -> None:
        self._client = client
        self.path = URL(link).path

    @property
    def token(self) -> str:
        return self.path.rpartition("/")[2]

    async def look(self, method: str = "GET") -> httpx.Response:
        return await self._client.request(method, self.path)

    async def press(self, do: str, **more: str) -> httpx.Response:
        return await self._client.post(self.path, data={"do": do} | more)


def page_of(client: httpx.AsyncClient, message: dict[str, Any]) -> ResponsePage:
    """`message`: as a phone got it."""
    return ResponsePage(client, message["data"]["links"]["respond"])


def said(answer: httpx.Response) -> str:
    found = re.search(r'<p class="said">([^<]*)</p>', answer.text)
    assert found, answer.text
    return found[1]


def buttons(answer: httpx.Response) -> list[str]:
    """What each does, in the page's order; a refusal with its reason."""
    forms = re.findall(r'name="do" value="(\w+)">(?:<input type="hidden" name="reason" value="(\w+)">)?', answer.text)
    return [f"{do}:{reason}" if reason else do for do, reason in forms]
