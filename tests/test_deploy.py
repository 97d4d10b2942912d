"""The files in deploy/ fit together, and to the versions and extras that there are."""

import re
import tomllib

import pytest
import yaml

from fmnist.machine import folders

DEPLOY = folders.ROOT / "deploy"
PROJECT = tomllib.loads((folders.ROOT / "pyproject.toml").read_text())["project"]
CLUSTER, _ = yaml.safe_load_all((DEPLOY / "kuberay.yaml").read_text())
APP = {each["kind"]: each for each in yaml.safe_load_all((DEPLOY / "app.yaml").read_text())}
UP = yaml.safe_load((DEPLOY / "ray-up.yaml").read_text())
(WORKERS,) = CLUSTER["spec"]["workerGroupSpecs"]


def container(spec) -> dict:
    (found,) = spec["template"]["spec"]["containers"]
    return found


CONTAINERS = [
    container(each)
    for each in (CLUSTER["spec"]["headGroupSpec"], WORKERS, APP["Deployment"]["spec"])
]


def test_all_have_the_version_of_ray_that_the_package_needs():
    version = CLUSTER["spec"]["rayVersion"]
    assert f"ray[client]=={version}" in PROJECT["optional-dependencies"]["cluster"]
    assert f"ray[default]=={version}" in (folders.ROOT / "docs" / "cluster.md").read_text()


def test_all_take_the_same_image_whose_extras_there_are():
    assert {each["image"] for each in CONTAINERS} == {UP["docker"]["image"]}
    text = (folders.ROOT / "docs" / "cluster.md").read_text()
    (extras,) = set(re.findall(r"EXTRAS=(\S+)", text))
    assert set(extras.split(",")) <= PROJECT["optional-dependencies"].keys()


def test_the_app_finds_the_head_and_its_token_by_the_cluster_s_name():
    name = CLUSTER["metadata"]["name"]
    settings = {each["name"]: each for each in container(APP["Deployment"]["spec"])["env"]}
    assert settings["FMNIST_CLUSTER"]["value"] == f"ray://{name}-head-svc:10001"
    assert settings["RAY_AUTH_TOKEN"]["valueFrom"]["secretKeyRef"]["name"] == name


def test_a_node_has_the_cores_of_a_place_and_its_probes_a_port_that_is_open():
    port = int(WORKERS["rayStartParams"]["node-manager-port"])
    assert container(WORKERS)["livenessProbe"]["tcpSocket"]["port"] == port
    assert container(WORKERS)["resources"]["limits"]["cpu"] == "2"


@pytest.mark.slow  # it loads Ray
def test_ray_s_launcher_takes_the_file():
    util = pytest.importorskip("ray.autoscaler._private.util")
    util.validate_config(util.prepare_config(UP))
