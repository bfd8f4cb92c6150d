# The server; compose.yaml starts its processes.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 SWEEPDECK_DATA_DIR=/data
WORKDIR /srv/sweepdeck

# Workers check out programs of agent jobs.
RUN apt-get update && apt-get install -y --no-install-recommends git openssh-client && rm -rf /var/lib/apt/lists/*

COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt

COPY manage.py .
COPY templates templates
COPY static static
COPY sweepdeck sweepdeck
COPY dashboard dashboard
COPY sweeps_app sweeps_app
RUN python -m compileall -q sweepdeck dashboard sweeps_app

# A new volume takes over the owner of the folder that it is mounted on.
RUN useradd --system --home-dir /data sweepdeck && install -d -o sweepdeck -g sweepdeck -m 0700 /data
USER sweepdeck
VOLUME /data
EXPOSE 8000
