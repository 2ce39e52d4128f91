"""Django's settings, made of the environment (see :mod:`certremoval.config.environment`)."""

from __future__ import annotations

from csp.constants import NONE, SELF

from certremoval.config.environment import read_environment

ENVIRONMENT = read_environment()

SECRET_KEY = ENVIRONMENT.secret()
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts

INSTALLED_APPS = [
    "certremoval.organization",
    "certremoval.access",
    "certremoval.policy",
    "certremoval.certifications",
    "certremoval.loading",
    "certremoval.removals",
    "certremoval.demo",
    "certremoval.worker",
    "certremoval.cli",
    "certremoval.web",
    "csp",
    "django.contrib.admin.apps.SimpleAdminConfig",  # found by the pages alone: workers load no web code
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "certremoval.web.preferences.PreferencesMiddleware",
]

ROOT_URLCONF = "certremoval.config.urls"
WSGI_APPLICATION = "certremoval.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "certremoval.web.navigation.navigation",
            ],
        },
    },
]

DATABASES = {"default": ENVIRONMENT.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "organization.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "tools"
LOGOUT_REDIRECT_URL = "sign-in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = True

# Without a mail server nothing is sent, whoever tries. The worker alone sends (removals/mailing.py).
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if ENVIRONMENT.email_host else 'dummy'}.EmailBackend"
EMAIL_HOST = ENVIRONMENT.email_host
EMAIL_PORT = ENVIRONMENT.email_port
EMAIL_HOST_USER = ENVIRONMENT.email_user
EMAIL_HOST_PASSWORD = ENVIRONMENT.email_password
EMAIL_USE_SSL = ENVIRONMENT.email_use_tls and ENVIRONMENT.email_port == 465
EMAIL_USE_TLS = ENVIRONMENT.email_use_tls and not EMAIL_USE_SSL
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = ENVIRONMENT.email_from

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True  # the files of the wheel are served from where they are; nothing to collect

# Nothing inline, nothing from elsewhere. Bootstrap's style holds its small pictures as data.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"

FILE_UPLOAD_HANDLERS = [
    "certremoval.web.uploads.RefuseTooLarge",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 20_000_000  # a pasted list of a million ids
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_SAMESITE = "Lax"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "certremoval": {"handlers": ["stderr"], "level": "INFO"},
        # At INFO it tells of each message, which here is one a second that mostly finds nothing to do.
        "celery": {"handlers": ["stderr"], "level": "WARNING"},
    },
}
