"""`python -m tests.contract.renew_examples`: write the example events that are missing. One that is there stays."""

import json

from shared.contracts.golden import schema_of
from shared.contracts.registry import EVENTS
from tests.support.examples import EXAMPLES, example_of, example_path


def main() -> list[str]:
    EXAMPLES.mkdir(exist_ok=True)
    missing = [event for event in EVENTS.values() if not example_path(event.schema_name()).exists()]
    for event in missing:
        body = json.dumps(example_of(schema_of(event)), indent=1)
        example_path(event.schema_name()).write_text(body + "\n")
    return [event.schema_name() for event in missing]


if __name__ == "__main__":
    main()
