"""What a route that streams a feed needs: the feed by its name, the position that the caller has, its description."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Request

from shared.web.live.event_stream import MEDIA_TYPE
from shared.web.live.feed import LiveFeed

LastEventId = Annotated[str | None, Header(max_length=64)]


def stream_from(app: FastAPI, feed: LiveFeed[Any]) -> None:
    """The app's routes find the feed by its name; it runs beside the requests, and ends with the process."""
    app.state.feeds[feed.name] = feed


def live(name: str) -> Any:
    """A dependency that yields the service's LiveFeed of this name."""

    def found(request: Request) -> LiveFeed[Any]:
        feed: LiveFeed[Any] = request.app.state.feeds[name]
        return feed

    return Depends(found)


def described(what: str) -> dict[int | str, dict[str, Any]]:
    """The answer as the interface's description shows it."""
    return {200: {"description": what, "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}}
