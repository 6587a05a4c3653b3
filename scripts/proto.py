"""Make Python of proto/likely/v1 and keep its lock: `python scripts/proto.py` writes both.

`--check` writes nothing and says what is stale or against the rules (scripts/proto_rules.py); it
exits 1 then. The compiler comes with grpcio-tools, pinned, so that the same schema gives the same
bytes everywhere.
"""

import json
import sys
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

import proto_rules
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent

SCHEMA = "likely/v1/live.proto"
# The client shares no code with the site.
MADE = (
    ROOT / "exchange" / "realtime" / "proto",
    ROOT / "client" / "src" / "likely_client" / "_proto",
)
LOCK = ROOT / "scripts" / "proto_lock.json"


def compile_schema() -> tuple[FileDescriptorProto, dict[str, str]]:
    """Return the schema, and the text of each file that is made of it by its name."""
    with TemporaryDirectory() as folder:
        out = Path(folder)
        well_known = resources.files("grpc_tools") / "_proto"
        arguments = [
            "protoc",
            f"-I{ROOT / 'proto'}",
            f"-I{well_known}",
            f"--python_out={out}",
            f"--pyi_out={out}",
            f"--descriptor_set_out={out / 'schema'}",
            SCHEMA,
        ]
        if protoc.main(arguments):
            sys.exit(f"protoc cannot read proto/{SCHEMA}")
        schema = FileDescriptorSet.FromString((out / "schema").read_bytes()).file[0]
        made = {path.name: path.read_text() for path in (out / SCHEMA).parent.glob("*.py*")}
    return schema, made


def stale(made: dict[str, str]) -> list[str]:
    """Return which of the files that are made differ from those here."""
    return [
        f"{folder.name}/{name} is not what proto/{SCHEMA} says: run scripts/proto.py"
        for folder in MADE
        for name, text in sorted(made.items())
        if not (folder / name).exists() or (folder / name).read_text() != text
    ]


def main() -> int:
    """Write what is made and the lock, or check them; broken rules are said either way."""
    schema, made = compile_schema()
    lock = json.loads(LOCK.read_text()) if LOCK.exists() else {}
    problems = [*proto_rules.style(schema), *proto_rules.reused(schema, lock)]
    now = proto_rules.grown(schema, lock)
    if "--check" in sys.argv:
        problems += stale(made)
        problems += [] if now == lock else ["scripts/proto_lock.json lacks what is new"]
    elif not problems:
        for folder in MADE:
            for name, text in made.items():
                (folder / name).write_text(text)
        LOCK.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n")
    print(*problems, sep="\n", end="\n" if problems else "")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
