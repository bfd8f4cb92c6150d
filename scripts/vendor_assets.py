#!/usr/bin/env python3
"""Fetch the pinned npm packages and keep the few files that pages need under `static/vendor/`, and tests elsewhere.

    python scripts/vendor_assets.py           # fetch, verify, write
    python scripts/vendor_assets.py --check   # fetch, verify, compare with what is committed

The list is `vendor_assets.json`: `integrity` is the registry's SHA-512 of the package, as npm's own lock file has it;
`into` is the folder that gets its files, where that is not `static/vendor`. `bundle` names modules that become one file
each with all that they import, made by the pinned bundler.
"""

import argparse
import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DEFAULT_FOLDER = "static/vendor"


class VendorError(Exception):
    """A package could not be fetched, or is not the one that is pinned."""


def fetch(package: dict[str, Any], folder: Path) -> Path:
    """Download a package's archive into `folder` with npm; raises VendorError."""
    spec = f"{package['name']}@{package['version']}"
    command = ["npm", "pack", spec, "--json", "--pack-destination", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode:
        raise VendorError(f"npm could not fetch {spec}: {done.stderr.strip()}")
    return max(folder.glob("*.tgz"), key=lambda path: path.stat().st_mtime_ns)


def verify(archive: Path, package: dict[str, Any]) -> None:
    """Raise VendorError unless the archive has the pinned SHA-512."""
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != package["integrity"]:
        raise VendorError(f"{package['name']} {package['version']}: sha512-{digest} is not the pinned checksum")


def wanted_files(archive: Path, package: dict[str, Any], bundler: str) -> dict[Path, bytes]:
    """Return the content of each file to keep, by its place in the checkout."""
    folder = Path(package.get("into", DEFAULT_FOLDER)) / package["folder"]
    with tarfile.open(archive) as tar:
        files = {folder / Path(name).name: _content(tar, f"package/{name}") for name in package["files"]}
        if package.get("bundle"):
            tar.extractall(archive.parent, filter="data")
    for entry, name in package.get("bundle", {}).items():
        files[folder / name] = bundled(archive.parent / "package" / entry, bundler)
    return files


def bundled(entry: Path, bundler: str) -> bytes:
    """Return a module with all that it imports as one minified ES module; raises VendorError."""
    options = ["--bundle", "--format=esm", "--minify", "--target=es2022", "--legal-comments=none"]
    command = ["npm", "exec", "--yes", "--package", bundler, "--", "esbuild", str(entry), *options]
    done = subprocess.run(command, capture_output=True, check=False, cwd=entry.parent)
    if done.returncode:
        raise VendorError(f"{bundler} could not bundle {entry.name}: {done.stderr.decode().strip()}")
    return done.stdout


def _content(tar: tarfile.TarFile, name: str) -> bytes:
    member = tar.extractfile(name)
    if member is None:
        raise VendorError(f"{name} is not a file")
    return member.read()


def collect() -> dict[Path, bytes]:
    """Fetch and verify every pinned package; returns all files to keep."""
    files: dict[Path, bytes] = {}
    pinned = json.loads((HERE / "vendor_assets.json").read_text())
    for package in pinned["packages"]:
        with tempfile.TemporaryDirectory() as folder:
            archive = fetch(package, Path(folder))
            verify(archive, package)
            files |= wanted_files(archive, package, pinned["bundler"])
    return files


def write(files: dict[Path, bytes]) -> None:
    """Write the files that differ from what is there."""
    for path, content in files.items():
        target = ROOT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        print(f"{path}  {len(content):,} bytes")


def differing(files: dict[Path, bytes]) -> list[str]:
    """Return the names of files that are absent or differ, and of files that no package brings."""
    wrong = [
        str(path)
        for path, content in files.items()
        if not (ROOT / path).is_file() or (ROOT / path).read_bytes() != content
    ]
    folders = {ROOT / path.parents[1] for path in files}
    present = {path.relative_to(ROOT) for folder in folders for path in folder.rglob("*") if path.is_file()}
    return sorted(wrong + [str(path) for path in present - files.keys()])


def main() -> int:
    """Run as the arguments say; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="compare with what is there, write nothing")
    arguments = parser.parse_args()
    try:
        files = collect()
    except (VendorError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    if not arguments.check:
        write(files)
        return 0
    wrong = differing(files)
    print("\n".join(f"differs: {name}" for name in wrong) or "all vendored files are as pinned")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
