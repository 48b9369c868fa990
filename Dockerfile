# tradeplume as a server: `tradeplume serve` runs the schedules over a home that is mounted at /data.
#
#   docker build --tag tradeplume .
#   docker run --volume tradeplume:/data tradeplume
#   docker run --volume tradeplume:/data tradeplume run            any other command
FROM python:3.11-slim AS build
WORKDIR /source
COPY requirements-uv.lock requirements.lock pyproject.toml hatch_build.py README.md LICENSE CITATION.cff ./
RUN python -m venv /opt/tradeplume \
 && /opt/tradeplume/bin/python -m pip install --no-cache-dir --require-hashes --requirement requirements-uv.lock \
 && /opt/tradeplume/bin/uv pip install --no-cache --python /opt/tradeplume/bin/python \
    --require-hashes --requirement requirements.lock
COPY . .
RUN NO_MKDOCS_2_WARNING=1 /opt/tradeplume/bin/python -m mkdocs build --quiet \
 && /opt/tradeplume/bin/uv build --wheel --no-build-isolation --python /opt/tradeplume/bin/python --out-dir /wheel . \
 && /opt/tradeplume/bin/uv pip install --no-cache --python /opt/tradeplume/bin/python --no-deps /wheel/*.whl

FROM python:3.11-slim
# Plotly's figures for print (`tradeplume plot`) need a browser; `serve` and `run` do not.
RUN useradd --create-home --uid 1000 tradeplume && install -d --owner tradeplume /data
COPY --from=build /opt/tradeplume /opt/tradeplume
ENV PATH=/opt/tradeplume/bin:$PATH TRADEPLUME_HOME=/data DO_NOT_TRACK=1 PYTHONUNBUFFERED=1
USER tradeplume
WORKDIR /data
VOLUME /data
# Healthy when the server of this home answers with its schedules.
HEALTHCHECK --interval=60s --timeout=30s --start-period=300s CMD ["tradeplume", "serve", "--check"]
ENTRYPOINT ["tradeplume"]
CMD ["serve"]
