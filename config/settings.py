"""Settings: everything that differs between one process and production is one variable.

Nothing set: SQLite, memory channel layer, Celery in a thread, mail shown at /dev/mail/.
A bad value fails loudly at start.
"""

import sys
from pathlib import Path
from urllib.parse import urlsplit

from config.database import database_settings
from config.logs import logging_settings
from config.queues import broker_options, task_queues, task_routes
from config.schedule import BEAT_SCHEDULE
from config.variables import Env

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = env = Env()

DEBUG = env.bool("DEBUG", default=False)
TESTING = env.bool("LIKELY_TESTING", default=False)
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")
SITE_NAME = "Likely"
_site = urlsplit(SITE_URL)
_https = _site.scheme == "https"
_is_local = _site.hostname in {"localhost", "127.0.0.1", "::1"}

# The one-command mode makes its own key (see config.local); production must bring one.
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    from config.local import local_secret_key

    SECRET_KEY = local_secret_key(VAR_DIR, site_is_local=_is_local)

ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", _site.hostname]
)
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "daphne",
    "channels",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "config",
    "core",
    "accounts",
    "exchange.ledger",
    "exchange.markets",
    "exchange.trading",
    "exchange.marketdata",
    "exchange.realtime",
    "exchange.web",
    "social",
    "search",
    "notifications",
]

MIDDLEWARE = [
    "core.middleware.RequestIdMiddleware",
    "core.middleware.RefuseNulMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "core.middleware.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "core.api.etags.ApiETagMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.PreferencesMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "exchange.web.context.site",
            ],
        },
    },
]

DATABASES = {"default": database_settings(env, VAR_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            # Pub/sub: survives a Redis restart; our own seq and snapshots heal what it loses.
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": env.str("CHANNEL_PREFIX", default="likely")},
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "core.caching.RedisOrMemoryCache",
            "LOCATION": REDIS_URL,
            # Nobody waits long for a limit.
            "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
        }
    }
else:
    # Room for a burst of batches: over its capacity the layer drops messages without a word.
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels.layers.InMemoryChannelLayer",
            "CONFIG": {"capacity": 10_000},
        }
    }
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Celery: in a thread of the same process when no broker is named.
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=REDIS_URL or "memory://")
CELERY_BROKER_TRANSPORT_OPTIONS = broker_options(CELERY_BROKER_URL)
# Queues by urgency: what follows trading live, then mail, then what may take its time.
_queue = env.str("CELERY_QUEUE", default="celery")
CELERY_TASK_QUEUES = task_queues(_queue)
CELERY_TASK_ROUTES = task_routes(_queue)
CELERY_TASK_DEFAULT_QUEUE = f"{_queue}.history"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
# As good as never: config/celery.py sees to the connections.
CELERY_DB_REUSE_MAX = sys.maxsize
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE

