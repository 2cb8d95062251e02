"""What aio-pika and its patterns see of the broker at the address given: one line of JSON."""

import asyncio
import json
import sys

import aio_pika
from aio_pika import DeliveryMode, ExchangeType, Message
from aio_pika.exceptions import DeliveryError
from aio_pika.patterns import RPC, Master


async def calls(connection):
    """RPC over an exclusive queue, with a headers exchange for requests that nobody took."""
    server = await connection.channel()
    client = await connection.channel()

    async def multiply(*, x, y):
        return x * y

    async def refuse():
        raise ValueError("no")

    serving = await RPC.create(server)
    await serving.register("multiply", multiply, auto_delete=True)
    await serving.register("refuse", refuse, auto_delete=True)
    rpc = await RPC.create(client)
    products = await asyncio.gather(*(rpc.call("multiply", kwargs={"x": n, "y": n}) for n in range(20)))
    try:
        await rpc.call("refuse")
        raised = None
    except Exception as error:
        raised = str(error)
    try:
        await rpc.call("nobody", expiration=1)
        missed = None
    except Exception as error:
        missed = type(error).__name__
    await rpc.close()
    await serving.close()
    return [products == [n * n for n in range(20)], raised, missed]


async def workers(connection):
    channel = await connection.channel()
    await channel.set_qos(prefetch_count=3)
    master = Master(channel)
    done = []
    finished = asyncio.Event()

    async def work(*, number):
        done.append(number)
        if len(done) == 30:
            finished.set()

    worker = await master.create_worker("aio.work", work, auto_delete=True)
    await asyncio.gather(*(master.create_task("aio.work", kwargs={"number": n}) for n in range(30)))
    await asyncio.wait_for(finished.wait(), 10)
    await worker.close()
    return sorted(done) == list(range(30))


async def publishing(connection):
    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
    exchange = await channel.declare_exchange("aio.topic", ExchangeType.TOPIC, auto_delete=True)
    queue = await channel.declare_queue("", exclusive=True)
    await queue.bind(exchange, "*.news.#")
    body = bytes(300_000)
    message = Message(body, delivery_mode=DeliveryMode.PERSISTENT, headers={"n": 1, "list": ["a", {"b": None}]})
    await exchange.publish(message, routing_key="usa.news.weather")
    received = await queue.get(timeout=5)
    await received.ack()
    try:
        await exchange.publish(Message(b"lost"), routing_key="korea.weather", mandatory=True)
        unroutable = None
    except DeliveryError as error:
        unroutable = type(error).__name__
    return [received.body == body, received.headers == message.headers, unroutable]


async def transaction(connection):
    channel = await connection.channel(publisher_confirms=False)
    queue = await channel.declare_queue("", exclusive=True)
    async with channel.transaction():
        await channel.default_exchange.publish(Message(b"one"), routing_key=queue.name)
        await channel.default_exchange.publish(Message(b"two"), routing_key=queue.name)
    return [(await queue.get(no_ack=True)).body.decode() for _ in range(2)]


async def main():
    connection = await aio_pika.connect_robust(sys.argv[1])
    results = {}
    async with connection:
        for act in (calls, workers, publishing, transaction):
            results[act.__name__] = await asyncio.wait_for(act(connection), 20)
    print(json.dumps(results))


asyncio.run(main())
