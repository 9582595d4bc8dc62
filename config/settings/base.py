"""What holds everywhere. Each value that differs between machines is read from the environment here, once.

A secret has no default: a missing one stops the start with its name. Every variable stands in `.env.example`.
"""

import logging
from email.utils import parseaddr
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from config.logging import configured
from config.settings.accounts import *  # noqa: F403
from config.settings.browser import *  # noqa: F403
from config.settings.environment import Environment
from config.settings.files import file_settings
from config.settings.mail_url import apps_for, mail_settings
from config.settings.sign_in_providers import apps_of, provider_settings
from config.settings.tasks import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = Environment()
ENV_FILE = Path(env("ENV_FILE", default=str(BASE_DIR / ".env")))
env.read_env(ENV_FILE)  # what the environment already holds wins

# The project -------------------------------------------------------------------------------------------
PROJECT_NAME = "Lintel"
MAIL_SENDER = "hello@localhost"
SITE_DOMAIN = env("SITE_DOMAIN", default="localhost:8000")
USE_HTTPS_IN_ABSOLUTE_URLS = env.switch("USE_HTTPS_IN_ABSOLUTE_URLS", default=False)

SECRET_KEY = env("SECRET_KEY")
# The keys before, newest first, while SECRET_KEY is replaced: what they signed and sealed is still good.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [f"{'https' if USE_HTTPS_IN_ABSOLUTE_URLS else 'http'}://{SITE_DOMAIN}"]
# How many servers of yours stand in front (nginx, a load balancer): so many notes of X-Forwarded-For are
# believed, and X-Forwarded-Proto with them. 0: neither. By https there is one: this server speaks http.
TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", default=int(USE_HTTPS_IN_ABSOLUTE_URLS))
if TRUSTED_PROXY_COUNT < 0:
    raise ImproperlyConfigured(f"TRUSTED_PROXY_COUNT is {TRUSTED_PROXY_COUNT}: use 0 or more")
ADMINS = [("", address) for address in env.list("ADMINS", default=[])]
# True: people read that we are at work; health checks, Stripe's events and the admin go on.
MAINTENANCE = env.switch("MAINTENANCE", default=False)

INSTALLED_APPS = [
    "apps.core.admin_site.Config",  # django.contrib.admin with our front page
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "csp",
    "django_celery_beat",
    "django_htmx",
    "django_structlog",  # lines on tasks; those on requests are apps.core's
    "djstripe",
    "hijack",
    "template_partials",
    "waffle",
    "apps.core",
    "apps.users",
    "apps.teams",
    "apps.subscriptions",  # after djstripe: it takes dj-stripe's own webhook receivers off
    "apps.web",
    "apps.demo",  # demo-only
]

MIDDLEWARE = [
    "apps.core.client_address.ClientAddressMiddleware",
    "apps.core.log_requests.RequestLogMiddleware",
    "apps.core.headers.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "apps.subscriptions.middleware.WebhookMiddleware",  # Stripe's events need none of what follows
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.core.media.MediaMiddleware",
    "apps.core.visitor_pages.VisitorPagesMiddleware",
    # Pages; files are compressed once, by collectstatic. What BREACH needs is not there: requests that other
    # sites make unseen come without the session (SameSite), tokens are masked anew, lengths are padded.
    "django.middleware.gzip.GZipMiddleware",
    "apps.core.content_policy.PolicyMiddleware",  # django-csp's CSPMiddleware
    # By cookie, else as the browser wishes; before whatever may answer with a page of words. A person's own
    # choice follows below, once it is known who they are.
    "django.middleware.locale.LocaleMiddleware",
    "apps.web.maintenance.MaintenanceMiddleware",  # before the database is asked for anything
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "apps.core.encodings.EncodingMiddleware",
    "apps.core.uploads.UploadLimitMiddleware",  # before the next, which reads the form
    "django.middleware.csrf.CsrfViewMiddleware",
    "apps.core.form_tokens.FormTokenMiddleware",
    "apps.users.middleware.PersonMiddleware",  # Django's AuthenticationMiddleware
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Before anybody asks who is there, which drops the session of somebody with another password; and before
    # what notes who is behind somebody.
    "apps.web.impersonation.ImpersonationMiddleware",
    "apps.web.failures.NotAllowedPageMiddleware",
    "apps.users.middleware.LanguageMiddleware",
    "apps.core.middleware.AuditOriginMiddleware",
    "apps.core.middleware.PrivatePagesMiddleware",
    "apps.core.middleware.HtmxFragmentMiddleware",
    "apps.core.middleware.HtmxMessagesMiddleware",
    "apps.core.middleware.HtmxLoginRedirectMiddleware",
    "apps.core.limits.LimitsMiddleware",
    "apps.users.middleware.TimeZoneMiddleware",
    "apps.users.middleware.NextFieldMiddleware",
    "apps.teams.middleware.TeamMiddleware",
    "apps.subscriptions.middleware.SubscriptionMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

_LOADERS = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                ("template_partials.loader.Loader", [("apps.core.template_loader.Loader", _LOADERS)])
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "apps.core.form_tokens.marked",
                "apps.core.context_processors.project",
                "apps.web.rail.shell",
            ],
            "builtins": ["apps.core.templatetags.components"],
        },
    }
]

