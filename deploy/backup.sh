#!/bin/sh
# The service `backup` of docker-compose.prod.yml. A file is complete when it has its name.
set -eu
PGPASSWORD=$(cat /run/secrets/postgres_password)
export PGPASSWORD
umask 077

write() {
  pg_dump --format=custom --file="/backups/$1.part" && mv "/backups/$1.part" "/backups/$1.dump" &&
    tar -czf "/backups/$1.media.part" -C /media . && mv "/backups/$1.media.part" "/backups/$1.media.tar.gz"
}

forget_the_oldest() {
  for kind in dump media.tar.gz; do
    ls -1 /backups/*."$kind" | sort -r | tail -n "+$((KEEP + 1))" | xargs -r rm --
  done
}

trap 'exit 0' TERM
while true; do
  now=$(date -u +%Y-%m-%dT%H%M%SZ)
  if write "$now"; then
    forget_the_oldest
    echo "Backup $now is written"
  else
    echo "Backup $now FAILED" >&2
  fi
  sleep "$EVERY" &
  wait $!
done
