"""Accounts and signing in: what is the same on every machine. Part of `base.py`."""

AUTH_USER_MODEL = "users.CustomUser"
AUTHENTICATION_BACKENDS = ["apps.users.backends.ModelBackend", "apps.users.backends.EmailBackend"]
# The first is used; a password that is stored by another is stored anew when its owner next signs in.
PASSWORD_HASHERS = [
    "apps.users.hashers.SmallArgon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},  # by itself it knows fields that our users lack
    },
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator"},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "teams:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "web:landing"
ACCOUNT_ADAPTER = "apps.users.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_SESSION_REMEMBER = True  # one question less; signing out is one click
# A code by mail instead of a password. It is good once, for the browser that asked for it.
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60  # seconds
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3  # then another code is needed
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = 2  # times
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a mail about each change to how somebody signs in

# amount/time/for whom: `ip` the client's address, `user` who is signed in, `key` the address that is typed.
# They count the same whether that address has an account or not. docs/security.md: why each is what it is.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",  # codes and recovery codes, too
    "signup": "20/m/ip",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "request_login_code": "20/m/ip,3/m/key",
    "confirm_email": "1/180s/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
}
# The same for what is ours (apps/core/limits.py). "": no limit.
RATE_LIMITS = {
    "invite": "1500/d/team,1500/d/user",  # an address costs one; the largest list has 1,000
    "ask_stripe": "120/m/user",  # previews, and the ways to Checkout and Portal and back
    "upload": "30/m/user",  # each picture is decoded and encoded again
    "bad_signature": "30/m/ip",  # of webhooks; those that are signed are never counted
}

ACCOUNT_FORMS = {
    "login": "apps.users.sign_in_forms.LoginForm",
    "request_login_code": "apps.users.address_forms.RequestCodeForm",
    "confirm_login_code": "apps.users.sign_in_forms.MailedCodeForm",
    "change_password": "apps.users.sign_in_forms.ChangePasswordForm",
    "set_password": "apps.users.sign_in_forms.SetPasswordForm",
    "signup": "apps.users.address_forms.SignupForm",
    "add_email": "apps.users.address_forms.AddEmailForm",
    "reset_password": "apps.users.address_forms.ResetPasswordForm",
    "reset_password_from_key": "apps.users.sign_in_forms.ResetPasswordKeyForm",
}

# Two-step sign-in and passkeys.
MFA_ADAPTER = "apps.users.mfa.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody is in without a confirmed one; a new one may wait beside it
MFA_TOTP_TOLERANCE = 1  # codes of the half minute before and after: clocks differ
MFA_FORMS = {
    "authenticate": "apps.users.sign_in_forms.AuthenticateForm",
    "reauthenticate": "apps.users.sign_in_forms.ReauthenticateForm",
    "activate_totp": "apps.users.sign_in_forms.ActivateTOTPForm",
    "add_webauthn": "apps.users.passkey_forms.AddPasskeyForm",
    "edit_webauthn": "apps.users.passkey_forms.EditPasskeyForm",
    "login_webauthn": "apps.users.passkey_forms.SignInForm",
    "authenticate_webauthn": "apps.users.passkey_forms.SecondStepForm",
    "reauthenticate_webauthn": "apps.users.passkey_forms.ConfirmForm",
}

SOCIALACCOUNT_ADAPTER = "apps.users.providers.SocialAccountAdapter"
SOCIALACCOUNT_FORMS = {"signup": "apps.users.address_forms.SocialSignupForm"}
SOCIALACCOUNT_STORE_TOKENS = False  # nothing is asked of them afterwards

# What is stored about a person (docs/leaving.md): modules with PARTS and LEFT_OUT. Add your app's own.
PERSONAL_DATA_PARTS = [
    "apps.users.personal_data.ours",
    "apps.teams.personal_data",
    "apps.subscriptions.personal_data",
]
# A copy of one's data can be fetched for so long, and be asked for so often within 24 hours.
DATA_EXPORT_DAYS = 7
DATA_EXPORTS_PER_DAY = 3
