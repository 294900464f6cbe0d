"""Two servers presented as one replica set: their greetings are rewritten, all else passes as it is.

They share no data. So a failover between them proves where commands go, what clients are told and
that no server carries out a write twice; it proves nothing about MongoDB's replication.
"""

import asyncio
import struct
import threading

import bson
from bson import ObjectId

OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
GREETINGS = {"hello", "ismaster", "isMaster"}
ANYWHERE = GREETINGS | {"ping", "buildInfo", "buildinfo"}
RETRYABLE = ["RetryableWriteError"]


class Face:
    """One server's address in the set, and how it behaves at the moment."""

    def __init__(self, deployment, server_port):
        self.deployment, self.server_port = deployment, server_port
        self.port = None
        self.up = True
        self.connections = set()
        self.requests = self.refused = 0
        self.forbidden = 0  # requests with bytes that must never come here

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    async def listen(self):
        server = await asyncio.start_server(self.accept, "127.0.0.1", 0, limit=1 << 26)
        self.port = server.sockets[0].getsockname()[1]

    async def accept(self, reader, writer):
        if not self.up:
            writer.transport.abort()
            return
        connection = asyncio.current_task()
        self.connections.add(writer)
        server_writer = None
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.server_port)
            while True:
                await self.exchange(reader, writer, server_reader, server_writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.connections.discard(writer)
            for one in (writer, server_writer):
                if one:
                    one.transport.abort()
            del connection

    async def exchange(self, reader, writer, server_reader, server_writer):
        request = await frame(reader)
        name, command = parse(request)
        self.requests += 1
        self.forbidden += any(mark in request for mark in self.deployment.forbidden)
        refusal = None if name in ANYWHERE else self.deployment.refusal(self)
        if refusal:
            self.refused += 1
            writer.write(reply(request, refusal))
        else:
            server_writer.write(request)
            answer = await frame(server_reader)
            if name in GREETINGS:
                answer = self.greeting(request, answer)
            elif self.deployment.swallows(self):
                raise ConnectionResetError("carried out, and nobody learns of it")
            writer.write(answer)
        await writer.drain()

    def greeting(self, request, answer):
        """The server's own, with the set's roles in it."""
        at = 36 if struct.unpack_from("<i", answer, 12)[0] == OP_REPLY else 21
        document = bson.decode(answer[at:])
        document.pop("topologyVersion", None)  # nobody is told of changes; they have to look
        document.pop("msg", None)
        document.update(self.deployment.roles(self))
        return reply(request, document)

    def cut(self):
        for writer in list(self.connections):
            writer.transport.abort()


class Deployment(threading.Thread):
    """Both faces in a thread of their own; `forbidden` are byte strings that must not come by."""

    def __init__(self, ports, forbidden):
        super().__init__(daemon=True)
        self.forbidden = forbidden
        self.faces = [Face(self, port) for port in ports]
        self.primary = self.faces[0]
        self.election = 1
        self.swallowing = None
        self.loop = asyncio.new_event_loop()
        self.listening = threading.Event()
        self.start()
        self.listening.wait(10)

    def run(self):
        asyncio.set_event_loop(self.loop)
        for face in self.faces:
            self.loop.run_until_complete(face.listen())
        self.listening.set()
        self.loop.run_forever()

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.join(10)

    def uri(self):
        return f"mongodb://{','.join(face.address for face in self.faces)}/?replicaSet=chaos"

    def refusal(self, face):
        if face is self.primary:
            return None
        return {"ok": 0.0, "code": 10107, "codeName": "NotWritablePrimary", "errmsg": "not primary",
                "errorLabels": RETRYABLE}

    def swallows(self, face):
        return self.swallowing is face

    def roles(self, face):
        leads = face is self.primary
        roles = {"setName": "chaos", "setVersion": 1, "me": face.address, "secondary": not leads,
                 "hosts": [other.address for other in self.faces], "ismaster": leads,
                 "isWritablePrimary": leads}
        if self.primary:
            roles["primary"] = self.primary.address
        if leads:
            roles["electionId"] = ObjectId(f"7fffffff{self.election:016x}")
        return roles

    def do(self, action):
        """Runs between two steps of the faces, so that nobody sees half a change."""
        done = threading.Event()
        self.loop.call_soon_threadsafe(lambda: (action(), done.set()))
        done.wait(10)

    def other(self):
        return self.faces[1 - self.faces.index(self.primary)]

    def lead(self, face):
        self.primary, self.election, self.swallowing = face, self.election + 1, None


async def frame(reader):
    head = await reader.readexactly(4)
    return head + await reader.readexactly(struct.unpack("<i", head)[0] - 4)


def parse(request):
    """Name and body of a command."""
    opcode = struct.unpack_from("<i", request, 12)[0]
    if opcode == OP_QUERY:
        at = request.index(b"\0", 20) + 9
    else:
        at = 21
    size = struct.unpack_from("<i", request, at)[0]
    body = bson.decode(request[at:at + size])
    return next(iter(body)), body


def reply(request, document):
    """An answer in the request's own opcode."""
    identity, opcode = struct.unpack_from("<i", request, 4)[0], struct.unpack_from("<i", request, 12)[0]
    body = bson.encode(document)
    head = struct.pack("<iqii", 0, 0, 0, 1) if opcode == OP_QUERY else struct.pack("<ib", 0, 0)
    return struct.pack("<iiii", 16 + len(head) + len(body), 0, identity,
                       OP_REPLY if opcode == OP_QUERY else OP_MSG) + head + body
