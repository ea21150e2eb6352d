"""TLS in front of a server of the tests, for clients that refuse plain HTTP: bytes are passed on as they are."""

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def make_certificate(folder: Path) -> Path:
    """Write a key and a certificate for 127.0.0.1 into one file, and return it. Whoever trusts it trusts no other."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "certificate.pem"
    file.write_bytes(secret + certificate.public_bytes(pem))
    return file


@contextmanager
def tls_in_front_of(address: tuple[str, int], certificate: Path) -> Iterator[str]:
    """Yield the https URL at which ``address`` answers while it lasts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_accept, args=(listening, context, address), daemon=True).start()
        try:
            yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)


def _accept(listening: socket.socket, context: ssl.SSLContext, address: tuple[str, int]) -> None:
    with suppress(OSError):  # it was closed
        while True:
            raw, _peer = listening.accept()
            threading.Thread(target=_serve, args=(raw, context, address), daemon=True).start()


def _serve(raw: socket.socket, context: ssl.SSLContext, address: tuple[str, int]) -> None:
    """Pass one request on, and its answer back: the server is asked to close when it is done."""
    with (
        suppress(OSError),
        context.wrap_socket(raw, server_side=True) as near,
        socket.create_connection(address) as far,
    ):
        head, _, body = _read_head(near).partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        length = next((int(line[15:]) for line in lines if line.lower().startswith(b"content-length:")), 0)
        while len(body) < length:
            body += near.recv(65536)
        far.sendall(b"\r\n".join([*lines, b"Connection: close", b"", b""]) + body)
        while answer := far.recv(65536):
            near.sendall(answer)


def _read_head(near: ssl.SSLSocket) -> bytes:
    read = b""
    while b"\r\n\r\n" not in read and (more := near.recv(65536)):
        read += more
    return read
