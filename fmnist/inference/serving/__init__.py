"""Predictions over HTTP: `python -m fmnist serve`. Starlette and uvicorn (the extra `serve`), no TensorFlow.

In: what a request is, what becomes of it, and the OpenAPI description of both. Not in: how anything is
predicted (`inference`).

server        the process: listening, stopping
application   paths, errors, cross-origin requests
endpoints     what each path does
description   the same as an OpenAPI description, and as a page
messages      queries and answers: their fields, types, bounds and meaning, once for both
bodies        what is in a request's body: photos, or images of the data set
models        the models that are served, with an interpreter for each thread
limits        how much a request may bring, how many at once, how long
"""
