#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Serve a folder as https://localhost:PORT/, with a certificate of an authority made for the occasion:
#     ./serve.sh FOLDER PORT
# FOLDER/ca_cert.pem is what the application pins. Runs until it is interrupted.
set -eu

if [ $# -ne 2 ]; then
    echo "usage: $0 FOLDER PORT" >&2
    exit 2
fi
# Debian's users do not have nginx in their path.
PATH=$PATH:/usr/sbin
for program in nginx openssl; do
    if ! command -v "$program" > /dev/null; then
        echo "$0: error: there is no $program; on Debian: apt install nginx-light openssl" >&2
        exit 1
    fi
done
mkdir -p "$1"
www=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

{
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
        -subj "/CN=laptop authority" -addext keyUsage=critical,keyCertSign \
        -keyout "$work/ca.key" -out "$work/ca_cert.pem"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost \
        -keyout "$work/server.key" -out "$work/server.csr"
    echo subjectAltName=DNS:localhost > "$work/names"
    openssl x509 -req -in "$work/server.csr" -CA "$work/ca_cert.pem" -CAkey "$work/ca.key" \
        -CAcreateserial -CAserial "$work/serial" -days 30 -extfile "$work/names" \
        -out "$work/server.pem"
} 2> "$work/openssl.log" || { cat "$work/openssl.log" >&2; exit 1; }

user=
if [ "$(id -u)" -eq 0 ]; then
    user="user root;"
fi
mkdir "$work/tmp"
cat > "$work/nginx.conf" <<END
$user
daemon off;
pid $work/pid;
error_log stderr;
events { worker_connections 64; }
http {
    client_body_temp_path $work/tmp/body;
    proxy_temp_path $work/tmp/proxy;
    fastcgi_temp_path $work/tmp/fastcgi;
    uwsgi_temp_path $work/tmp/uwsgi;
    scgi_temp_path $work/tmp/scgi;
    log_format story '\$request_uri \$status \$body_bytes_sent bytes, Range: \$http_range';
    access_log $www/access.log story;
    server {
        listen 127.0.0.1:$2 ssl;
        ssl_certificate $work/server.pem;
        ssl_certificate_key $work/server.key;
        root $www;
    }
}
END
nginx -p "$work" -e stderr -c "$work/nginx.conf" &
server=$!
trap 'kill "$server" 2> /dev/null; wait "$server" || true; rm -rf "$work"' EXIT
trap 'exit 0' INT TERM
# nginx writes its id once it has the port. What runs on that port already keeps its certificate.
until [ -s "$work/pid" ]; do
    kill -0 "$server" 2> /dev/null || exit 1
    sleep 0.1
done
cp "$work/ca_cert.pem" "$www/ca_cert.pem"
echo "serving $www as https://localhost:$2/"
wait "$server"
