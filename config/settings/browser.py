"""What browsers are told and trusted with: what is the same on every machine. Part of `base.py`.

docs/security.md explains each, and a test compares it with what is served.
"""

from csp.constants import NONCE, NONE, SELF

SESSION_ENGINE = "apps.users.session_store"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14  # from signing in
# No script of ours reads them.
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
# Nothing of a device is asked for but passkeys; not by our pages, and not by what might be smuggled into one.
_REFUSED = ("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation")
_REFUSED += ("gyroscope", "magnetometer", "microphone", "midi", "payment", "usb", "xr-spatial-tracking")
PERMISSIONS_POLICY = ", ".join(
    [f"{feature}=()" for feature in _REFUSED]
    + ["publickey-credentials-create=(self)", "publickey-credentials-get=(self)"]
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF, "https://checkout.stripe.com", "https://billing.stripe.com"],
    }
}
