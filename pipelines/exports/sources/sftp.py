"""SFTP that knows whom it talks to: fsspec's own would take any host's key on first sight."""

from __future__ import annotations

import base64
from typing import Any

import fsspec
import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

from pipelines.exports.sources import told


class _Strict(paramiko.MissingHostKeyPolicy):
    """Refuses a host whose key is neither declared nor known on this machine."""

    def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:
        raise told.SourceError(told.refused(f"sftp://{hostname}", "unknown host key"))


class Sftp(SFTPFileSystem):
    """Files over SFTP. host_key: the server's key as in `known_hosts`: `ssh-ed25519 AAAA…`."""

    protocol = ("sftp", "ssh")

    def __init__(self, host: str, host_key: str | None = None, **options: Any):
        if self._cached:
            return
        self.host_key = host_key
        super().__init__(host, **{"timeout": 30, "look_for_keys": False, **options})

    def _connect(self) -> None:
        self.client = paramiko.SSHClient()
        self.client.load_system_host_keys()
        if self.host_key:
            kind, key = self.host_key.split()[:2]
            port = int(self.ssh_kwargs.get("port") or 22)
            name = self.host if port == 22 else f"[{self.host}]:{port}"
            self.client.get_host_keys().add(
                name, kind, paramiko.PKey.from_type_string(kind, base64.b64decode(key))
            )
        self.client.set_missing_host_key_policy(_Strict)
        self.client.connect(self.host, **self.ssh_kwargs)
        self.ftp = self.client.open_sftp()
        self.ftp.get_channel().settimeout(60)


def register() -> None:
    """Let fsspec open `sftp://` and `ssh://` with this."""
    for protocol in Sftp.protocol:
        fsspec.register_implementation(protocol, Sftp, clobber=True)
