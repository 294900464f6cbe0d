"""A MongoDB client of a few lines, for what drivers would not do: a socket, a message, a reply."""

import itertools
import socket
import struct

import bson

REQUEST_IDS = itertools.count(1)
OP_MSG = 2013


class Closed(Exception):
    """The connection ended before the reply was whole."""


def message(command):
    body = bson.encode(command)
    return struct.pack("<iiiiib", 21 + len(body), next(REQUEST_IDS), 0, OP_MSG, 0, 0) + body


class Raw:
    """One connection; blocking, with a limit on every wait."""

    def __init__(self, port, seconds=30):
        self.socket = socket.create_connection(("127.0.0.1", port), seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, command):
        sent = message(command)
        try:
            self.socket.sendall(sent)
            return self.reply(struct.unpack_from("<i", sent, 4)[0])
        except (ConnectionError, TimeoutError) as e:
            raise Closed(str(e)) from e

    def reply(self, request_id):
        length, _, response_to, _ = struct.unpack("<iiii", self.exactly(16))
        body = self.exactly(length - 16)
        if response_to != request_id:
            raise AssertionError(f"reply to {response_to} instead of {request_id}")
        return bson.decode(body[5:])

    def exactly(self, size):
        parts = bytearray()
        while len(parts) < size:
            part = self.socket.recv(min(size - len(parts), 1 << 20))
            if not part:
                raise Closed("end of stream")
            parts += part
        return bytes(parts)

    def close(self):
        self.socket.close()


def hello(connection):
    return connection.ask({"hello": 1, "$db": "admin"})
