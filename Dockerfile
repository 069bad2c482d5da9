# Duebook with all it needs: `docker compose up` runs Dagster's UI, its daemon and the runs they start (docs/guide/operating.md).
FROM python:3.11-slim
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /duebook
# The lock first: the layer of installed packages stays while only code changes.
COPY Makefile requirements.lock pyproject.toml ./
COPY cli/ cli/
COPY duebook/ duebook/
# No bytecode is kept while it runs, so all is compiled here.
ENV PYTHONDONTWRITEBYTECODE=1 DUEBOOK_HOME=/data/home DUEBOOK_LANDING=/data/landing
RUN make install
COPY . .
# What is in the image, for who audits it (docs/guide/supply_chain.md).
RUN make sbom OUTPUT=sbom.cdx.json
RUN useradd --create-home duebook && mkdir -p /data/home /data/landing && chown -R duebook /data /duebook
USER duebook
VOLUME /data
EXPOSE 3000
CMD ["make", "dev"]
