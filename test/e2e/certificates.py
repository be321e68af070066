# SPDX-License-Identifier: Apache-2.0
"""Certificates made on the fly: good ones, and one for every way in which one can be wrong.

    ca = Authority("main")
    ca.save(directory / "ca.pem")
    ca.issue(directory / "server", hosts=["localhost", "127.0.0.1"])
"""
import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


def common_name(name):
    """A name with nothing but CN."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def alternative_name(host):
    """A host as it stands in subjectAltName."""
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


class Authority:
    """A CA of its own, valid for a year before and after today."""

    def __init__(self, name):
        self.key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.datetime.now(datetime.timezone.utc)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(common_name(f"otakit test {name}")).issuer_name(
                common_name(f"otakit test {name}"))
            .public_key(self.key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - 365 * DAY).not_valid_after(now + 365 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self.key, hashes.SHA256()))

    def pem(self):
        """The certificate as a PEM text."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def issue(self, stem, hosts=("localhost", "127.0.0.1"), starts=-DAY, ends=DAY):
        """Write STEM.pem and STEM.key: a server certificate, valid from now + starts to now + ends."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.datetime.now(datetime.timezone.utc)
        names = x509.SubjectAlternativeName([alternative_name(host) for host in hosts])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(common_name(hosts[0])).issuer_name(self.certificate.subject)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now + starts).not_valid_after(now + ends)
            .add_extension(names, critical=False)
            .sign(self.key, hashes.SHA256()))
        stem.with_suffix(".pem").write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM))
        stem.with_suffix(".key").write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()))
        return stem
