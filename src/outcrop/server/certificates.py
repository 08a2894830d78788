"""Certificates of a local authority: ECDSA on P-256, as every TLS client takes them.

Source: https://datatracker.ietf.org/doc/html/rfc5280
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LIFETIME = timedelta(days=3652)
LEAF_LIFETIME = timedelta(days=365)
_BACKDATED = timedelta(days=1)
"""For clients whose clock is behind."""


@dataclass(frozen=True, slots=True)
class SignedKey:
    """A private key and the certificate of its public half."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def key_pem(self) -> bytes:
        """The private key, not encrypted."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @property
    def certificate_pem(self) -> bytes:
        """The certificate alone."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @classmethod
    def of_pem(cls, key: bytes, certificate: bytes) -> "SignedKey":
        """Read a key and the first certificate of a chain.

        Raises:
            ValueError: They are damaged, of another kind, or do not belong together.
        """
        loaded = serialization.load_pem_private_key(key, password=None)
        signed = x509.load_pem_x509_certificate(certificate)
        if not isinstance(loaded, ec.EllipticCurvePrivateKey):
            raise ValueError("the key is not on an elliptic curve")  # noqa: TRY004 - as all damage
        if loaded.public_key() != signed.public_key():
            raise ValueError("the certificate is of another key")
        return cls(loaded, signed)


def make_authority(host_name: str, *, now: datetime) -> SignedKey:
    """Return a new authority, named for the machine so that users tell theirs apart."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"Outcrop local CA ({host_name})"[:64])
    builder = _builder(name, name, key, not_after=now + AUTHORITY_LIFETIME, now=now)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_key_usage(is_authority=True), critical=True)
    builder = builder.add_extension(_authority_id(key), critical=False)
    return SignedKey(key, builder.sign(key, hashes.SHA256()))


def make_leaf(authority: SignedKey, names: Sequence[str], *, now: datetime) -> SignedKey:
    """Return a new server certificate for these host names and addresses."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate
    not_after = min(now + LEAF_LIFETIME, issuer.not_valid_after_utc)
    builder = _builder(_name("Outcrop"), issuer.subject, key, not_after=not_after, now=now)
    builder = builder.add_extension(
        x509.BasicConstraints(ca=False, path_length=None), critical=True
    )
    builder = builder.add_extension(_key_usage(is_authority=False), critical=True)
    builder = builder.add_extension(
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
    )
    builder = builder.add_extension(_authority_id(authority.key), critical=False)
    builder = builder.add_extension(
        x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False
    )
    return SignedKey(key, builder.sign(authority.key, hashes.SHA256()))


def names_of(certificate: x509.Certificate) -> set[str]:
    """Return the host names and addresses that a certificate is for."""
    extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return {str(name.value) for name in extension.value}


def is_issued_by(leaf: x509.Certificate, authority: x509.Certificate) -> bool:
    """Tell whether the authority's key signed the leaf."""
    try:
        leaf.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    *,
    not_after: datetime,
    now: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(not_after)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _key_usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _authority_id(key: ec.EllipticCurvePrivateKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
