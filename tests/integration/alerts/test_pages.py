"""Pages as the desks see them: of every kind there is."""

from services.alerts.api.response_words import PAGES
from services.alerts.domain.pages import PageKind
from services.alerts.usecases.paging.open_page import NewPage, page_people
from shared.kernel.ids import new_id
from tests.integration.alerts.conftest import AlertsAlone


async def test_pages_of_every_kind_are_listed_and_have_words(alone: AlertsAlone) -> None:
    async with alone.world.alerts_db.transaction() as tx:
        for kind in PageKind:
            assert await page_people(tx, NewPage(kind, str(new_id()), repeat_s=300))
    answer = await alone.world.alerts.get("/v1/pages", headers=alone.world.bearer("dispatcher"))
    assert answer.status_code == 200, answer.text
    assert {page["kind"] for page in answer.json()} == set(PageKind) == set(PAGES)
