# The app as a container: not root, nothing written but /data and /tmp. docs/internet.md says how to run it.
FROM python:3.11-slim AS build
# "app" is a demo; "app,train" trains, too, and is 1.5 GB larger; "app,cluster" trains on a Ray cluster, and is what
# the nodes of one run.
ARG EXTRAS=app
WORKDIR /source
COPY . .
RUN python -m venv /app \
    && grep '==' requirements-dev.txt > /constraints.txt \
    && /app/bin/pip install --no-cache-dir --constraint /constraints.txt ".[${EXTRAS}]"

FROM python:3.11-slim
RUN useradd --uid 1000 --no-create-home --home-dir /tmp fmnist \
    && install --directory --owner fmnist /data
COPY --from=build /app /app
# For login shells, which have a PATH of their own: Ray's launchers start some.
RUN for name in fmnist ray; do if [ -e /app/bin/$name ]; then ln -s /app/bin/$name /usr/local/bin/; fi; done
ENV PATH=/app/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=2 \
    FMNIST_MODE=public \
    FMNIST_RUNS=/data/runs \
    FMNIST_LOG=json
USER 1000
WORKDIR /tmp
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8501/health', timeout=4)"]
CMD ["fmnist", "app", "--address", "0.0.0.0", "--port", "8501", "--no-browser"]
