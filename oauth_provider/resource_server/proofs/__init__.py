"""Proofs of a key (RFC 7800 §3): the contract, and one file for each proof in this package."""

from oauth_provider.resource_server.proofs.key_proof import KeyProof

__all__ = ["KeyProof"]
