"""What runs on the far side of a cable that is cut: a way on to another port there, or a client that falls silent."""

import pathlib
import socket
import sys
import threading
import time

from wire import Raw, hello


def relay(address, port, onward):
    """Passes bytes on to a port of loopback."""
    with socket.create_server((address, int(port)), backlog=64) as server:
        print(f"listening on {address}:{server.getsockname()[1]}", flush=True)
        while True:
            near, _ = server.accept()
            far = socket.create_connection(("127.0.0.1", int(onward)))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=copy, args=(one, other), daemon=True).start()


def copy(one, other):
    while part := one.recv(1 << 16):
        other.sendall(part)


def client(address, port, sign):
    """Asks once, and stays; where there is a sign to wait for, greets once more when it comes."""
    connection = Raw(int(port), host=address)
    hello(connection)
    connection.ask({"find": "documents", "filter": {}, "$db": "bench"})
    print("has asked", flush=True)
    while sign != "never" and not pathlib.Path(sign).exists():
        time.sleep(0.02)
    if sign != "never":
        connection.begin({"hello": 1, "$db": "admin"})
    time.sleep(600)


if __name__ == "__main__":
    {"relay": relay, "client": client}[sys.argv[1]](*sys.argv[2:])