# Database, cache, tasks: tasks.py ----------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    if DATABASES["default"]["NAME"] != ":memory:":
        DATABASES["default"]["NAME"] = str(BASE_DIR / DATABASES["default"]["NAME"])
        # A new clone has no var/ yet.
        Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    # Writers queue instead of failing with "database is locked", and never block readers.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # Whoever closes the last connection writes the whole log into the file, and waits for the disk.
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
else:
    # Behind PgBouncer: ?conn_max_age=0&disable_server_side_cursors=True in the address (docs/scaling.md).
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        # A database that is unplugged says nothing, and a request would wait for a quarter of an hour. A long
        # statement is not cut short: only what nobody confirms to have received is.
        DATABASES["default"]["OPTIONS"] = {
            "connect_timeout": 3,
            "tcp_user_timeout": 5_000,  # milliseconds
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            # What every page asks is planned once for each connection (apps/core/planned_once.py).
            "prepare_threshold": None if DATABASES["default"].get("DISABLE_SERVER_SIDE_CURSORS") else 0,
            **DATABASES["default"].get("OPTIONS", {}),  # of the address: ?connect_timeout=10
        }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIGRATION_MODULES = {
    "djstripe": "apps.subscriptions.djstripe_migrations",
    # Ours make no tables for the flags that teams.Flag stands in for: no model would know them, and
    # PostgreSQL cannot empty a table that one of them points to.
    "waffle": "apps.teams.waffle_migrations",
}

