"""The process that publishes by kombu, waiting for the broker's confirm of each; says how many per second."""

import json
import sys
import time

from kombu.connection import Connection
from kombu.entity import Exchange

from shared.contracts import sales
from shared.runtime.cloudevents import CONTENT_TYPE
from shared.runtime.rabbit.topology import events_exchange

WARM = 100


def main() -> None:
    """Publish."""
    given = json.loads(sys.stdin.read())
    url, count = given["told"]
    with Connection(url, transport_options={"confirm_publish": True}) as connection:
        producer = connection.Producer(exchange=Exchange(events_exchange("sales"), "topic", passive=True))

        def publish(many: int) -> None:
            for _ in range(many):
                producer.publish(
                    given["envelope"],
                    routing_key=sales.order_placed.routing_key,
                    content_type=CONTENT_TYPE,
                    content_encoding="utf-8",
                    delivery_mode="persistent",
                    mandatory=True,
                )

        publish(WARM)
        began = time.perf_counter()
        publish(count)
        print(count / (time.perf_counter() - began))


if __name__ == "__main__":
    main()
