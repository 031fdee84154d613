"""Points as they are sent and shown, in WGS84 degrees."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.kernel.geo import Point

Lat = Annotated[float, Field(strict=True, ge=-90, le=90, allow_inf_nan=False)]
Lon = Annotated[float, Field(strict=True, ge=-180, le=180, allow_inf_nan=False)]


class PlaceBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    lat: Lat
    lon: Lon

    def point(self) -> Point:
        return Point(self.lat, self.lon)
