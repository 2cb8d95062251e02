"""Tasks of a Celery application whose broker and results are as the environment says."""

import os
import time

from celery import Celery

app = Celery("tasks", broker=os.environ["NARU_AMQP"], backend=os.environ["NARU_RESULTS"])
app.conf.update(
    broker_connection_retry_on_startup=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=2,
    task_default_queue=os.environ["NARU_TASKS"],
    worker_hijack_root_logger=False,
    # A chord's end is looked for by a task that comes back until all is there.
    result_chord_retry_interval=1,
)
if os.environ.get("NARU_QUEUE_TYPE") == "quorum":
    # Tasks with an ETA then wait in queues with a time to live, not in the worker.
    app.conf.update(
        task_default_queue_type="quorum",
        task_default_exchange_type="topic",
        worker_detect_quorum_queues=True,
        broker_transport_options={"confirm_publish": True},
    )


@app.task
def add(x, y):
    return x + y


@app.task
def total(numbers):
    return sum(numbers)


@app.task(bind=True, max_retries=3)
def flaky(self, fails):
    if self.request.retries < fails:
        raise self.retry(countdown=1)
    return self.request.retries


@app.task(bind=True, autoretry_for=(ValueError,), retry_backoff=False, default_retry_delay=1, max_retries=1)
def hopeless(self):
    raise ValueError("no")


@app.task
def now():
    return time.time()


@app.task(bind=True)
def dies_once(self, marker):
    """Takes its worker process along the first time."""
    if not os.path.exists(marker):
        open(marker, "w").close()
        os._exit(1)
    return self.request.delivery_info["redelivered"]