# Empty: everything works in one process - tasks run right after commit, the cache is local, no beat.
REDIS_URL = env("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "apps.core.cache.RedisOrMemoryCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.5},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Public pages, by each process for itself: to ask Redis would cost more than what is saved.
CACHES["pages"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages"}
VISITOR_PAGE_SECONDS = env.seconds("VISITOR_PAGE_SECONDS", default=10)

CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL

# Days the audit log is kept; empty: for ever.
AUDIT_RETENTION_DAYS = env.number("AUDIT_RETENTION_DAYS", default=0) or None
if AUDIT_RETENTION_DAYS is not None and AUDIT_RETENTION_DAYS < 0:
    raise ImproperlyConfigured("AUDIT_RETENTION_DAYS is below 0: use a number of days, or leave it empty")

# Users: accounts.py ------------------------------------------------------------------------------------
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if USE_HTTPS_IN_ABSOLUTE_URLS else "http"
_providers = provider_settings(env)
SIGN_IN_PROVIDERS = _providers["SIGN_IN_PROVIDERS"]
SOCIALACCOUNT_PROVIDERS = _providers["SOCIALACCOUNT_PROVIDERS"]
INSTALLED_APPS += apps_of(SIGN_IN_PROVIDERS)

# Staff -------------------------------------------------------------------------------------------------
# True: staff without two-step sign-in are led to set it up before they see a page of the admin.
ADMIN_REQUIRES_TWO_STEP = env.switch("ADMIN_REQUIRES_TWO_STEP", default=False)
HIJACK_PERMISSION_CHECK = "apps.users.impersonation.may_impersonate"
# How long support may be signed in as a customer, and whether they may touch plan and seats meanwhile.
IMPERSONATION_MINUTES = env.number("IMPERSONATION_MINUTES", default=60)
IMPERSONATION_MAY_ACT_ON_MONEY = env.switch("IMPERSONATION_MAY_ACT_ON_MONEY", default=False)

# Teams -------------------------------------------------------------------------------------------------
INVITATION_DAYS = 7
# True: whoever signs up without an invitation begins with a team of their own.
PERSONAL_TEAM_ON_SIGNUP = env.switch("PERSONAL_TEAM_ON_SIGNUP", default=False)
TEAM_SEAT_LIMIT = "apps.subscriptions.entitlements.seat_limit"
# Features that some teams have before all do. Flags alone: their admin is ours, and no cookie is set.
WAFFLE_FLAG_MODEL = "teams.Flag"
WAFFLE_ENABLE_ADMIN_PAGES = False

# Subscriptions -----------------------------------------------------------------------------------------
# Decided on day 0: "teams.Team" or "users.CustomUser". It also decides dj-stripe's foreign keys.
SUBSCRIPTION_HOLDER_MODEL = env("SUBSCRIPTION_HOLDER_MODEL", default="teams.Team")
SEAT_PRORATION_BEHAVIOR = {
    "month": env("SEAT_PRORATION_BEHAVIOR_MONTH", default="create_prorations"),
    "year": env("SEAT_PRORATION_BEHAVIOR_YEAR", default="always_invoice"),
}
# Who counts what a plan limits: the word of a `Limit`, and a dotted path to a callable(holder).
LIMIT_COUNTERS: dict[str, str] = {}
# Stripe hears of new seats when nobody has come or gone for some seconds; at the latest after more of them.
SEAT_SYNC_QUIET_SECONDS = 3
SEAT_SYNC_LONGEST_WAIT_SECONDS = 15
# What the hourly run may ask of Stripe, all workers together (Stripe allows 25 a second in test mode).
STRIPE_CALLS_PER_SECOND = env.number("STRIPE_CALLS_PER_SECOND", default=20)
# What differs from Stripe is looked at once more so much later: news may be on their way.
RECONCILE_PATIENCE_SECONDS = 5
# Days a past due subscription keeps access; empty: as long as Stripe leaves it past due.
SUBSCRIPTION_GRACE_DAYS = (
    env.number("SUBSCRIPTION_GRACE_DAYS", default=21)
    if env("SUBSCRIPTION_GRACE_DAYS", default="21")
    else None
)
TRIAL_DAYS = env.number("TRIAL_DAYS", default=14)
# False: a trial starts without a card, and pauses at its end until there is one.
TRIAL_REQUIRES_CARD = env.switch("TRIAL_REQUIRES_CARD", default=True)
# Stripe Tax works out the tax (set it up in your account first); Checkout asks companies for their tax id.
STRIPE_AUTOMATIC_TAX = env.switch("STRIPE_AUTOMATIC_TAX", default=False)
STRIPE_TAX_ID_COLLECTION = env.switch("STRIPE_TAX_ID_COLLECTION", default=False)

STRIPE_LIVE_MODE = env.switch("STRIPE_LIVE_MODE", default=False)
STRIPE_TEST_PUBLIC_KEY = env("STRIPE_TEST_PUBLIC_KEY", default="")
STRIPE_TEST_SECRET_KEY = env("STRIPE_TEST_SECRET_KEY", default="")
STRIPE_LIVE_PUBLIC_KEY = env("STRIPE_LIVE_PUBLIC_KEY", default="")
STRIPE_LIVE_SECRET_KEY = env("STRIPE_LIVE_SECRET_KEY", default="")
# Fixed on purpose: without it, an upgrade of the stripe package would change the shape of every object.
STRIPE_API_VERSION = "2026-08-26.dahlia"
if not (STRIPE_LIVE_SECRET_KEY if STRIPE_LIVE_MODE else STRIPE_TEST_SECRET_KEY):
    _missing = "STRIPE_LIVE_SECRET_KEY" if STRIPE_LIVE_MODE else "STRIPE_TEST_SECRET_KEY"
    raise ImproperlyConfigured(f"Set the {_missing} environment variable")
if env("STRIPE_API_HOST", default=""):
    STRIPE_API_HOST = env("STRIPE_API_HOST")
    if STRIPE_LIVE_MODE:
        raise ImproperlyConfigured("STRIPE_API_HOST points live billing at a sandbox: unset it")
# Several, comma separated, while a secret is rotated.
DJSTRIPE_WEBHOOK_SECRET = env("DJSTRIPE_WEBHOOK_SECRET", default="")
DJSTRIPE_FOREIGN_KEY_TO_FIELD = "id"
DJSTRIPE_SUBSCRIBER_MODEL = SUBSCRIPTION_HOLDER_MODEL
DJSTRIPE_SUBSCRIBER_CUSTOMER_KEY = "djstripe_subscriber"

# Mail --------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default=f"{PROJECT_NAME} <{MAIL_SENDER}>")
# Where people write to: on the contact page and the legal pages.
CONTACT_EMAIL = env("CONTACT_EMAIL", default="") or parseaddr(DEFAULT_FROM_EMAIL)[1]
SERVER_EMAIL = DEFAULT_FROM_EMAIL
_MAIL = mail_settings(env("EMAIL_URL", default="") or "smtp://localhost:25")
vars().update(_MAIL)
INSTALLED_APPS += apps_for(_MAIL)
# Where mail that stays on this machine is kept; /_mail/ shows it while DEBUG is on.
MAIL_DIR = BASE_DIR / env("MAIL_DIR", default="var/mail")

# Language, time, files ---------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
# What a visitor has chosen in the foot of a page. People who sign in have it on their profile.
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
WHITENOISE_ALLOW_ALL_ORIGINS = False  # fonts and scripts are for our own pages
STATICFILES_DIRS = [BASE_DIR / "static"]
# What people upload, and what is made for one of them: in folders, or in buckets.
_files = file_settings(env, BASE_DIR)
MEDIA_URL, MEDIA_ROOT, STORAGES = _files["MEDIA_URL"], _files["MEDIA_ROOT"], _files["STORAGES"]
MEDIA_ORIGIN = _files["MEDIA_ORIGIN"]  # of a bucket; empty: this site shows pictures itself

# What a request may carry; above it nothing is read, and a page says so (docs/security.md, uploads.py).
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # bytes without files: a list of people, an event of Stripe
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
DATA_UPLOAD_MAX_NUMBER_FILES = 10

# Browser security: browser.py --------------------------------------------------------------------------
_ALLOWED = CONTENT_SECURITY_POLICY["DIRECTIVES"]
if MEDIA_ORIGIN:
    _ALLOWED["img-src"].append(MEDIA_ORIGIN)
# The form behind "Continue with Google" is answered by a redirect to Google.
_SIGN_IN_PAGES = {
    "google": "https://accounts.google.com",
    "github": "https://github.com",
    "microsoft": "https://login.microsoftonline.com",
}
_ALLOWED["form-action"] += [_SIGN_IN_PAGES[name] for name in SIGN_IN_PROVIDERS]
# Where a browser finds the sandbox's Checkout and Portal, when that differs from where we find its API.
if stripe_pages := env("STRIPE_PAGES_HOST", default="") or env("STRIPE_API_HOST", default=""):
    _ALLOWED["form-action"].append(stripe_pages)

# Logs --------------------------------------------------------------------------------------------------
# json: one object a line, for machines; text: for a terminal.
LOG_FORMAT = env("LOG_FORMAT", default="") or "text"
LOGGING = configured(LOG_FORMAT)
DEFAULT_EXCEPTION_REPORTER_FILTER = "apps.core.debug_pages.ReporterFilter"
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_CELERY_TASK_RETRY_LOG_LEVEL = logging.INFO  # who asks for it has said why, as a warning
# Statements that take longer are named in the log, and those that a page repeats; 0: neither.
SLOW_QUERY_SECONDS = env.seconds("SLOW_QUERY_SECONDS", default=0)

# Errors ------------------------------------------------------------------------------------------------
SENTRY_DSN = env("SENTRY_DSN", default="")
if SENTRY_DSN:  # else its package is not even loaded
    import_string("config.sentry.start")(
        SENTRY_DSN,
        environment=env("SENTRY_ENVIRONMENT", default="") or "production",
        release=env("SENTRY_RELEASE", default=""),
        traces_sample_rate=env.share("SENTRY_TRACES_SAMPLE_RATE", default=0),
    )
