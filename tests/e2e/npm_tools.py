# SPDX-License-Identifier: Apache-2.0
"""What tests take from npm: one file of a package, pinned by its hash, fetched once into the build folder. Nothing of it is in the
repository, and a test that cannot have it fails."""
import base64
import hashlib
import io
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path

PINNED = {
    "axe-core": ("4.14.0", "9WTZxEjsZ7b13TH8JPmbV2z8CHbl80/2hm3XPEG4JgNdQLK81IBRXmSxHfMAOkSqQeRxT/0dwNDz2GOm3zzpcQ==", "axe.min.js"),
    "acorn": ("8.15.0", "NZyJarBfL7nWwIq+FDL6Zp/yHEhePMNnnJ0y3qfieCrmNvYct8uvtiV41UvlSe6apAfk0fY1FbWx+NwfmpvtTg==", "dist/acorn.js"),
}
KEPT = Path(os.environ["BIN"]).resolve().parent / "npm"


def _fetched(name, version):
    with tempfile.TemporaryDirectory(dir=KEPT) as folder:
        done = subprocess.run(["npm", "pack", "--silent", "--ignore-scripts", f"{name}@{version}"], cwd=folder, capture_output=True, text=True, check=False)
        packed = list(Path(folder).glob("*.tgz"))
        assert done.returncode == 0 and len(packed) == 1, f"npm does not give {name} {version}; is there a line?\n{done.stderr}"
        return packed[0].read_bytes()


def tool(name):
    """Path of the file."""
    version, sha512, inside = PINNED[name]
    path = KEPT / f"{name}-{version}.tgz"
    KEPT.mkdir(parents=True, exist_ok=True)
    packed = path.read_bytes() if path.exists() else _fetched(name, version)
    assert base64.b64encode(hashlib.sha512(packed).digest()).decode() == sha512, f"{path}: not the {name} that is pinned here"
    if not path.exists():
        path.with_suffix(".new").write_bytes(packed)
        path.with_suffix(".new").rename(path)
    script = KEPT / f"{name}-{version}.js"
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        script.write_bytes(archive.extractfile("package/" + inside).read())
    return script
