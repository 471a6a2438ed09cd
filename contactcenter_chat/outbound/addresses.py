"""Which addresses does a name lead to, and may they be called?

The system's resolver knows no deadline, so names are looked up in threads of their own. Whoever waits for one gives up
in time; the thread goes on, and whoever wants the same name meanwhile waits for the same thread.
"""

import ipaddress
import socket
import threading
from collections.abc import Sequence
from concurrent.futures import Future, wait

from requests_hardened.ip_filter import InvalidIPAddress, filter_host

from ..workers.process import kept

PUBLIC_IPV6 = ipaddress.ip_network("2000::/3")  # what is given out for the internet; the rest has some special use
LOOKUPS = 100  # names that are looked up at once by a process

Wanted = tuple[str, int, bool]


def addresses_of(host: str, port: int, *, allow_private: bool, seconds: float) -> Sequence[str]:
    """Return the addresses of a host, as they are now, to connect to.

    Raises InvalidIPAddress when they are not public and have to be, and OSError and ValueError.
    """
    if _is_address(host):
        return _look_up(host, port, allow_private)
    return _lookups.find((host, port, allow_private), seconds)


def public_address(host: str, port: int) -> str:
    """Return the address of a host, as it is now, to connect to. Raises InvalidIPAddress when it is not public."""
    address = filter_host(host, port, allow_loopback=False).strip("[]")
    ip = ipaddress.ip_address(address)
    if ip.version == 6 and ip not in PUBLIC_IPV6:
        raise InvalidIPAddress(ip)
    return address


class Lookups:
    """The look-ups that are under way in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[Wanted, Future[Sequence[str]]] = {}

    def find(self, wanted: Wanted, seconds: float) -> Sequence[str]:
        """Return what comes of a look-up within so many seconds. Raises TimeoutError when nothing does."""
        with self._lock:
            future = self._running.get(wanted) or self._begin(wanted)
        wait([future], seconds)
        if not future.done():
            raise TimeoutError(f"{wanted[0]} was not resolved in time")
        return future.result()

    def _begin(self, wanted: Wanted) -> Future[Sequence[str]]:
        if len(self._running) >= LOOKUPS:
            raise TimeoutError("too many names are being resolved")
        future = self._running[wanted] = Future()
        threading.Thread(target=self._run, args=(wanted, future), name="contactcenter-lookup", daemon=True).start()
        return future

    def _run(self, wanted: Wanted, future: Future[Sequence[str]]) -> None:
        try:
            found = _look_up(*wanted)
        except BaseException as error:  # for whoever waits
            self._end(wanted)
            future.set_exception(error)
        else:
            self._end(wanted)
            future.set_result(found)

    def _end(self, wanted: Wanted) -> None:
        with self._lock:
            del self._running[wanted]


_lookups = kept(Lookups)


def _look_up(host: str, port: int, allow_private: bool) -> Sequence[str]:
    if not allow_private:
        return [public_address(host, port)]
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
