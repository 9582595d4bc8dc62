# Three images from one file:
#   docker build --target prod .   the product: no sandbox, no tools (the default)
#   docker build --target demo .   with the Stripe sandbox and the mail catcher, for docker-compose.yml
ARG PYTHON=python:3.13-slim

# --- Packages -------------------------------------------------------------------------------------------
FROM ${PYTHON} AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_CACHE_DIR=/var/cache/pip
RUN python -m venv /venv
COPY requirements/prod.txt /requirements/
RUN --mount=type=cache,target=/var/cache/pip \
    /venv/bin/pip install --quiet --require-hashes -r /requirements/prod.txt

FROM packages AS demo-packages
COPY requirements/demo.txt /requirements/
RUN --mount=type=cache,target=/var/cache/pip \
    /venv/bin/pip install --quiet --require-hashes -r /requirements/demo.txt

# --- The product ----------------------------------------------------------------------------------------
FROM ${PYTHON} AS prod
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=config.settings.prod
RUN useradd --create-home --uid 1000 lintel && install -d -o lintel -g lintel /app /app/var /app/var/media
WORKDIR /app
COPY --from=packages /venv /venv
COPY manage.py ./
COPY config config
COPY apps apps
COPY templates templates
COPY static static
USER lintel
# Hashed and compressed files for WhiteNoise; needs the settings to import, nothing else.
RUN SECRET_KEY=build DATABASE_URL=sqlite:///var/none.sqlite3 STRIPE_TEST_SECRET_KEY=sk_test_build \
    python manage.py collectstatic --noinput --verbosity 0
# Mount a volume at /app/var/media and /app/var/private, or set MEDIA_DIR and PRIVATE_MEDIA_DIR: what people upload
# and what is made for one of them outlives the container there.
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/', timeout=4)"]
# As a list: without a shell in between, the signal to end reaches gunicorn.
CMD ["gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]

# --- The demo -------------------------------------------------------------------------------------------
FROM prod AS demo
ENV DJANGO_SETTINGS_MODULE=config.settings.dev
USER root
COPY --from=demo-packages /venv /venv
COPY stripe_sandbox stripe_sandbox
COPY scripts scripts
# /state is a volume that all services share: the webhook secret goes into its .env, mail into its Maildir.
RUN install -d -o lintel -g lintel /state
USER lintel
ENV MAIL_DIR=/state/mail MEDIA_DIR=/state/media PRIVATE_MEDIA_DIR=/state/private ENV_FILE=/state/.env
VOLUME /state

# The last stage is what a plain `docker build .` makes.
FROM prod
