# Two images from one file:
#   docker build --target prod .   the product: no sandbox, no tools (the default)
#   docker build --target demo .   with the Stripe sandbox and the mail catcher, for docker-compose.yml
ARG PYTHON=python:3.13-slim

# --- Packages -------------------------------------------------------------------------------------------
FROM ${PYTHON} AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_CACHE_DIR=/var/cache/pip
# Without pip inside: the base image's own fills it.
RUN python -m venv --without-pip /venv
COPY requirements/prod.txt /requirements/
RUN --mount=type=cache,target=/var/cache/pip \
    pip --python /venv/bin/python install --quiet --require-hashes -r /requirements/prod.txt

FROM packages AS prod-packages
COPY locale /locale
COPY scripts/slim_packages.py /
RUN python /slim_packages.py /venv/lib/python3*/site-packages /locale

FROM packages AS demo-packages
COPY requirements/demo.txt /requirements/
RUN --mount=type=cache,target=/var/cache/pip \
    pip --python /venv/bin/python install --quiet --require-hashes -r /requirements/demo.txt

# --- The product ----------------------------------------------------------------------------------------
FROM ${PYTHON} AS prod
# Nothing is written while it runs, so the root file system may be read-only; /tmp takes uploads on their way.
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=config.settings.prod
RUN useradd --create-home --uid 1000 lintel && install -d -o lintel -g lintel /app /app/var /app/var/media
WORKDIR /app
# What installs packages is not in the product: whoever gets in could bring along what they like.
RUN rm -rf /usr/local/bin/pip* /usr/local/lib/python3*/site-packages/pip* /usr/local/lib/python3*/ensurepip \
    /usr/bin/pip* /usr/lib/python3/dist-packages/pip*
COPY --from=prod-packages /venv /venv
COPY manage.py ./
COPY config config
COPY apps apps
COPY templates templates
COPY locale locale
COPY static static
USER lintel
# Hashed and compressed files for WhiteNoise; needs the settings to import, nothing else.
RUN SECRET_KEY=build DATABASE_URL=sqlite:///var/none.sqlite3 STRIPE_TEST_SECRET_KEY=sk_test_build \
    python manage.py collectstatic --noinput --verbosity 0
# Read-only means compiled beforehand, or every start compiles again.
USER root
RUN python -m compileall -q apps config
USER lintel
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
