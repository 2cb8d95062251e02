"""What pika sees of the broker at the address given: one line of JSON."""

import json
import sys
import time

import pika
from pika.exceptions import (
    ChannelClosedByBroker,
    NackError,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
    UnroutableError,
)

address = sys.argv[1]


def connected(**changes):
    parameters = pika.URLParameters(address)
    for name, value in changes.items():
        setattr(parameters, name, value)
    return pika.BlockingConnection(parameters)


def drained(channel, queue):
    bodies = []
    while True:
        method, properties, body = channel.basic_get(queue, auto_ack=True)
        if method is None:
            return bodies
        bodies.append(body.decode())


def bound(channel, exchange, key="", arguments=None):
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue, exchange, key, arguments)
    return queue


def routing(channel):
    channel.confirm_delivery()
    found = {}
    channel.exchange_declare("py.direct", "direct", auto_delete=True)
    queues = [bound(channel, "py.direct", key) for key in ("kong", "black")]
    channel.basic_publish("py.direct", "kong", b"banana")
    found["direct"] = [drained(channel, queue) for queue in queues]
    channel.exchange_declare("py.fanout", "fanout", auto_delete=True)
    queues = [bound(channel, "py.fanout") for _ in range(3)]
    channel.basic_publish("py.fanout", "", b"all")
    found["fanout"] = [drained(channel, queue) for queue in queues]
    channel.exchange_declare("py.topic", "topic", auto_delete=True)
    queues = [bound(channel, "py.topic", key) for key in ("usa.#", "*.news.*", "korea.news")]
    channel.basic_publish("py.topic", "usa.news.weather", b"sunny")
    found["topic"] = [drained(channel, queue) for queue in queues]
    channel.exchange_declare("py.headers", "headers", auto_delete=True)
    wanted = {"format": "pdf", "pages": 3}
    queues = [bound(channel, "py.headers", "", {"x-match": match, **wanted}) for match in ("all", "any")]
    for headers in (wanted, {"format": "pdf"}, {"format": "zip"}):
        properties = pika.BasicProperties(headers=headers)
        channel.basic_publish("py.headers", "", json.dumps(headers), properties)
    found["headers"] = [len(drained(channel, queue)) for queue in queues]
    return found


def publishing(channel):
    """With confirms a publish returns when it is confirmed, and raises when it is not."""
    channel.confirm_delivery()
    found = {}
    try:
        channel.basic_publish("amq.direct", "nobody", b"lost", mandatory=True)
    except UnroutableError as error:
        returned = error.messages[0]
        found["returned"] = [returned.method.reply_code, returned.method.reply_text, returned.body.decode()]
    limits = {"x-max-length": 1, "x-overflow": "reject-publish"}
    full = channel.queue_declare("", exclusive=True, arguments=limits).method.queue
    channel.basic_publish("", full, b"first")
    try:
        channel.basic_publish("", full, b"second")
    except NackError:
        found["refused"] = drained(channel, full)
    queue = channel.queue_declare("", exclusive=True).method.queue
    large = bytes(range(256)) * 2000
    persistent = pika.BasicProperties(delivery_mode=2, content_type="application/octet-stream", headers={"n": None})
    channel.basic_publish("", queue, large, persistent)
    method, properties, body = channel.basic_get(queue, auto_ack=True)
    found["large"] = body == large and properties.delivery_mode == 2 and properties.headers == {"n": None}
    return found


def consuming(channel):
    found = {}
    queue = channel.queue_declare("", exclusive=True).method.queue
    for index in range(6):
        channel.basic_publish("", queue, str(index))
    channel.basic_qos(prefetch_count=2)
    taken = []
    for method, properties, body in channel.consume(queue, inactivity_timeout=5):
        taken.append([body.decode(), method.redelivered])
        if len(taken) == 1:
            channel.basic_nack(method.delivery_tag, requeue=True)
        elif len(taken) < 7:
            channel.basic_ack(method.delivery_tag)
        if len(taken) == 7:
            channel.basic_reject(method.delivery_tag, requeue=False)
            break
    channel.cancel()
    found["taken"] = sorted(taken)
    found["left"] = channel.queue_declare(queue, passive=True).method.message_count
    fleeting = channel.queue_declare("py.fleeting", auto_delete=True).method.queue
    cancelled = []
    channel.add_on_cancel_callback(lambda frame: cancelled.append(frame.method.consumer_tag))
    tag = channel.basic_consume(fleeting, lambda *_: None)
    channel.connection.channel().queue_delete(fleeting)
    channel.connection.process_data_events(0.2)
    found["cancelled"] = cancelled == [tag]
    return found


