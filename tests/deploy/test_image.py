"""The image and the proxy agree with the compose file."""

import json
import re

import yaml

from tests.architecture.sources import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()
NGINX = (ROOT / "deploy" / "nginx.conf").read_text()
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def test_image_installs_wheels_only_and_does_not_run_as_root():
    assert "--only-binary :all:" in DOCKERFILE
    user = DOCKERFILE.index("\nUSER likely\n")
    assert "useradd" in DOCKERFILE[:user]
    assert "\nRUN" not in DOCKERFILE[user:]


def test_image_starts_the_web_process_by_default():
    command = re.search(r"^CMD (.*)$", DOCKERFILE, flags=re.MULTILINE)
    assert command is not None
    assert json.loads(command[1]) == SERVICES["web"]["command"]


def test_data_volume_is_the_var_dir_of_the_image():
    assert "VAR_DIR=/data" in DOCKERFILE
    assert "VOLUME /data" in DOCKERFILE
    assert "data:/data" in SERVICES["web"]["volumes"]


def test_proxy_passes_to_the_port_the_web_process_listens_on():
    upstream = re.search(r"server (\w+):(\d+);", NGINX)
    assert upstream is not None
    assert upstream[1] in SERVICES
    command = SERVICES[upstream[1]]["command"]
    assert command[command.index("--port") + 1] == upstream[2]


def test_proxy_takes_no_forwarded_address_from_a_client():
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in NGINX
    assert SERVICES["web"]["environment"]["TRUSTED_PROXY_COUNT"] == "1"


def test_braces_of_the_proxy_configuration_match():
    assert NGINX.count("{") == NGINX.count("}")
