# SPDX-License-Identifier: Apache-2.0
"""TLS with a pinned CA, over what MicroPython's ssl module has been since 1.19."""
import binascii

try:
    import ssl
except ImportError:  # the name before 1.21
    import ussl as ssl
from .error import OtaError

_PEM_BEGIN = b"-----BEGIN CERTIFICATE-----"
_PEM_END = b"-----END CERTIFICATE-----"


def _read_file(name):
    try:
        with open(name, "rb") as file:
            return file.read()
    except OSError as error:
        raise OtaError("INVALID_ARGUMENT", "ca= names no file that can be read: %r (%s)"
                       % (name, error))


def _decode(text):
    """The DER in what stands between the lines of a PEM certificate."""
    try:
        return binascii.a2b_base64(text.replace(b"\r", b"").replace(b"\n", b""))
    except Exception:  # ValueError, but binascii in Python raises no less than this
        raise OtaError("TLS_UNTRUSTED", "ca= holds a damaged certificate")


def load_ca(ca):
    """The forms to offer to mbedTLS, best first: each a list of blobs to load one after another.

    ca  PEM or DER as bytes, PEM as a string, or the name of a file with either

    mbedTLS reads PEM only where it was built to; DER always, but a single certificate a blob.
    """
    if isinstance(ca, str):
        if "-----BEGIN" in ca:
            ca = ca.encode()
        else:
            ca = _read_file(ca)
    if _PEM_BEGIN not in ca:
        return [[ca]]
    parts = ca.split(_PEM_BEGIN)[1:]
    return [[ca], [_decode(part.split(_PEM_END)[0]) for part in parts]]


def _refusal(error):
    """What a failed handshake means to the one who has to mend it."""
    number = error.args[0] if error.args else 0
    if isinstance(error, ValueError) or number == -0x2700:  # X509_CERT_VERIFY_FAILED
        return OtaError("TLS_UNTRUSTED", "the server's certificate is not accepted (%s): it must "
                        "come from the CA given, be for this host name, and be valid now by this "
                        "board's clock; ntptime.settime() sets that" % error)
    return OtaError("TLS_FAILED", "no TLS connection (%s)" % error, again=True)


def _checking_context(forms):
    """An SSLContext that trusts these CAs and no other."""
    for form in forms:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.verify_mode = ssl.CERT_REQUIRED
        try:
            for blob in form:
                context.load_verify_locations(cadata=blob)
            return context
        except (ValueError, OSError):
            pass
    raise OtaError("TLS_UNTRUSTED", "ca= holds no CA certificate in PEM or DER")


def _wrap_by_context(sock, host, forms):
    if forms:
        context = _checking_context(forms)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(sock, server_hostname=host)


def _wrap_by_function(sock, host, forms):
    """Before SSLContext there was a function, and it took one blob."""
    if not forms:
        return ssl.wrap_socket(sock, server_hostname=host)
    if not hasattr(ssl, "CERT_REQUIRED"):
        raise OtaError("TLS_FAILED", "this MicroPython cannot check certificates; "
                       "1.20 and newer can")
    failure = None
    for form in forms:
        if len(form) == 1:
            try:
                return ssl.wrap_socket(sock, server_hostname=host, cert_reqs=ssl.CERT_REQUIRED,
                                       cadata=form[0])
            except ValueError as error:
                failure = error
    raise OtaError("TLS_UNTRUSTED", "ca= holds no CA certificate that this MicroPython can read "
                   "(%s); give one alone, in DER" % failure)


def wrap(sock, host, forms):
    """A connected socket made secure.

    forms  of load_ca(); None: the server is not asked who it is
    """
    wrap_socket = _wrap_by_context if hasattr(ssl, "SSLContext") else _wrap_by_function
    try:
        return wrap_socket(sock, host, forms)
    except (OSError, ValueError) as error:
        raise _refusal(error)