def transaction(channel):
    queue = channel.queue_declare("", exclusive=True).method.queue
    other = channel.connection.channel()
    channel.tx_select()
    channel.basic_publish("", queue, b"undone")
    channel.tx_rollback()
    channel.basic_publish("", queue, b"done")
    before = drained(other, queue)
    channel.tx_commit()
    return [before, drained(other, queue)]


def quorum(channel):
    """A message that is given back too often is a dead letter; each delivery says how often it came before."""
    graveyard = channel.queue_declare("", exclusive=True).method.queue
    arguments = {
        "x-queue-type": "quorum",
        "x-delivery-limit": 2,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": graveyard,
    }
    channel.queue_declare("py.quorum", durable=True, arguments=arguments)
    channel.basic_publish("", "py.quorum", b"poison")
    counts = []
    for method, properties, body in channel.consume("py.quorum", inactivity_timeout=0.5):
        if method is None:
            break
        counts.append((properties.headers or {}).get("x-delivery-count"))
        channel.basic_reject(method.delivery_tag, requeue=True)
    channel.cancel()
    method, properties, body = channel.basic_get(graveyard, auto_ack=True)
    death = properties.headers["x-death"][0]
    channel.queue_delete("py.quorum")
    return {"counts": counts, "death": [death["queue"], death["reason"], death["count"], death["routing-keys"]]}


def direct_reply(channel):
    server = connected().channel()
    requests = server.queue_declare("", exclusive=True).method.queue
    replies = []
    channel.basic_consume("amq.rabbitmq.reply-to", lambda c, m, p, body: replies.append(body.decode()), auto_ack=True)
    asking = pika.BasicProperties(reply_to="amq.rabbitmq.reply-to")
    # The queue is the server's own; the default exchange leads there for everybody.
    channel.basic_publish("", requests, b"hello", asking)
    method = None
    while method is None:
        method, properties, body = server.basic_get(requests, auto_ack=True)
    server.basic_publish("", properties.reply_to, b"re: " + body)
    server.connection.close()
    for _ in range(50):
        if replies:
            break
        channel.connection.process_data_events(0.1)
    return replies


def refusals(channel):
    connection = channel.connection
    found = []

    def refused(act):
        try:
            act(connection.channel())
        except ChannelClosedByBroker as error:
            found.append([error.reply_code, error.reply_text.split(" - ")[0]])

    channel.queue_declare("py.settled", durable=True)
    refused(lambda own: own.queue_declare("py.nowhere", passive=True))
    refused(lambda own: own.queue_declare("py.settled", durable=False))
    refused(lambda own: own.queue_declare("py.settled", durable=True, arguments={"x-message-ttl": 1000}))
    refused(lambda own: own.exchange_declare("amq.mine", "direct"))
    refused(lambda own: own.queue_bind("py.settled", "py.nowhere", "key"))
    refused(lambda own: (own.basic_ack(99), own.queue_declare("py.settled", passive=True)))

    def twice(own):
        own.basic_consume("py.settled", lambda *_: None, exclusive=True)
        connection.channel().basic_consume("py.settled", lambda *_: None)

    refused(twice)
    channel.queue_delete("py.settled")
    return found


def doors():
    found = []
    try:
        connected(credentials=pika.PlainCredentials("guest", "wrong"))
    except ProbableAuthenticationError:
        found.append("password")
    try:
        connected(virtual_host="nowhere")
    except ProbableAccessDeniedError:
        found.append("virtual host")
    return found


def heartbeats():
    """Both sides say each second that they are there: for longer than either would wait in silence."""
    connection = connected(heartbeat=1)
    began = time.monotonic()
    connection.sleep(3.5)
    connection.channel()
    connection.update_secret("guest", "it is time")
    connection.close()
    return time.monotonic() - began >= 3.5


connection = connected()
results = {}
for act in (routing, publishing, consuming, transaction, quorum, direct_reply, refusals):
    results[act.__name__] = act(connection.channel())
connection.close()
for act in (doors, heartbeats):
    results[act.__name__] = act()
print(json.dumps(results))
