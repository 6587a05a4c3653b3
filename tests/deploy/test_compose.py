"""docker-compose.yml is valid, agrees with the Procfile, and asks only for what exists."""

import json
import re
import shlex

import jsonschema
import pytest
import yaml
from django.core.management import get_commands, load_command_class

from tests.architecture.settings_names import environment_variables
from tests.architecture.sources import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "likely"}
# On one machine Celery yields to whoever waits for an answer; each container has its own share.
HOW_STARTED = re.compile(r"^ exec (nice -n \d+ )?")
PROCESSES = {
    name: shlex.split(HOW_STARTED.sub("", command))
    for name, command in (
        line.split(":", 1) for line in (ROOT / "Procfile").read_text().splitlines() if line
    )
}


def test_compose_file_fits_the_schema():
    schema = json.loads((ROOT / "tests" / "deploy" / "compose.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(COMPOSE, schema)


def test_compose_runs_the_processes_of_the_procfile():
    assert set(OURS) - {"migrate"} == set(PROCESSES)


@pytest.mark.parametrize("name", sorted(PROCESSES))
def test_service_runs_what_the_procfile_runs(name):
    command = OURS[name]["command"]
    words = [word for word in PROCESSES[name] if "$" not in word]
    missing = [word for word in words if word not in command]
    assert missing == []


@pytest.mark.parametrize(
    "words",
    [service["command"] for service in OURS.values()] + list(PROCESSES.values()),
    ids=" ".join,
)
def test_django_command_exists_and_takes_its_options(words):
    if words[:2] != ["python", "manage.py"]:
        assert words[:4] == ["celery", "--quiet", "--app", "config.celery"]
        return
    app = get_commands()[words[2]]
    command = load_command_class(app, words[2]) if isinstance(app, str) else app
    arguments = [word.replace("$PORT", "8000") for word in words[3:]]
    command.create_parser("manage.py", words[2]).parse_args(arguments)


def test_settings_know_every_variable_of_the_services():
    names = {name for service in OURS.values() for name in service["environment"]}
    assert names - environment_variables() == set()


def test_every_app_service_gets_the_same_environment():
    environments = [service["environment"] for service in OURS.values()]
    assert all(environment == environments[0] for environment in environments)


def test_services_depend_on_services_that_exist_and_can_be_waited_for():
    waited = [
        (name, needed, how["condition"])
        for name, service in SERVICES.items()
        for needed, how in service.get("depends_on", {}).items()
    ]
    unknown = [edge for edge in waited if edge[1] not in SERVICES]
    unhealthy = [
        edge
        for edge in waited
        if edge[2] == "service_healthy" and "healthcheck" not in SERVICES[edge[1]]
    ]
    assert (unknown, unhealthy) == ([], [])


def test_addresses_name_services_of_this_file():
    for variable in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"):
        address = OURS["web"]["environment"][variable]
        host = re.search(r"(?:@|//)([a-z]+):[0-9]+/", address)
        assert host is not None, address
        assert host[1] in SERVICES


def test_named_volumes_are_declared():
    mounted = [volume for service in SERVICES.values() for volume in service.get("volumes", [])]
    sources = {volume.partition(":")[0] for volume in mounted}
    named = {source for source in sources if not source.startswith(".")}
    assert named == set(COMPOSE["volumes"])
    assert all((ROOT / source).exists() for source in sources - named)


def test_variables_asked_of_the_operator_are_in_the_example():
    text = (ROOT / "docker-compose.yml").read_text()
    asked = set(re.findall(r"\$\{([A-Z_]+)", text))
    example = (ROOT / "deploy" / "example.env").read_text()
    offered = set(re.findall(r"^([A-Z_]+)=", example, flags=re.MULTILINE))
    assert asked == offered
