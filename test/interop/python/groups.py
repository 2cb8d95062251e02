"""One scenario of librdkafka's consumers against the broker whose address is given; prints a JSON line."""

import json
import sys
import time

from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka.admin import AdminClient

broker, protocol = sys.argv[1], sys.argv[2]
topic, group = f"rdk-{protocol}", f"g-rdk-{protocol}"


def consumer(**more):
    settings = {
        "bootstrap.servers": broker,
        "group.id": group,
        "group.protocol": protocol,
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
    }
    return Consumer({**settings, **more})


def poll_until(consumers, condition, seconds=30):
    taken = []
    deadline = time.time() + seconds
    while not condition(taken):
        if time.time() > deadline:
            raise TimeoutError("it did not come to pass")
        for each in consumers:
            message = each.poll(0.05)
            if message is None:
                continue
            if message.error():
                raise KafkaException(message.error())
            taken.append(message.value().decode())
    return taken


def partitions(each):
    return sorted(one.partition for one in each.assignment())


producer = Producer({"bootstrap.servers": broker})
for index in range(40):
    producer.produce(topic, key=f"k{index}", value=f"v{index:02}")
producer.flush(10)

first = consumer()
# An expression, where the protocol has the broker resolve it.
first.subscribe([f"^{topic[:-1]}.$"])
taken = poll_until([first], lambda taken: len(taken) == 40)
first.commit(asynchronous=False)

second = consumer()
second.subscribe([topic])
poll_until([first, second], lambda _: len(first.assignment()) == 2 and len(second.assignment()) == 2)
shared = [partitions(first), partitions(second)]

admin = AdminClient({"bootstrap.servers": broker})
(listed,) = [one for one in admin.list_consumer_groups().result(10).valid if one.group_id == group]
first.close()
poll_until([second], lambda _: len(second.assignment()) == 4)
producer.produce(topic, value="afterwards")
producer.flush(10)
later = poll_until([second], lambda taken: len(taken) == 1)
alone = partitions(second)
second.close()

print(
    json.dumps(
        {
            "taken": sorted(taken),
            "shared": shared,
            "state": listed.state.name,
            "type": listed.type.name,
            "alone": alone,
            "later": later,
        }
    )
)
