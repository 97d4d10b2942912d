"""The command that answers over HTTP: serve."""

import argparse
import importlib.util
import sys

from fmnist.machine import BackendError, to_install


def serve(options: argparse.Namespace) -> int:
    """Predict over HTTP until a signal ends it; its exit status.

    Raises:
        BackendError: Starlette or uvicorn is not installed.
        RunError: a model cannot be loaded, or the address cannot be had.
    """
    for package in ("starlette", "uvicorn", "python_multipart", "threadpoolctl"):
        if importlib.util.find_spec(package) is None:
            raise BackendError(to_install(package))
    from fmnist.inference.serving import server
    from fmnist.inference.serving.limits import MB, Limits

    limits = Limits(
        body=int(options.max_body * MB),
        batch=options.max_batch,
        pixels=int(options.max_pixels * 1_000_000),
        requests=options.max_requests,
        seconds=options.timeout,
    )
    with server.listen(options.host, options.port) as listening:
        served = server.endpoints(options.model, limits)
        for model in served.models.all():
            if model.remark:
                print(f"{model.about.name}: {model.remark}", file=sys.stderr)
        print(f"Serving {', '.join(options.model)} at {server.address(listening)}")
        print("A page there describes all requests. Ctrl-C stops.", flush=True)
        server.run(served, listening, options.cors, options.log)
    return 0
