"""Sends tasks to a worker and says in a line of JSON what came back."""

import json
import os
import sys
import time
from datetime import datetime, timedelta, timezone

from celery import chain, chord, group
from celery_app import add, app, dies_once, flaky, hopeless, now, total

results = {}
wait = {"timeout": 30, "interval": 0.05}


def worker_answers():
    deadline = time.time() + 30
    while time.time() < deadline:
        if app.control.ping(timeout=0.5):
            return True
    return False


def simple():
    results["many"] = group(add.s(n, n) for n in range(100))().get(**wait) == [2 * n for n in range(100)]
    results["chain"] = chain(add.s(1, 2), add.s(3), add.s(4))().get(**wait)


def retries():
    results["retried"] = flaky.delay(2).get(**wait)
    try:
        hopeless.delay().get(**wait)
    except ValueError as error:
        results["given up"] = str(error)


def later():
    began = time.time()
    waited = now.apply_async(countdown=1)
    planned = now.apply_async(eta=datetime.now(timezone.utc) + timedelta(seconds=2))
    at_once = now.delay().get(**wait)
    results["at once"] = at_once - began < 1
    # Queues that delay count whole seconds.
    results["countdown"] = 0.9 < waited.get(**wait) - began < 3
    results["eta"] = 1.0 < planned.get(**wait) - began < 4


def expired():
    task = add.apply_async((1, 1), countdown=1, expires=0.5)
    try:
        task.get(**wait)
    except Exception as error:
        results["expired"] = type(error).__name__


def joined():
    results["chord"] = chord(add.s(n, n) for n in range(10))(total.s()).get(**wait)


def lost():
    marker = os.path.join(os.environ["NARU_FOLDER"], f"died-{os.environ['NARU_TASKS']}")
    results["redelivered"] = dies_once.delay(marker).get(**wait)


def inspected():
    queues = app.control.inspect(timeout=2).active_queues()
    results["queues"] = [queue["name"] for of_worker in queues.values() for queue in of_worker]


acts = {act.__name__: act for act in (simple, retries, later, expired, joined, lost, inspected)}
results["ping"] = worker_answers()
for name in sys.argv[1:]:
    acts[name]()
print(json.dumps(results))