# Where `manage.py journal ship` writes, any of Django's storages: a directory, unless
# JOURNAL_STORAGE names another as JSON, {"BACKEND": "...", "OPTIONS": {...}}.
# Pictures of members are in MEDIA_ROOT; MEDIA_STORAGE names another storage that all web
# processes share, as JSON.
STORAGES = {
    "default": env.json(
        "MEDIA_STORAGE", default={"BACKEND": "django.core.files.storage.FileSystemStorage"}
    ),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "journal": env.json(
        "JOURNAL_STORAGE",
        default={
            "BACKEND": "exchange.trading.journals.directory.SyncedDirectory",
            "OPTIONS": {"location": str(VAR_DIR / "journal")},
        },
    ),
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "handle"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_USERNAME_VALIDATORS = "accounts.validators.username_validators"
ACCOUNT_FORMS = {
    "add_email": "accounts.forms.AddEmailForm",
    "confirm_login_code": "accounts.mfa.ConfirmLoginCodeForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "login": "accounts.forms.LoginForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "request_login_code": "accounts.forms.RequestLoginCodeForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "signup": "accounts.forms.SignupForm",
}
# A code by mail instead of the password; a second factor is still asked for.
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 300
MFA_ADAPTER = "accounts.mfa.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # clocks of phones differ
MFA_FORMS = {
    "activate_totp": "accounts.mfa.ActivateTotpForm",
    "authenticate": "accounts.mfa.AuthenticateForm",
    "reauthenticate": "accounts.mfa.ReauthenticateForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# One address a member; a new one takes its place when it is confirmed, and the old one is told.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _site.scheme
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# Mail: without a server it is kept in files; only a local site shows them, at /dev/mail/.
EMAIL_URL = env.str("EMAIL_URL", default="")
DEV_MAIL = env.bool("DEV_MAIL", default=not EMAIL_URL and _is_local)
DEV_MAIL_DIR = VAR_DIR / "mail"
if EMAIL_URL:
    vars().update(Env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "notifications.devmail.EmailBackend"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"Likely <likely@{_site.hostname}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

LANGUAGE_CODE = "en-gb"
# One language until the pages have another: no page half in the browser's own.
LANGUAGES = [("en-gb", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

MEDIA_ROOT = VAR_DIR / "media"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Served straight from the source folders: no collectstatic before the first page.
WHITENOISE_USE_FINDERS = True
# In one process a changed file shows at the next reload; behind nginx none is asked for here.
WHITENOISE_AUTOREFRESH = DEBUG or not REDIS_URL

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_NAME = "__Host-session" if _https else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _https else "csrftoken"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if _https:
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.keys.authentication.KeyAuthentication",
        "core.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "core.api.negotiation.ContentNegotiation",
    "DEFAULT_THROTTLE_CLASSES": ["core.api.throttles.Budgets"],
    # Courtesy limits, by member; anonymous: by address. What keeps the book safe is its door.
    "DEFAULT_THROTTLE_RATES": {
        "anonymous": env.str("THROTTLE_ANONYMOUS", default="50/s"),
        "reads": env.str("THROTTLE_READS", default="200/s"),
        "orders": env.str("THROTTLE_ORDERS", default="200/s"),
        "cancels": env.str("THROTTLE_CANCELS", default="400/s"),
        "batches": env.str("THROTTLE_BATCHES", default="20/s"),
    },
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.Schema",
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.NewestFirst",
    "EXCEPTION_HANDLER": "core.api.problems.exception_handler",
    "NUM_PROXIES": env.int("TRUSTED_PROXY_COUNT", default=0),
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Likely API",
    "DESCRIPTION": "Markets, books, orders and accounts of a Likely exchange.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # No badge: it would ask a host elsewhere.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ChallengeStatusEnum": "social.challenges.models.ChallengeStatus",
        "MarketStatusEnum": "exchange.markets.api.STATUSES",
        "OrderStatusEnum": "exchange.trading.models.OrderStatus",
        "ProblemCodeEnum": "core.errors.Code",
        "SideEnum": "exchange.trading.models.Side",
        "TradeKindEnum": "exchange.trading.models.TradeKind",
        "TransferKindEnum": "exchange.ledger.models.TransferKind",
    },
}

# What the exchange is.
# Who follows the journal: the name of its cursors, and the task that takes in what is new.
JOURNAL_SUBSCRIBERS = {
    "mail": "notifications.tasks.follow_journal",
    "feed": "social.tasks.follow_journal",
    "candles": "exchange.marketdata.tasks.follow_journal",
    "challenges": "social.tasks.follow_journal_for_challenges",
    "badges": "social.tasks.follow_journal_for_badges",
    "search": "search.tasks.follow_journal",
}
# Those that members wait for are told of new batches, each once in so many seconds at most: every
# run has its price, whatever the number of batches. The others look every few seconds.
JOURNAL_NUDGED = {"candles": 0.5, "feed": 1.0, "mail": 1.0, "challenges": 2.0, "search": 5.0}
JOURNAL_SUBSCRIBER_CHECKS = [
    "exchange.trading.subscribing.checks.subscribers_follow_the_journal",
    "notifications.checks.changes_are_told_once",
    "exchange.marketdata.candles.checks.candles_are_those_of_the_trades",
    "exchange.marketdata.candles.checks.long_candles_are_those_of_the_short_ones",
    "search.checks.search_index_says_what_is_there",
]
# Functions that return what an app keeps of a member (accounts/export.py).
EXPORT_SECTIONS = [
    "accounts.export.own_sections",
    "exchange.trading.exports.sections",
    "social.exports.sections",
    "notifications.exports.sections",
]
# What members were told is kept so long; the mails that carried it, too.
NOTIFICATIONS_KEPT_DAYS = env.int("NOTIFICATIONS_KEPT_DAYS", default=365)
# What narrows markets to those that fit words.
MARKETS_FINDER = "search.selectors.narrow_markets"
BOOK_SHARDS = env.int("BOOK_SHARDS", default=16 if REDIS_URL else 1)
SIGN_UP_CREDITS_TICKS = env.int("SIGN_UP_CREDITS", default=1_000) * 10_000
BATCH_COMMANDS_MAX = env.int("BATCH_COMMANDS_MAX", default=2000)
INBOX_COMMANDS_MAX = env.int("INBOX_COMMANDS_MAX", default=10_000)
LEASE_TTL_MS = env.int("LEASE_TTL_MS", default=2_000)
SNAPSHOT_BATCHES = env.int("SNAPSHOT_BATCHES", default=1_000)
LEASE_RENEW_MS = env.int("LEASE_RENEW_MS", default=500)
REPLY_TIMEOUT_S = env.int("REPLY_TIMEOUT_S", default=5)
REPLY_WAITERS_MAX = env.int("REPLY_WAITERS_MAX", default=500)
REQUEST_BODY_BYTES_MAX = env.int("REQUEST_BODY_BYTES_MAX", default=1_048_576)
DATA_UPLOAD_MAX_MEMORY_SIZE = REQUEST_BODY_BYTES_MAX

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = logging_settings(LOG_LEVEL, as_json=env.bool("LOG_JSON", default=bool(REDIS_URL)))
