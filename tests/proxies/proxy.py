"""nginx, Caddy and Apache httpd as Debian has them, with what the documents say, in front of servers on this machine."""

from __future__ import annotations

import asyncio
import os
import shutil
import ssl
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from filemaker_mcp.server.emulator.certificate import Certificate, write_certificate

from .documented import documented, with_both

NAME = "fm-assistant.example.com"
CERTIFICATE, KEY = "/etc/ssl/fm-assistant.pem", "/etc/ssl/private/fm-assistant.key"
PAGE = "proxies.md"
SECONDS = 20
SOMEBODY = "User nobody\nGroup nogroup\n"
MODULES = (
    "mpm_event", "authz_core", "headers", "ssl", "http2", "proxy", "proxy_http", "proxy_balancer", "slotmem_shm",
    "lbmethod_byrequests", "deflate", "filter",
)  # fmt: skip


class Kind(Protocol):
    """One of the three."""

    @property
    def program(self) -> str: ...

    def site(self, port: int, servers: Sequence[int], certificate: Certificate) -> str:
        """What the document says."""
        ...

    def files(self, folder: Path, site: str, port: int) -> list[str]:
        """Writes what stands around it; the words of the command."""
        ...


@dataclass(frozen=True)
class Nginx:
    program: str = "nginx"

    def site(self, port: int, servers: Sequence[int], certificate: Certificate) -> str:
        return documented(PAGE, "nginx", {
            "listen 443": f"listen 127.0.0.1:{port}", NAME: "localhost", CERTIFICATE: str(certificate.certificate),
            KEY: str(certificate.key), "127.0.0.1:8791": f"127.0.0.1:{servers[0]}", "127.0.0.1:8792": f"127.0.0.1:{servers[-1]}",
        })  # fmt: skip

    def files(self, folder: Path, site: str, port: int) -> list[str]:
        """Two processes beside the first, and answers made smaller, as Debian has them; of event streams too."""
        temporary = "".join(
            f"{kind}_temp_path {folder / kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"{_account('user root root;')}daemon off; worker_processes 2; pid {folder / 'nginx.pid'}; error_log {folder / 'log'} warn;"
            f"events {{}} http {{ access_log off; {temporary} gzip on; gzip_types text/event-stream;\n{site}\n}}",
            "utf-8",
        )
        return ["-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "log")]


@dataclass(frozen=True)
class Caddy:
    program: str = os.environ.get("CADDY", "caddy")

    def site(self, port: int, servers: Sequence[int], certificate: Certificate) -> str:
        return documented(PAGE, "caddyfile", {
            NAME: f"localhost:{port}", "127.0.0.1:8791": f"127.0.0.1:{servers[0]}", "127.0.0.1:8792": f"127.0.0.1:{servers[-1]}",
        })  # fmt: skip

    def files(self, folder: Path, site: str, port: int) -> list[str]:
        """Certificates of its own authority in place of a public one."""
        own = (
            f"{{\nadmin off\nauto_https disable_redirects\nlocal_certs\nskip_install_trust\ndefault_bind 127.0.0.1\n"
            f"storage file_system {folder}\n}}\n"
        )
        (folder / "Caddyfile").write_text(own + site, "utf-8")
        return ["run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


@dataclass(frozen=True)
class Apache:
    program: str = "apache2"

    def site(self, port: int, servers: Sequence[int], certificate: Certificate) -> str:
        return documented(PAGE, "apache", {
            "*:443": f"127.0.0.1:{port}", NAME: "localhost", CERTIFICATE: str(certificate.certificate), KEY: str(certificate.key),
            "127.0.0.1:8791": f"127.0.0.1:{servers[0]}", "127.0.0.1:8792": f"127.0.0.1:{servers[-1]}",
        })  # fmt: skip

    def files(self, folder: Path, site: str, port: int) -> list[str]:
        modules = "".join(
            f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in MODULES
        )
        (folder / "apache.conf").write_text(
            f"ServerRoot {folder}\n{modules}ServerName localhost\nListen 127.0.0.1:{port}\nPidFile {folder / 'pid'}\n"
            f"ErrorLog {folder / 'log'}\nMutex file:{folder}\nDefaultRuntimeDir {folder}\n{_account(SOMEBODY)}StartServers 1\n"
            f"AddOutputFilterByType DEFLATE text/event-stream text/html\n{site}\n",
            "utf-8",
        )
        return ["-f", str(folder / "apache.conf"), "-DFOREGROUND"]


def _account(line: str) -> str:
    """Where root starts it: for nginx root, since its folder here is closed to others."""
    return line if os.geteuid() == 0 else ""


KINDS: dict[str, Callable[[], Kind]] = {"nginx": Nginx, "caddy": Caddy, "apache": Apache}


@dataclass
class Proxy:
    kind: Kind
    folder: Path
    port: int
    process: Process
    authority: Path

    @property
    def origin(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))


@asynccontextmanager
async def proxied(kind: str, folder: Path, port: int, servers: Sequence[int]) -> AsyncGenerator[Proxy]:
    """In front of servers at these ports of this machine, one or two; at `port` with TLS."""
    made = KINDS[kind]()
    folder = folder / kind
    folder.mkdir()
    for above in (folder, *folder.parents[:2]):
        above.chmod(0o755)  # it serves as somebody else
    certificate = write_certificate(folder)
    site = made.site(port, servers, certificate)
    site = with_both(site) if len(servers) > 1 else site
    words = made.files(folder, site, port)
    with (folder / "said").open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            *(_found(made.program), *words), env=_environment(folder), stdout=said, stderr=said, cwd=folder
        )
    root = folder / "pki/authorities/local/root.crt" if kind == "caddy" else certificate.authority
    proxy = Proxy(made, folder, port, process, root)
    try:
        await _answers(proxy)
        yield proxy
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()


def _found(program: str) -> str:
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert found is not None, (
        f"{program} is not here: apt-get install nginx apache2; make test-proxies installs Caddy"
    )
    return found


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "LC_ALL": "C",
    }


async def _answers(proxy: Proxy) -> None:
    """Until it takes connections with TLS by a certificate that is trusted."""
    async with asyncio.timeout(SECONDS):
        while True:
            assert proxy.process.returncode is None, (proxy.folder / "said").read_text("utf-8", "replace")
            try:
                _, writer = await asyncio.open_connection("localhost", proxy.port, ssl=proxy.trust)
            except OSError:  # not yet, or its certificate is not made yet
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return
