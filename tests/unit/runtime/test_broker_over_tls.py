"""By `amqps://` a login is given only to a broker whose certificate is good, and is that host's."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.runtime.rabbit.link import connect


def certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """A certificate for a host, signed by itself, and its key."""
    made, key = folder / f"{host}.pem", folder / f"{host}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}", "-keyout", str(key), "-out", str(made)],
        check=True, capture_output=True,
    )  # fmt: skip
    return made, key


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(30)
        yield listening


def shaken_hands(listening: socket.socket, made: Path, key: Path, heard: list[bytes]) -> threading.Thread:
    """Someone who takes one connection, shakes hands, hears the first words, and hangs up."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made, key)

    def take() -> None:
        plain, _ = listening.accept()
        try:
            with context.wrap_socket(plain, server_side=True) as secured:
                heard.append(secured.recv(8))
        except OSError:
            plain.close()

    thread = threading.Thread(target=take)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("host", "trusted", "fault"),
    [
        ("elsewhere.example", True, "Hostname mismatch"),
        ("localhost", False, "self-signed certificate"),
    ],
)
def test_who_is_not_the_broker_gets_no_login(
    tmp_path: Path, listener: socket.socket, monkeypatch: pytest.MonkeyPatch, host: str, trusted: bool, fault: str
):
    made, key = certificate(tmp_path, host)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(made))
    heard: list[bytes] = []
    there = shaken_hands(listener, made, key, heard)
    with pytest.raises(ssl.SSLCertVerificationError, match=fault):
        connect(f"amqps://a:b@localhost:{listener.getsockname()[1]}/x", "test")
    there.join()
    assert heard == []


def test_the_broker_itself_is_believed(tmp_path: Path, listener: socket.socket, monkeypatch: pytest.MonkeyPatch):
    made, key = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(made))
    heard: list[bytes] = []
    there = shaken_hands(listener, made, key, heard)
    with pytest.raises(OSError, match=r"clos|reset"):
        connect(f"amqps://a:b@localhost:{listener.getsockname()[1]}/x", "test")
    there.join()
    assert heard == [b"AMQP\x00\x00\x09\x01"]
