"""A MongoDB client of a few lines, for what drivers would not do: a socket, a message, a reply."""

import itertools
import socket
import struct

import bson

REQUEST_IDS = itertools.count(1)
OP_COMPRESSED, OP_MSG = 2012, 2013


class Closed(Exception):
    """The connection ended before the reply was whole."""


def plain(command):
    """The body of an OP_MSG: no flags, one section of kind 0."""
    return bytes(5) + bson.encode(command)


def message(command):
    body = plain(command)
    return struct.pack("<iiii", 16 + len(body), next(REQUEST_IDS), 0, OP_MSG) + body


class Raw:
    """One connection; blocking, with a limit on every wait."""

    def __init__(self, port, seconds=30, host="127.0.0.1"):
        self.socket = socket.create_connection((host, port), seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, command):
        return self.send(OP_MSG, plain(command))

    def send(self, opcode, body):
        """Any message; returns what is replied to it."""
        request_id = next(REQUEST_IDS)
        try:
            self.write(request_id, opcode, body)
            return self.reply(request_id)
        except (ConnectionError, TimeoutError) as e:
            raise Closed(str(e)) from e

    def begin(self, command):
        """Asks and does not wait."""
        self.write(next(REQUEST_IDS), OP_MSG, plain(command))

    def write(self, request_id, opcode, body):
        self.socket.sendall(struct.pack("<iiii", 16 + len(body), request_id, 0, opcode))
        self.socket.sendall(body)

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
