"""The web server's half of FastCGI 1.0: one request at a time on a connection
to a responder, readable step by step."""
import socket
import struct

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT, STDERR = range(1, 8)
GET_VALUES, GET_VALUES_RESULT = 9, 10
KEEP = 1


def record(kind, data, number=1):
    return struct.pack(">BBHHBx", 1, kind, number, len(data), 0) + data


def size(n):
    return bytes([n]) if n < 128 else struct.pack(">I", n | 0x80000000)


def params(variables):
    out = b""
    for name, value in variables:
        name, value = name.encode("latin-1"), value.encode("latin-1")
        out += size(len(name)) + size(len(value)) + name + value
    return out


class Connection:
    def __init__(self, address, seconds=30):
        family = socket.AF_UNIX if isinstance(address, str) else \
            socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.sock = socket.socket(family)
        self.sock.settimeout(seconds)
        self.sock.connect(address)
        if family != socket.AF_UNIX:    # a record is not to wait for others
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.have = b""
        self.out = b""              # of the answer, not yet taken
        self.err = b""
        self.done = False           # END_REQUEST came
        self.ended = False          # the connection ended
        self.foreign = False        # something that is no record came

    def begin(self, variables, keep=False, most=None):
        """The head; only `most' bytes of it."""
        data = record(BEGIN, struct.pack(">HB5x", 1, KEEP if keep else 0))
        text = params(variables)
        for i in range(0, len(text), 65535):
            data += record(PARAMS, text[i:i + 65535])
        self.out, self.err = b"", b""
        self.done = False
        data += record(PARAMS, b"")
        self.sock.sendall(data[:most])
        return data[len(data[:most]):]

    def write(self, data):
        for i in range(0, len(data), 65528):
            self.sock.sendall(record(STDIN, data[i:i + 65528]))

    def finish(self):
        self.sock.sendall(record(STDIN, b""))

    def more(self):
        """Take one more record; false when the request or all is over."""
        while not (self.done or self.ended or self.foreign):
            if self.step():
                return True
        return False

    def step(self):
        if len(self.have) >= 8:
            version, kind, _, length, pad = struct.unpack(">BBHHBx",
                                                          self.have[:8])
            if version != 1:
                self.foreign = True
                return False
            if len(self.have) >= 8 + length + pad:
                data = self.have[8:8 + length]
                self.have = self.have[8 + length + pad:]
                self.done = kind == END
                self.out += data if kind == STDOUT else b""
                self.err += data if kind == STDERR else b""
                return kind == STDOUT and bool(data)
        try:
            data = self.sock.recv(262144)
        except socket.timeout:
            raise
        except OSError:
            data = b""
        self.have += data
        self.ended = not data
        return False

    def hung_up(self):
        """Does the other side end it, without another byte?"""
        try:
            return self.sock.recv(1) == b""
        except ConnectionResetError:
            return True
        except socket.timeout:
            return False

    def close(self):
        self.sock.close()
