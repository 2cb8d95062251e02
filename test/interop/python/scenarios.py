"""One scenario of librdkafka's producer and admin client against the broker whose address is given; prints a JSON line."""

import json
import sys
import time

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    ConsumerGroupTopicPartitions,
    IsolationLevel,
    KafkaException,
    Producer,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
)

broker, scenario = sys.argv[1], sys.argv[2]
client = AdminClient({"bootstrap.servers": broker})


def create(name, partitions, config={}):
    client.create_topics([NewTopic(name, partitions, 1, config=config)])[name].result(10)


def producer(**settings):
    return Producer({"bootstrap.servers": broker, **{name.replace("_", "."): value for name, value in settings.items()}})


def read(topic, wanted, isolation="read_committed", seconds=20):
    """What lies in a topic's first partition, and for a moment what lies behind that."""
    consumer = Consumer(
        {
            "bootstrap.servers": broker,
            "group.id": "unused",
            "enable.auto.commit": False,
            "isolation.level": isolation,
            "check.crcs": True,
        }
    )
    consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
    taken = []
    deadline = time.time() + seconds
    while len(taken) < wanted and time.time() < deadline:
        taken += [one for one in consumer.consume(500, 0.2) if one.error() is None]
    taken += [one for one in consumer.consume(500, 0.5) if one.error() is None]
    consumer.close()
    return taken


def codecs():
    """Idempotent, with each codec; then a batch that is too large, and one without a key where one is needed."""
    create("packed", 1)
    count = 200
    for codec in ["none", "gzip", "snappy", "lz4", "zstd"]:
        writer = producer(enable_idempotence=True, compression_codec=codec, linger_ms=20)
        failed = []
        for index in range(count):
            writer.produce(
                "packed",
                key=f"{codec}-{index}",
                value=codec * index,
                headers=[("codec", codec.encode()), ("none", None)],
                timestamp=1_700_000_000_000 + index,
                on_delivery=lambda error, _: failed.append(error) if error else None,
            )
        writer.flush(20)
        assert not failed, failed
    right = 0
    for position, one in enumerate(read("packed", 5 * count)):
        codec, index = one.key().decode().split("-")
        right += (
            one.offset() == position
            and one.value().decode() == codec * int(index)
            and one.headers() == [("codec", codec.encode()), ("none", None)]
            and one.timestamp()[1] == 1_700_000_000_000 + int(index)
        )
    create("strict", 1, {"cleanup.policy": "compact", "max.message.bytes": "2000"})
    errors = []
    for key, value in [(None, "without a key"), ("large", "x" * 5000), ("fits", "x")]:
        writer = producer(enable_idempotence=True)
        writer.produce("strict", key=key, value=value, on_delivery=lambda error, _: errors.append(error and error.name()))
        writer.flush(20)
    return {"right": right, "errors": errors}


def transactions():
    """Copies in transactions with offsets: one committed, one aborted, one that another producer fences."""
    create("from", 1)
    create("to", 1)
    writer = producer()
    for index in range(30):
        writer.produce("from", value=f"v{index:02}")
    writer.flush(10)
    consumer = Consumer(
        {"bootstrap.servers": broker, "group.id": "copiers", "auto.offset.reset": "earliest", "enable.auto.commit": False}
    )
    consumer.subscribe(["from"])

    def copy(transactional, count):
        transactional.begin_transaction()
        for _ in range(count):
            message = consumer.poll(20)
            transactional.produce("to", value=message.value())
        metadata = consumer.consumer_group_metadata()
        transactional.send_offsets_to_transaction(consumer.position(consumer.assignment()), metadata, 20)

    def committed():
        return consumer.committed([TopicPartition("from", 0)], 10)[0].offset

    def back():
        consumer.seek(TopicPartition("from", 0, max(committed(), 0)))

    first = producer(transactional_id="copier")
    first.init_transactions(20)
    copy(first, 10)
    first.commit_transaction(20)
    copy(first, 10)
    first.abort_transaction(20)
    after_abort = committed()
    back()
    copy(first, 10)
    heir = producer(transactional_id="copier")
    heir.init_transactions(20)
    try:
        first.commit_transaction(20)
        fenced = "no"
    except KafkaException as error:
        fenced = "fatal" if error.args[0].fatal() else error.args[0].name()
    back()
    copy(heir, 20)
    heir.commit_transaction(20)
    result = {
        "afterAbort": after_abort,
        "fenced": fenced,
        "committed": [one.value().decode() for one in read("to", 30)],
        "offset": committed(),
    }
    consumer.close()
    return result


def administer():
    """Topics, configurations, offsets, records and groups."""
    topic, group = "kept", "readers"
    create(topic, 1, {"retention.ms": "100000"})
    try:
        create(topic, 1)
        again = "made"
    except KafkaException as error:
        again = error.args[0].name()
    client.create_partitions([NewPartitions(topic, 3)])[topic].result(10)
    resource = ConfigResource(
        ConfigResource.Type.TOPIC,
        topic,
        incremental_configs=[
            ConfigEntry("cleanup.policy", "compact", incremental_operation=AlterConfigOpType.APPEND),
            ConfigEntry("retention.ms", None, incremental_operation=AlterConfigOpType.DELETE),
        ],
    )
    client.incremental_alter_configs([resource])[resource].result(10)
    configs = client.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, topic)])
    (described,) = [each.result(10) for each in configs.values()]
    writer = producer()
    for index in range(10):
        writer.produce(topic, key="k", value=f"v{index}", partition=0, timestamp=1_700_000_000_000 + index * 1000)
    writer.flush(10)
    place = TopicPartition(topic, 0)

    def offset(spec):
        (found,) = client.list_offsets({place: spec}, isolation_level=IsolationLevel.READ_COMMITTED).values()
        return found.result(10).offset

    found = [
        offset(OffsetSpec.earliest()),
        offset(OffsetSpec.latest()),
        offset(OffsetSpec.max_timestamp()),
        offset(OffsetSpec.for_timestamp(1_700_000_003_500)),
    ]
    (deleted,) = client.delete_records([TopicPartition(topic, 0, 4)]).values()
    low = deleted.result(10).low_watermark
    placed = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, 0, 7)])
    client.alter_consumer_group_offsets([placed])[group].result(10)
    kept = client.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group].result(10)
    client.delete_consumer_groups([group])[group].result(10)
    cluster = client.describe_cluster().result(10)
    topics = client.describe_topics(TopicCollection([topic]))[topic].result(10)
    return {
        "again": again,
        "policy": [described["cleanup.policy"].value, described["retention.ms"].is_default],
        "found": found,
        "low": low,
        "kept": [(one.partition, one.offset) for one in kept.topic_partitions],
        "nodes": len(cluster.nodes),
        "partitions": len(topics.partitions),
    }


print(json.dumps({"codecs": codecs, "transactions": transactions, "admin": administer}[scenario]()))
