"""Passes a connection on and notes which messages came compressed, and by what."""

import asyncio
import collections
import struct
import threading

OP_COMPRESSED, OP_MSG = 2012, 2013
NAMES = {1: "snappy", 2: "zlib", 3: "zstd"}
GREETINGS = {"hello", "isMaster", "ismaster"}
SECRETS = {"saslStart", "saslContinue", "authenticate", "getnonce", "createUser", "updateUser"}


class Tap:
    """Listens on a port of its own, or on the one given, and leads to another of this machine.

    `requests` and `replies` count messages by compressor, `plain` plain commands by name, and
    `inner` the compressed ones by what they were before.
    """

    def __init__(self, target, port=0):
        self.target = target
        self.requests, self.replies = collections.Counter(), collections.Counter()
        self.plain = collections.Counter()
        self.inner = collections.Counter()
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(asyncio.start_server(self.accept, "127.0.0.1", port, limit=1 << 26))
        self.port = self.server.sockets[0].getsockname()[1]
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    async def accept(self, reader, writer):
        try:
            back_reader, back_writer = await asyncio.open_connection("127.0.0.1", self.target, limit=1 << 26)
        except OSError:
            writer.transport.abort()
            return
        await asyncio.gather(self.pump(reader, back_writer, self.requests, True),
                             self.pump(back_reader, writer, self.replies, False))

    async def pump(self, reader, writer, counts, requests):
        try:
            while True:
                header = await reader.readexactly(16)
                length, _, _, opcode = struct.unpack("<iiii", header)
                rest = await reader.readexactly(length - 16)
                if opcode == OP_COMPRESSED:
                    inner, _, by = struct.unpack_from("<iiB", rest)
                    counts[NAMES.get(by, by)] += 1
                    self.inner[inner] += 1
                else:
                    counts["plain"] += 1
                    if opcode == OP_MSG and requests:
                        self.plain[first_name(rest)] += 1
                writer.write(header + rest)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def close(self):
        """Takes no more connections, and leaves the port to the next."""
        asyncio.run_coroutine_threadsafe(self.end(), self.loop).result(10)

    async def end(self):
        self.server.close()

    def clear(self):
        for counts in (self.requests, self.replies, self.plain, self.inner):
            counts.clear()


def first_name(rest):
    """Of the body's first element; the body comes first with every driver."""
    return rest[10:rest.index(0, 10)].decode(errors="replace") if rest[4] == 0 else "?"
