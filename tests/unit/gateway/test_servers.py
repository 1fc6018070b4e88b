"""Both HTTP servers refuse early what is too large or too slow, and say nothing of themselves."""

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

LOGIN = "POST /v1/identity/sessions HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
LARGEST = 2 * 1024 * 1024
SECONDS = 30
PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="module", params=["threads", "green"])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("served")
    command = [sys.executable, "-W", "ignore", "-m", "tests.unit.gateway.served", request.param, str(folder)]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.communicate(timeout=SECONDS)


class Client:
    """A client that writes what it wants."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)

    def send(self, data: bytes | str) -> None:
        self._socket.sendall(data if isinstance(data, bytes) else data.encode())

    def sends_on(self, piece: bytes, most: int) -> int:
        """Send a piece again and again until the server closes; how many bytes it bore."""
        sent = 0
        try:
            while sent < most:
                self._socket.sendall(piece)
                sent += len(piece)
        except OSError:
            pass
        return sent

    def trickle(self, piece: bytes) -> float:
        """Send a byte ten times a second until the server closes or answers; how long it took."""
        began = time.monotonic()
        self._socket.settimeout(0.1)
        while time.monotonic() - began < SECONDS:
            try:
                self._socket.sendall(piece)
                self._socket.recv(1)
                break
            except TimeoutError:
                continue
            except OSError:
                break
        return time.monotonic() - began

    def hear(self) -> str:
        """The first answer, whole; the connection may stay."""
        heard = ""
        while not _whole(heard) and (part := self._socket.recv(65536)):
            heard += part.decode("latin-1")
        return heard

    def answer(self) -> str:
        """All that comes until the server closes."""
        parts = []
        try:
            while part := self._socket.recv(65536):
                parts.append(part)
        except ConnectionError:
            pass
        return b"".join(parts).decode("latin-1")


@pytest.fixture
def client(port: int) -> Iterator[Client]:
    made = Client(port)
    yield made
    made._socket.close()


def _whole(heard: str) -> bool:
    """Whether the head has come, and as much of the body as it tells of."""
    head, end, body = heard.partition("\r\n\r\n")
    told = re.search(r"(?i)^content-length: (\d+)", head, re.MULTILINE)
    return bool(end) and len(body) >= int(told[1] if told else 0)


def status(answer: str) -> int:
    return int(answer.split(" ", 2)[1])


def code(answer: str) -> str:
    return str(json.loads(answer.partition("\r\n\r\n")[2])["code"])


def test_a_request_is_answered_and_names_no_server(client: Client):
    client.send("GET /livez HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    answer = client.answer()
    assert status(answer) == 200
    assert "\r\nserver:" not in answer.lower()


def test_a_body_that_is_told_to_be_too_large_is_refused_before_it_is_sent(client: Client):
    client.send(f"{LOGIN}Content-Length: {10**12}\r\n\r\n")
    answer = client.hear()
    assert (status(answer), code(answer)) == (413, "body_too_large")


def test_whoever_sends_it_all_the_same_reads_why_and_is_cut_off(client: Client):
    client.send(f"{LOGIN}Content-Length: {10**12}\r\n\r\n")
    assert client.sends_on(b"x" * 65536, 200_000_000) < 100_000_000


def test_a_body_a_little_too_large_is_refused_with_its_reason(client: Client):
    client.send(f"{LOGIN}Content-Length: {LARGEST + 1}\r\n\r\n")
    client.send(b"x" * (LARGEST + 1))
    answer = client.hear()
    assert (status(answer), code(answer)) == (413, "body_too_large")


def test_chunks_without_end_are_cut_off(client: Client):
    client.send(f"{LOGIN}Transfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    assert client.sends_on(chunk, 200_000_000) < 100_000_000


def test_chunks_are_read_as_a_body(client: Client):
    body = b'{"login": "no-one", "password": "guess"}'
    client.send(f"{LOGIN}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
    client.send(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
    answer = client.answer()
    assert (status(answer), "wrong_credentials" in answer) == (401, True)


def test_chunks_may_have_extensions_and_trailers(client: Client):
    body = b'{"login": "no-one", "password": "guess"}'
    client.send(f"{LOGIN}Transfer-Encoding: chunked\r\n\r\n")
    client.send(b"%X;kind=a\r\n%s\r\n000\r\nX-After: all\r\n\r\n" % (len(body), body))
    client.send("GET /livez HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    answer = client.answer()
    assert (status(answer), "wrong_credentials" in answer, "HTTP/1.1 200" in answer) == (401, True, True)


def test_a_chunk_size_without_end_is_cut_off(client: Client):
    client.send(f"{LOGIN}Transfer-Encoding: chunked\r\n\r\n")
    assert client.sends_on(b"0" * 65536, 200_000_000) < 100_000_000


def test_a_great_many_small_chunks_are_cut_off(client: Client):
    client.send(f"{LOGIN}Transfer-Encoding: chunked\r\n\r\n")
    assert client.sends_on(b"1\r\na\r\n" * 1000, 200_000_000) < 30_000_000


def test_trailers_without_end_are_cut_off(client: Client):
    client.send(f"{LOGIN}Transfer-Encoding: chunked\r\n\r\n0\r\n")
    assert client.sends_on(b"X-More: again\r\n" * 1000, 200_000_000) < 100_000_000


@pytest.mark.parametrize(
    "chunks",
    [
        b"zz\r\n", b"-5\r\nhello\r\n", b"5\r\nhelloXX", b"+5\r\nhello\r\n", b"0x5\r\nhello\r\n", b"0_5\r\nhello\r\n",
        b" 5\r\nhello\r\n", b"5\nhello\r\n", b"5\r\nhello\n", b"5;a\nb\r\nhello\r\n",
    ],
)  # fmt: skip
def test_malformed_chunks_are_the_clients_fault_and_end_the_connection(client: Client, chunks: bytes):
    client.send(f"{LOGIN}Transfer-Encoding: chunked\r\n\r\n")
    client.send(chunks + b"0\r\n\r\nGET /livez HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    answer = client.answer()
    assert 400 <= status(answer) < 500
    assert "HTTP/1.1 200" not in answer


@pytest.mark.parametrize("line", ["X-Long: " + "x" * 10_000_000, "GET /" + "x" * 10_000_000, "x" * 10_000_000])
def test_a_line_of_ten_megabytes_is_refused(client: Client, line: str):
    head = "" if line.startswith("GET") else "GET /livez HTTP/1.1\r\nHost: h\r\n"
    client.sends_on((head + line).encode(), 1)
    answer = client.answer()
    assert not answer or 400 <= status(answer) < 500
    assert "basehttp" not in answer.lower()


def test_headers_without_end_are_refused(client: Client):
    client.send("GET /livez HTTP/1.1\r\nHost: h\r\n")
    assert client.sends_on(b"X-More: again\r\n" * 1000, 100_000_000) < 50_000_000


def test_a_compressed_body_is_not_unpacked(client: Client):
    client.send(f"{LOGIN}Connection: close\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd")
    answer = client.answer()
    assert (status(answer), code(answer)) == (415, "unsupported_encoding")


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
        "Content-Length: +4\r\n\r\nabcd",
        "Content-Length: 1_0\r\n\r\nabcdeabcde",
        "Content-Length: -1\r\n\r\n",
        "Content-Length : 4\r\n\r\nabcd",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: identity\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    ],
)
def test_what_two_servers_would_read_differently_is_refused_or_ends_the_connection(client: Client, head: str):
    """Else a request could be smuggled past the proxy in front."""
    client.send(LOGIN + head + "GET /livez HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    answer = client.answer()
    assert 400 <= status(answer) <= 501
    assert "HTTP/1.1 200" not in answer


def test_a_body_that_is_chunked_twice_is_not_taken_for_a_request(client: Client):
    smuggled = b"GET /livez HTTP/1.1\r\nHost: h\r\n\r\n"
    head = f"{LOGIN}Connection: close\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
    client.send(head.encode() + b"%x\r\n%s\r\n0\r\n\r\n" % (len(smuggled), smuggled))
    answer = client.answer()
    assert 400 <= status(answer) <= 501
    assert "HTTP/1.1 200" not in answer


@pytest.mark.parametrize(
    "head", ["GET /livez HTTP/1.1\r\nHost: h\r\nX-Slow: ", f"{LOGIN}Content-Length: 1000\r\n\r\n", "GE"]
)
def test_a_request_that_trickles_in_is_given_up(client: Client, head: str):
    client.send(head)
    assert client.trickle(b"a") < SECONDS


@pytest.mark.parametrize(
    "line", ["NONSENSE\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\x16\x03\x01\x02\x00\r\n\r\n"]
)
def test_what_is_no_request_is_refused_in_few_words(client: Client, line: str):
    client.send(line)
    client._socket.shutdown(socket.SHUT_WR)
    answer = client.answer().lower()
    assert "python" not in answer
    assert "traceback" not in answer
    assert "\r\nserver:" not in answer
