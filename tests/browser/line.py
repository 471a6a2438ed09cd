"""A line to the server that can fall silent: nothing is refused or reset, nothing comes through."""

import socket
import threading
from contextlib import suppress


class Line:
    """Carry bytes to a port and back, until it is told to be silent; what is open then stays dead.

    Args:
        port: The port of 127.0.0.1 that the line leads to.
    """

    def __init__(self, port):
        self.port = port
        self.silent = threading.Event()
        self.open = []
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        """Hang up."""
        for each in [self.door, *self.open]:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def fall_silent(self):
        """From now on nothing comes through, in connections open and new."""
        self.silent.set()

    def recover(self):
        """New connections are good again."""
        self.silent = threading.Event()

    def _accept(self):
        with suppress(OSError):
            while True:
                here, _address = self.door.accept()
                there = socket.create_connection(("127.0.0.1", self.port))
                self.open += [here, there]
                for pair in ((here, there), (there, here)):
                    threading.Thread(target=self._carry, args=(*pair, self.silent), daemon=True).start()

    def _carry(self, source, target, silent):
        with suppress(OSError):
            while data := source.recv(65536):
                if not silent.is_set():
                    target.sendall(data)
            if not silent.is_set():
                target.shutdown(socket.SHUT_WR)
