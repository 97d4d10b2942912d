# The app as a container: not root, nothing written but /data and /tmp. docs/internet.md says how to run it.
FROM python:3.11-slim AS build
# "app" is a demo; "app,train" trains, too, and is 1.5 GB larger.
ARG EXTRAS=app
WORKDIR /source
COPY . .
RUN python -m venv /app \
    && grep '==' requirements.txt > /constraints.txt \
    && /app/bin/pip install --no-cache-dir --constraint /constraints.txt ".[${EXTRAS}]"

FROM python:3.11-slim
RUN useradd --uid 1000 --no-create-home --home-dir /tmp fmnist \
    && install --directory --owner fmnist /data
COPY --from=build /app /app
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
