"""`python -m bench.proxy`: requests per second through the HTTP proxy, beside the server behind it asked directly.

Three processes on one machine: a client that keeps a few requests under way over kept TLS connections, the proxy, and
a server that answers a small document. The proxy's cost is told by the processor time that it took.
"""

import asyncio
import os
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from valkit.net.ca import authority_in

SECONDS = 4.0
CONNECTIONS = 16
HOST, BEHIND = "127.0.0.9", "127.0.0.10"
BODY = b'{"keys": []}' * 20
REQUEST = b"GET /jwks HTTP/1.1\r\nHost: skms.home.example\r\nAuthorization: Bearer x\r\n\r\n"


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer each request of a connection with the same document."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY)
    try:
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(head + BODY)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def serve(folder: Path) -> None:
    """Be the server behind the proxy, until killed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server-key.pem")
    server = await asyncio.start_server(answer, BEHIND, 0, ssl=context)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


async def ask(host: str, port: int, context: ssl.SSLContext, end: float) -> int:
    """Ask again and again over one connection; give how often."""
    reader, writer = await asyncio.open_connection(host, port, ssl=context)
    asked = 0
    while time.monotonic() < end:
        writer.write(REQUEST)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        await reader.readexactly(len(BODY))
        asked += 1
    writer.close()
    return asked


async def rate(host: str, port: int, folder: Path) -> float:
    """Give requests per second."""
    context = ssl.create_default_context(cafile=str(folder / "ca" / "authority.pem"))
    begun = time.monotonic()
    asked = await asyncio.gather(*(ask(host, port, context, begun + SECONDS) for _ in range(CONNECTIONS)))
    return sum(asked) / (time.monotonic() - begun)


def processor_seconds(pid: int) -> float:
    """Give the processor time that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(folder: Path) -> None:
    """Start both processes, ask both, and tell."""
    shown = authority_in(folder / "ca").server(BEHIND)
    (folder / "server.pem").write_bytes(shown.certificate or b"")
    (folder / "server-key.pem").write_bytes(shown.key or b"")
    behind = subprocess.Popen([sys.executable, "-m", "bench.proxy", str(folder)], stdout=subprocess.PIPE, text=True)
    assert behind.stdout is not None
    port = int(behind.stdout.readline())
    (folder / "proxy.yaml").write_text(
        f"port: 0\nlog: errors\ntls: {{authority: {folder}/ca}}\n"
        f"servers: [{{hosts: [skms.home.example], to: 'https://{BEHIND}:{port}'}}]\n"
    )
    command = [sys.executable, "-m", "seal.proxy", "--config", str(folder / "proxy.yaml")]
    proxy = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert proxy.stdout is not None
    at = int(proxy.stdout.readline().rpartition(":")[2])
    try:
        direct = asyncio.run(rate(BEHIND, port, folder))
        before = processor_seconds(proxy.pid)
        through = asyncio.run(rate(HOST, at, folder))
        cost = (processor_seconds(proxy.pid) - before) / (through * SECONDS)
    finally:
        proxy.terminate()
        behind.terminate()
    print(f"the server alone            {direct:8.0f} requests a second")
    print(f"by way of the proxy         {through:8.0f} requests a second  {through / direct:.2f} of that")
    print(f"the proxy's own cost        {cost * 1e6:8.0f} us of processor a request: {1 / cost:.0f} a second per core")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(serve(Path(sys.argv[1])))
    else:
        with tempfile.TemporaryDirectory() as made:
            measure(Path(made))
