#!/bin/sh
# Makes deploy/secrets/ for docker-compose.prod.yml. What is there already stays as it is.
# Only the folder's owner gets in; the files can be read by all, because containers read them as another user.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
cd secrets

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
keep() { [ -e "$1" ] || printf '%s\n' "$2" >"$1"; }

keep secret_key "$(random)$(random)"
keep postgres_password "$(random)"
keep database_url "postgres://lintel:$(cat postgres_password)@db:5432/lintel"
keep email_url "smtp+tls://user:password@smtp.example.com:587"
keep stripe_live_secret_key "sk_live_replace_me"
keep stripe_webhook_secret ""
chmod 444 ./*
echo "deploy/secrets/ is there. Put in what is yours: email_url, stripe_live_secret_key, stripe_webhook_secret."
