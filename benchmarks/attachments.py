"""How much do the web processes grow while files of 25 MB come and go?

Files are uploaded and downloaded over the Chat Gateway, several at a time, by WSGI on gunicorn and by ASGI on uvicorn.
What counts is the most that any web process has had at any moment, compared with what it had after a few small files.
"""

import hashlib
import http.client
import os
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import psutil

from .base import Row
from .web import gunicorn, uvicorn

SIZE = 25_000_000  # bytes
SMALL = 1_000
WARM_UP = 30  # small files up and down
ROUNDS = 8  # large ones
CLIENTS = 2
CHUNK = 65_536
LOOK_EVERY = 0.01  # seconds
GOAL = 8  # MiB
BOUNDARY = "f1b6e5a1c0de"


def run():
    """Return the rows for uploads and for downloads."""
    key, path = _prepare()
    rows = []
    for serving in (gunicorn, uvicorn):
        with serving() as (port, server):
            _warm_up(port, key, path)
            ids, *up = _watched(server, lambda: _upload_all(port, key, path))
            _, *down = _watched(server, lambda: _download_all(port, key, path, ids))  # noqa: B023
        rows += [*_rows("Upload", serving, *up), *_rows("Download", serving, *down)]
        _remove()
    return rows


def _rows(what, serving, grown, seconds):
    name = f"{what} of 25 MB, {serving.__name__}"
    yield Row(f"{name}: growth of a web process", grown, "MiB", goal=f"≤ {GOAL}")
    yield Row(f"{name}, {CLIENTS} clients", ROUNDS * SIZE / 1e6 / seconds, "MB per second")


def _watched(server, act):
    """Do something; return its answer, the most that a web process grew meanwhile (MiB), and the seconds it took."""
    process = psutil.Process(server.pid)
    workers = process.children() or [process]
    before = {worker.pid: _own(worker) for worker in workers}
    most, done = dict(before), threading.Event()

    def look():
        while not done.wait(LOOK_EVERY):
            for worker in workers:
                most[worker.pid] = max(most[worker.pid], _own(worker))

    watcher = threading.Thread(target=look)
    watcher.start()
    started = time.monotonic()
    try:
        answer = act()
    finally:
        seconds = time.monotonic() - started
        done.set()
        watcher.join()
    return answer, max(most[pid] - before[pid] for pid in before), seconds


def _own(process):
    return process.memory_full_info().uss / 2**20


def _warm_up(port, key, path):
    content = os.urandom(SMALL)
    for _ in range(WARM_UP):
        attachment_id = _upload(port, key, path, [content])
        _download(port, key, path, attachment_id)


def _upload_all(port, key, path):
    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(lambda _round: _upload(port, key, path, _large()), range(ROUNDS)))


def _download_all(port, key, path, ids):
    expected = hashlib.sha256(b"".join(_large())).hexdigest()
    with ThreadPoolExecutor(CLIENTS) as clients:
        for found in clients.map(lambda pk: _download(port, key, path, pk), ids):
            if found != expected:
                raise RuntimeError("A file is not what it was.")


def _large():
    piece = bytes(range(256)) * (CHUNK // 256)
    for start in range(0, SIZE, CHUNK):
        yield piece[: SIZE - start]


def _upload(port, key, path, chunks):
    """Upload a file in a form, in chunks; return its id."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="attachment"; filename="large.bin"\r\n\r\n'
    headers = {"x-api-key": key, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}

    def body():
        yield head.encode()
        yield from chunks
        yield f"\r\n--{BOUNDARY}--\r\n".encode()

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("POST", path, body(), headers, encode_chunked=True)
    response = connection.getresponse()
    content = response.read()
    if response.status != 200:
        raise RuntimeError(f"Not accepted: {response.status} {content.decode()}")
    return content.decode().partition('"id":"')[2].partition('"')[0]


def _download(port, key, path, attachment_id):
    """Download a file; return its SHA-256."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", f"{path}/{attachment_id}/content", headers={"x-api-key": key})
    response = connection.getresponse()
    digest = hashlib.sha256()
    while chunk := response.read(CHUNK):
        digest.update(chunk)
    if response.status != 200:
        raise RuntimeError(f"Not sent: {response.status}")
    return digest.hexdigest()


def _remove():
    """Take all files from the storage again."""
    from contactcenter_chat.actions.attachments import remove
    from contactcenter_chat.models import Attachment

    remove(list(Attachment.objects.values_list("pk", flat=True)))


def _prepare():
    """Migrate, and make a contact centre with a conversation; return the API key and the path of its files."""
    import django

    django.setup()
    from django.core.management import call_command

    from tests.factories import make_center, start_conversation

    call_command("migrate", verbosity=0)
    center = make_center(f"tenant{uuid.uuid4().hex}")
    conversation = start_conversation(center.channel)
    return center.key, f"/chat-gateway/v1/conversations/{conversation.pk}/attachments"
