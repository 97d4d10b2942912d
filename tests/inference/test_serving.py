"""`python -m fmnist serve`, asked over a real connection: docs/serve.md is true, and what is refused has its status."""

import base64
import concurrent.futures
import contextlib
import doctest
import http.client
import io
import json
import re
import shlex
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fmnist import Classifier
from fmnist.data import fashion_mnist
from fmnist.inference.serving import server
from fmnist.inference.serving.limits import MB, Limits
from fmnist.machine import folders
from fmnist.preprocessing.examples import examples
from fmnist.runs.files import RunError

from ..conftest import in_one_sentence, tells, wait_until

DOCS = folders.ROOT / "docs" / "serve.md"
USUAL = "127.0.0.1:8000"
BYTES, FORM = "application/octet-stream", "multipart/form-data; boundary=b"


@contextlib.contextmanager
def serving(*models: str, origins=(), **limits) -> Iterator[str]:
    """A server in a thread, as "127.0.0.1:port"."""
    with server.listen("127.0.0.1", 0) as listening:
        running = server.server(server.endpoints(models, Limits(**limits)), origins)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield server.address(listening).removeprefix("http://")
        finally:
            running.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def usual() -> Iterator[str]:
    with serving("everyday", "sprint") as place:
        yield place


@pytest.fixture(scope="module")
def strict() -> Iterator[str]:
    limits = {"body": MB // 10, "batch": 3, "pixels": 10_000, "requests": 1, "seconds": 0.5}
    with serving("mlp-256", origins=["https://example.org"], **limits) as place:
        yield place


def ask(place: str, path: str, body=None, kind=BYTES, method="", **headers):
    """The status, the headers, and what the JSON of the answer holds."""
    with contextlib.closing(http.client.HTTPConnection(place, timeout=30)) as connection:
        method = method or ("GET" if body is None else "POST")
        connection.request(method, path, body, {"Content-Type": kind} | headers)
        response = connection.getresponse()
        content = response.read()
        is_json = response.headers["Content-Type"] == "application/json"
        return response.status, response.headers, json.loads(content) if is_json else content


def form(*files: tuple[str, bytes]) -> bytes:
    """The body of a form with files."""
    head = 'Content-Disposition: form-data; name="photos"; filename="{}"'
    parts = (f"--b\r\n{head.format(name)}\r\n\r\n".encode() + data for name, data in files)
    return b"\r\n".join([*parts, b"--b--\r\n"])


def photo(name: str) -> bytes:
    file = io.BytesIO()
    examples()[name].save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def files(tmp_path, monkeypatch) -> None:
    """The files that the manual names, in the working folder."""
    monkeypatch.chdir(tmp_path)
    examples()["Ankle boot, photo"].save("shoe.jpg", quality=90)
    Path("bag.png").write_bytes(photo("Bag, drawn"))
    Path("images.bin").write_bytes(fashion_mnist.load("test")[0][:3].tobytes())


def test_the_python_examples_of_the_manual_give_what_it_says(usual, files):
    text = DOCS.read_text().replace("```\n", "\n").replace(USUAL, usual)
    test = doctest.DocTestParser().get_doctest(text, {}, DOCS.name, str(DOCS), 0)
    assert len(test.examples) > 10
    assert doctest.DocTestRunner().run(test).failed == 0


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_curl_examples_of_the_manual_get_answers(usual, files):
    commands = [line for line in DOCS.read_text().splitlines() if line.startswith("curl ")]
    assert len(commands) > 5
    for command in commands:
        words = shlex.split(command.replace(USUAL, usual))
        done = subprocess.run([*words, "--fail", "--silent"], capture_output=True)
        assert done.returncode == 0, command
        assert "error" not in json.loads(done.stdout)


def test_an_answer_has_what_the_classifier_gives(usual):
    content = photo("Sneaker, photo")
    found = Classifier.load("everyday").predict(content)
    status, _, answer = ask(usual, "/predict?steps=true", content, "image/png")
    steps = answer["prediction"].pop("steps")
    assert status == 200
    expected = found.row() | {"certainty": found.certainty, "sentence": str(found)}
    assert {*answer["prediction"]} == {*expected}
    for name, value in expected.items():
        is_number = name in ("probabilities", "confidence", "evidence")
        assert answer["prediction"][name] == (
            pytest.approx(value, abs=1e-5) if is_number else value
        )
    for (name, pixels), step in zip(found.steps, steps, strict=True):
        shown = Image.open(io.BytesIO(base64.b64decode(step["png"])))
        assert step["name"] == name
        assert np.array_equal(np.asarray(shown), pixels)


def test_of_several_photos_each_has_a_prediction_or_a_problem(usual):
    body = form(("bag.png", photo("Bag, drawn")), ("notes.txt", b"Notes."))
    status, _, answer = ask(usual, "/predict/photos?model=sprint", body, FORM)
    bag, notes = answer["predictions"]
    assert (status, answer["model"]) == (200, "sprint")
    assert (bag["file"], bag["prediction"]["kind"]) == ("bag.png", "drawing")
    assert notes["file"] == "notes.txt"
    assert tells(notes["error"], "expected PNG")
    assert "prediction" not in notes


def test_images_of_the_data_set_are_predicted_whatever_they_are_sent_as(usual):
    images = fashion_mnist.load("test")[0][:40]
    npy, by_column = io.BytesIO(), io.BytesIO()
    np.save(npy, images)
    np.save(by_column, np.asfortranarray(images))
    expected = [each.row() for each in Classifier.load("everyday").predict_many(images)]
    for body, kind in (
        (images.tobytes(), BYTES),
        (npy.getvalue(), "application/x-npy"),
        (by_column.getvalue(), "application/x-npy"),
        (json.dumps(images.tolist()), "application/json; charset=utf-8"),
    ):
        status, _, answer = ask(usual, "/predict/images", body, kind)
        assert status == 200
        for found, row in zip(answer["predictions"], expected, strict=True):
            assert (found["label"], found["sure"]) == (row["label"], row["sure"])
            assert found["probabilities"] == pytest.approx(row["probabilities"], abs=1e-3)


def test_images_in_colour_are_predicted_in_their_form(own):
    with serving("shapes-1") as place:
        red = np.full((48, 48, 3), 120, np.uint8)
        red[10:30, 10:30] = 230, 0, 0
        for body, kind in (
            (red.tobytes(), BYTES),
            (json.dumps([red.tolist()]), "application/json"),
        ):
            _, _, answer = ask(place, "/predict/images", body, kind)
            assert [each["label"] for each in answer["predictions"]] == ["red"]
        assert ask(place, "/predict/images", bytes(784))[0] == 422


def test_the_description_has_every_path_and_the_page_shows_it_without_other_servers(usual):
    spec = ask(usual, "/openapi.json")[2]
    assert {*spec["paths"]} == set(
        re.findall(r"`(?:GET|POST) (/\S+)`", DOCS.read_text().replace("NAME", "{name}"))
    )
    assert spec["components"]["schemas"]["PredictionAnswer"]["properties"]["label"]
    page = ask(usual, "/")[2].decode()
    for path, operations in spec["paths"].items():
        assert path in page
        for operation in operations.values():
            assert all(each["description"] for each in operation["parameters"]), path
    assert f"http://{usual}/predict" in page
    assert not re.search(r'(src|href)="(https?:)?//', page)


def test_the_models_and_the_health_say_what_is_served(usual):
    models = ask(usual, "/models")[2]["models"]
    assert [each["name"] for each in models] == ["everyday", "sprint"]
    assert ask(usual, "/models/sprint")[2] == models[1]
    assert models[0]["classes"] == list(fashion_mnist.DATASET.class_names)
    status, _, health = ask(usual, "/health")
    assert (status, health["ready"], health["model"]) == (200, True, "everyday")
    assert health["digest"] == models[0]["digest"]


@pytest.mark.parametrize(
    ("status", "path", "body", "kind", "facts"),
    [
        (400, "/predict", b"", BYTES, ["no photo"]),
        (400, "/predict/photos", form(("a", b"x"), ("b", b"x"))[:-9], FORM, ["cut short"]),
        (400, "/predict", b"x", "multipart/form-data", ["boundary"]),
        (400, "/predict/images", b"", BYTES, ["no images"]),
        (400, "/predict/images", b"[[[", "application/json", ["not JSON"]),
        (404, "/nothing", None, BYTES, ["/nothing"]),
        (404, "/models/x", None, BYTES, ["'x'", "everyday"]),
        (404, "/predict?model=x", b"x", BYTES, ["'x'", "everyday"]),
        (405, "/predict", None, BYTES, ["GET"]),
        (413, "/predict/images", bytes(784 * 257), BYTES, ["256"]),
        (413, "/predict/photos", form(*[("a", b"x")] * 257), FORM, ["256"]),
        (
            415,
            "/predict",
            b"a=b",
            "application/x-www-form-urlencoded",
            ["-F photo=@FILE", "image/jpeg"],
        ),
        (415, "/predict", b"%PDF-1.7", BYTES, ["PDF", "expected PNG"]),
        (415, "/predict/images", b"x", "text/csv", ["text/csv", "application/x-npy"]),
        (422, "/predict", form(("a", b"x"), ("b", b"x")), FORM, ["2 photos", "/predict/photos"]),
        (422, "/predict", b"\x89PNG\r\n\x1a\nx", BYTES, ["damaged"]),
        (422, "/predict?turn=45", b"x", BYTES, ["turn", "45"]),
        (422, "/predict?items=2", b"x", BYTES, ["items", "item"]),
        (422, "/predict?item=0", b"x", BYTES, ["item", "1"]),
        (422, "/predict/images", bytes(785), BYTES, ["785", "784"]),
        (422, "/predict/images", b"\x93NUMPY", "application/x-npy", ["damaged"]),
        (422, "/predict/images", b"[[[256]]]", "application/json", ["[0][0][0]", "255"]),
        (422, "/predict/images", b"[[[1], [1, 2]]]", "application/json", ["28 x 28"]),
        (422, "/predict/images", b"[" * 90_000, "application/json", ["[0][0][0]"]),
        (422, "/predict/images", b"[]", "application/json", ["(0,)"]),
        (422, "/predict/images", b"[[],[]]", "application/json", ["[0]", "28"]),
    ],
)
def test_what_is_refused_has_its_status_and_a_sentence(usual, status, path, body, kind, facts):
    found, _, answer = ask(usual, path, body, kind)
    assert found == status
    assert {*answer} == {"error"}
    assert tells(answer["error"], *facts)


def test_an_array_that_claims_to_be_huge_or_holds_objects_is_never_made(usual):
    for shape, dtype in (
        ((10**9, 28, 28), "u1"),
        ((1, 28, 28), "O"),
        ((1, 28, 28), "f4"),
        ((-1,), "u1"),
    ):
        file = io.BytesIO()
        header = {"descr": f"|{dtype}", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        status, _, answer = ask(usual, "/predict/images", file.getvalue(), "application/x-npy")
        assert (status, in_one_sentence(answer["error"])) == (422, True)


@pytest.mark.parametrize("header", ["-" * 9000 + "1", "{[]: 1}", "{'shape': 1, 'descr': 2, 3: 4}"])
def test_the_header_of_an_array_may_be_anything(usual, header):
    body = b"\x93NUMPY\x01\0" + len(header).to_bytes(2, "little") + header.encode()
    assert ask(usual, "/predict/images", body, "application/x-npy")[0] == 422


def test_bodies_and_photos_above_the_limits_are_refused(strict):
    assert ask(strict, "/predict/images", bytes(784 * 4))[0] == 413
    assert ask(strict, "/predict", bytes(MB))[0] == 413
    chunks = iter([bytes(60_000)] * 2)  # their sum is not announced
    assert ask(strict, "/predict", chunks)[0] == 413
    large = io.BytesIO()
    Image.new("L", (101, 100)).save(large, "PNG")
    status, _, answer = ask(strict, "/predict", large.getvalue(), "image/png")
    assert status == 413
    assert tells(answer["error"], "101 x 100", "0.01 million")


def test_a_request_that_dawdles_ends_and_one_too_many_is_to_try_again(strict):
    slow = http.client.HTTPConnection(strict, timeout=30)
    with contextlib.closing(slow), concurrent.futures.ThreadPoolExecutor(1) as thread:
        slow.putrequest("POST", "/predict/images")
        slow.putheader("Content-Length", "784")
        slow.endheaders()
        first = thread.submit(lambda: slow.getresponse())
        wait_until(lambda: ask(strict, "/health")[0] == 503, "a busy server")
        assert ask(strict, "/health")[2]["ready"] is False
        status, headers, answer = ask(strict, "/predict/images", bytes(784))
        assert (status, headers["Retry-After"]) == (429, "1")
        assert in_one_sentence(answer["error"])
        assert first.result().status == 503
    assert ask(strict, "/predict/images", bytes(784))[0] == 200


def test_a_client_that_goes_away_leaves_nothing(capfd):
    with serving("sprint") as place:
        host, port = place.split(":")
        with socket.create_connection((host, int(port))) as client:
            head = b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\n"
            client.sendall(head + b"Content-Length: 1000\r\n\r\nabc")
            wait_until(lambda: ask(place, "/health")[2]["requests"] == 1, "the request")
        wait_until(lambda: ask(place, "/health")[2]["requests"] == 0, "its end")
    assert "Traceback" not in capfd.readouterr().err


def test_pages_of_other_sites_read_answers_only_where_that_is_allowed(usual, strict):
    theirs = {"Origin": "https://example.org"}
    assert ask(strict, "/health", **theirs)[1]["Access-Control-Allow-Origin"] == theirs["Origin"]
    other = ask(strict, "/health", Origin="https://example.com")[1]
    for headers in (other, ask(usual, "/health", **theirs)[1]):
        assert "Access-Control-Allow-Origin" not in headers


def test_many_at_once_all_get_their_own_answer(usual):
    images = fashion_mnist.load("test")[0][:96].reshape(24, 4, 28, 28)
    expected = Classifier.load("sprint").probabilities(images.reshape(-1, 28, 28)).argmax(axis=1)

    def labels(batch: np.ndarray) -> list[int]:
        answer = ask(usual, "/predict/images?model=sprint", batch.tobytes())[2]
        return [each["index"] for each in answer["predictions"]]

    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        found = [label for batch in threads.map(labels, images) for label in batch]
    assert found == expected.tolist()


def test_models_of_one_name_are_not_served_together(tiny, tmp_path):
    copy = tmp_path / "copy" / tiny.name
    shutil.copytree(tiny.path, copy)
    with pytest.raises(RunError, match=f"named {tiny.name}"):
        server.endpoints([tiny.name, str(copy)], Limits())


def test_an_address_that_is_taken_is_a_sentence():
    with server.listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(RunError) as refused:
            server.listen("127.0.0.1", port)
    assert tells(str(refused.value), str(port), "--port")


def test_the_command_serves_without_tensorflow_and_ends_with_the_answers_under_way():
    code = """
import sys
from fmnist.cli.commands import main
status = main(["serve", "--port", "0", "--model", "mlp-256"])
print("loaded:", *{"tensorflow", "keras", "streamlit", "pandas"} & {*sys.modules})
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=folders.ROOT, stdout=-1, text=True
    ) as process:
        place = process.stdout.readline().split()[-1].removeprefix("http://")
        with contextlib.closing(http.client.HTTPConnection(place, timeout=30)) as slow:
            slow.putrequest("POST", "/predict/images")
            slow.putheader("Content-Length", "784")
            slow.endheaders(bytes(700))
            wait_until(lambda: ask(place, "/health")[2]["requests"] == 1, "the request")
            process.send_signal(2)
            time.sleep(0.3)
            slow.send(bytes(84))
            assert slow.getresponse().status == 200
        assert process.communicate()[0].splitlines()[-1] == "loaded:"
