"""The service's database as a route parameter. A route opens its transaction itself and answers after the commit."""

from typing import Annotated

from fastapi import Depends, Request

from shared.persistence.database import Database


def _database(request: Request) -> Database:
    db: Database = request.app.state.db
    return db


Db = Annotated[Database, Depends(_database)]
