# SPDX-License-Identifier: Apache-2.0
"""A TCP proxy that breaks connections: what a client sends is passed on, up to a number of bytes."""
import socket
import struct
import threading

# Towards the client with a reset, not with a polite end. The device gets what was passed on: a reset
# would take megabytes with it that only a loopback device holds on their way.
RESET = struct.pack("ii", 1, 0)


class CuttingProxy:
    """In front of a server; `limits` are the bytes after which its first long connections break.

    Connections that stay below the limit, such as questions, use none of them up.
    """

    def __init__(self, host, port, limits):
        self.target = (host, port)
        self.limits = list(limits)
        self.lock = threading.Lock()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.server.getsockname()[1]}"
        self.cut_count = 0
        self.passed = 0  # bytes from clients

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.close()

    def accept(self):
        """Serve until closed."""
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        """One connection."""
        try:
            device = socket.create_connection(self.target, timeout=10)
        except OSError:
            client.close()
            return
        threading.Thread(target=self.pump, args=(device, client), daemon=True).start()
        sent = 0
        for piece in self.pieces(client):
            sent += len(piece)
            if self.cuts(sent):
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                break
            self.passed += len(piece)
            try:
                device.sendall(piece)
            except OSError:
                break
        for end in (client, device):
            end.close()

    def cuts(self, sent):
        """Whether a connection that sent that much breaks now."""
        with self.lock:
            if not self.limits or sent < self.limits[0]:
                return False
            self.limits.pop(0)
            self.cut_count += 1
            return True

    @staticmethod
    def pieces(source):
        """What comes, until the end."""
        while True:
            try:
                piece = source.recv(4096)
            except OSError:
                return
            if not piece:
                return
            yield piece

    def pump(self, source, sink):
        """The way back, which is never cut on its own."""
        for piece in self.pieces(source):
            try:
                sink.sendall(piece)
            except OSError:
                return
        try:
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass
