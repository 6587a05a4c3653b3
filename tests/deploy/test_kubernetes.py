"""deploy/kubernetes.yaml runs what docker-compose.yml runs, and its parts fit each other.

Against the cluster's own schemas it is checked by hand: `pip install kubernetes-validate` has a
hundred megabytes of them.
"""

import re

import pytest
import yaml

from tests.architecture.settings_names import environment_variables
from tests.architecture.sources import ROOT

TEXT = (ROOT / "deploy" / "kubernetes.yaml").read_text()
DOCUMENTS = list(yaml.safe_load_all(TEXT))
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
OURS = {name for name, service in COMPOSE.items() if service["image"] == "likely"}
# The schedule is nobody else's, and what it asks for may be asked for twice.
OWN_WORDS = {"/data/celerybeat-schedule": "/tmp/celerybeat-schedule"}


def of_kind(kind):
    return {one["metadata"]["name"]: one for one in DOCUMENTS if one["kind"] == kind}


DEPLOYMENTS = of_kind("Deployment")
WORKLOADS = {**DEPLOYMENTS, **of_kind("Job")}


def pod_of(name):
    return WORKLOADS[name]["spec"]["template"]


def containers_of(name):
    spec = pod_of(name)["spec"]
    return [*spec.get("initContainers", []), *spec["containers"]]


def test_cluster_runs_the_processes_of_compose():
    assert set(WORKLOADS) == {f"likely-{name}" for name in OURS}


@pytest.mark.parametrize("name", sorted(OURS))
def test_pod_runs_what_compose_runs(name):
    [container] = pod_of(f"likely-{name}")["spec"]["containers"]
    wanted = [OWN_WORDS.get(word, word) for word in COMPOSE[name]["command"]]
    assert (container["name"], container["command"]) == (name, wanted)


@pytest.mark.parametrize("name", sorted(WORKLOADS))
def test_pod_has_the_environment_and_mounts_what_it_declares(name):
    for container in containers_of(name):
        assert container["image"] == "likely"
        assert container["envFrom"] == [
            {"configMapRef": {"name": "likely"}},
            {"secretRef": {"name": "likely"}},
        ]
        declared = {volume["name"] for volume in pod_of(name)["spec"]["volumes"]}
        assert {mount["name"] for mount in container.get("volumeMounts", [])} <= declared
    claims = {
        volume["persistentVolumeClaim"]["claimName"] for volume in pod_of(name)["spec"]["volumes"]
    }
    assert claims <= set(of_kind("PersistentVolumeClaim"))


def test_settings_know_every_variable_that_is_set_or_asked_for():
    told = set(of_kind("ConfigMap")["likely"]["data"])
    secret = set(re.findall(r"--from-literal=([A-Z_]+)=", TEXT))
    assert (told | secret) - environment_variables() == set()
    assert {"SECRET_KEY", "DATABASE_URL", "REDIS_URL"} <= secret


@pytest.mark.parametrize("name", sorted(DEPLOYMENTS))
def test_selectors_find_the_pods(name):
    labels = pod_of(name)["metadata"]["labels"]
    assert DEPLOYMENTS[name]["spec"]["selector"]["matchLabels"] == labels == {"app": name}
    for spread in pod_of(name)["spec"].get("topologySpreadConstraints", []):
        assert spread["labelSelector"]["matchLabels"] == labels


def test_budgets_service_and_ingress_name_what_is_there():
    for budget in of_kind("PodDisruptionBudget").values():
        app = budget["spec"]["selector"]["matchLabels"]["app"]
        assert DEPLOYMENTS[app]["spec"]["replicas"] > budget["spec"]["minAvailable"]
    [service] = of_kind("Service").values()
    app = service["spec"]["selector"]["app"]
    ports = [port["name"] for one in containers_of(app) for port in one.get("ports", [])]
    assert [port["targetPort"] for port in service["spec"]["ports"]] == ports
    [path] = of_kind("Ingress")["likely"]["spec"]["rules"][0]["http"]["paths"]
    backend = path["backend"]["service"]
    assert backend["name"] == service["metadata"]["name"]
    assert backend["port"]["name"] in [port["name"] for port in service["spec"]["ports"]]
