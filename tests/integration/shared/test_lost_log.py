"""A topic that is taken away and made anew under a running consumer: it stops and says so, and a person decides."""

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from shared.messaging.consumer.positions import resume_consumer
from shared.messaging.kafka import create_topics
from tests.integration.shared.notebook import PARTITIONS, TOPIC, Notebook, organization
from tests.integration.shared.test_exactly_once import has_noted, stopped_for
from tests.support.waiting import eventually

pytestmark = pytest.mark.timeout(180)  # a client asks what has become of its topics twice a minute


async def made_anew(notebook: Notebook) -> None:
    topic = notebook.prefix + TOPIC
    admin = AIOKafkaAdminClient(bootstrap_servers=notebook.bootstrap)
    await admin.start()
    try:
        await admin.delete_topics([topic])

        async def gone() -> bool:
            return topic not in await admin.list_topics()

        await eventually(gone)
    finally:
        await admin.close()
    await create_topics(notebook.bootstrap, {topic: PARTITIONS[TOPIC]})


async def test_a_topic_made_anew_stops_the_consumer_until_a_person_resumes_it(notebook: Notebook) -> None:
    before = [f"n{number}" for number in range(24)]
    async with notebook.consuming():
        await notebook.send(*(organization(name) for name in before))
        await eventually(lambda: has_noted(notebook, *before))
        await made_anew(notebook)
        await eventually(lambda: stopped_for(notebook, "position_outside_log"), within_s=90)
        assert await notebook.alarms() == {("consumer_stopped", "position_outside_log"): "raised"}
        async with notebook.db.transaction() as tx:
            assert await resume_consumer(tx, from_beginning=True)
        await notebook.send(organization("anew"))
        await eventually(lambda: has_noted(notebook, *before, "anew"), within_s=60)
