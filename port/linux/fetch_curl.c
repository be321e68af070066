// SPDX-License-Identifier: Apache-2.0
/*
 * libcurl in a thread of its own. One easy handle is used for every request, and one multi handle
 * keeps its connection and can be woken when a request is given up.
 */
#include "port/linux/fetch_curl.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "port/linux/fetch_ring.h"
#include "port/linux/fetch_status.h"

/* Bytes of a field line that we send. */
#define FIELD_SIZE 4096u

struct otk_fetch {
    const struct otk_pull_options *options;
    CURL *easy;
    CURLM *multi;
    pthread_t thread;
    pthread_mutex_t mutex; /* of the two flags */
    pthread_cond_t changed;
    bool has_request;
    bool must_quit;
    struct curl_slist *fields; /* of the request */
    int certificate;           /* OpenSSL's last objection in this transfer, or X509_V_OK */
    struct otk_fetch_ring ring;
};

static size_t put(struct otk_fetch *fetch, enum otk_fetch_kind kind, const char *data, size_t len)
{
    for (size_t offset = 0; offset < len;) {
        const size_t rest = len - offset;
        const size_t count = rest < OTK_FETCH_PIECE_SIZE ? rest : OTK_FETCH_PIECE_SIZE;

        if (!otk_fetch_ring_put(&fetch->ring, kind, data + offset, (uint32_t)count)) {
            return 0; /* libcurl ends the transfer then */
        }
        offset += kind == OTK_FETCH_LINE ? len : count;
    }
    return len;
}

static size_t on_line(char *data, size_t size, size_t count, void *context)
{
    return put(context, OTK_FETCH_LINE, data, size * count);
}

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
    return put(context, OTK_FETCH_BODY, data, size * count);
}

/* Bound what the kernel receives on our behalf, before the window is announced. */
static int on_socket(void *context, curl_socket_t socket, curlsocktype purpose)
{
    const int size = (int)OTK_PULL_SOCKET_SIZE / 2; /* Linux doubles it */

    (void)context;
    (void)purpose;
    (void)setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    return CURL_SOCKOPT_OK;
}

/* Note why OpenSSL objects to a chain: libcurl does not tell in every case. */
static int on_certificate(int is_good, X509_STORE_CTX *store)
{
    SSL *const ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct otk_fetch *const fetch = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

    if (!is_good) {
        fetch->certificate = X509_STORE_CTX_get_error(store);
    }
    return is_good;
}

/* A device without a clock does not judge dates; everything else about a certificate counts. */
static CURLcode on_tls_context(CURL *easy, void *ssl_context, void *context)
{
    struct otk_fetch *const fetch = context;
    X509_VERIFY_PARAM *const param = SSL_CTX_get0_param(ssl_context);

    (void)easy;
    if (SSL_CTX_set_app_data(ssl_context, fetch) != 1) {
        return CURLE_OUT_OF_MEMORY;
    }
    SSL_CTX_set_verify(ssl_context, SSL_VERIFY_PEER, on_certificate);
    if (fetch->options->no_clock &&
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_NO_CHECK_TIME) != 1) {
        return CURLE_OUT_OF_MEMORY;
    }
    return CURLE_OK;
}

static bool set_tls_options(struct otk_fetch *fetch)
{
    const struct otk_pull_options *const options = fetch->options;
    CURL *const easy = fetch->easy;
    bool good = true;

    good &= curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca_path) == CURLE_OK;
    /* Distributions build a system store into libcurl. */
    good &= curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls_context) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, fetch) == CURLE_OK;
    return good;
}

static bool set_options(struct otk_fetch *fetch)
{
    const struct otk_pull_options *const options = fetch->options;
    const char *const protocols = options->pull.allow_http ? "https,http" : "https";
    const char *const agent = options->user_agent ? options->user_agent : "otakit";
    CURL *const easy = fetch->easy;
    bool good = true;

    good &= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_USERAGENT, agent) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)OTK_PULL_RECEIVE_SIZE) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_line) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_HEADERDATA, fetch) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch) == CURLE_OK;
    if (!options->use_proxy) {
        good &= curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK;
    }
    return good && set_tls_options(fetch);
}

/* Wait for the sockets of the transfer, for its time-outs, or for otk_fetch_cancel. */
static CURLcode drive(struct otk_fetch *fetch)
{
    CURLcode code = CURLE_ABORTED_BY_CALLBACK;
    int running = 1;

    while (running > 0 && !otk_fetch_ring_is_cancelled(&fetch->ring)) {
        if (curl_multi_perform(fetch->multi, &running) != CURLM_OK) {
            return CURLE_OUT_OF_MEMORY;
        }
        if (running > 0 && curl_multi_poll(fetch->multi, NULL, 0, 1000, NULL) != CURLM_OK) {
            return CURLE_OUT_OF_MEMORY;
        }
    }
    if (running == 0) {
        int rest;
        const CURLMsg *const message = curl_multi_info_read(fetch->multi, &rest);

        code = message ? message->data.result : CURLE_OUT_OF_MEMORY;
    }
    return code;
}

static enum otk_status perform(struct otk_fetch *fetch)
{
    CURLcode code = CURLE_OUT_OF_MEMORY;

    if (curl_multi_add_handle(fetch->multi, fetch->easy) != CURLM_OK) {
        return OTK_NO_MEMORY;
    }
    fetch->certificate = X509_V_OK;
    code = drive(fetch);
    curl_multi_remove_handle(fetch->multi, fetch->easy);
    if (otk_fetch_ring_is_cancelled(&fetch->ring)) {
        return OTK_CANCELLED;
    }
    return otk_fetch_status(fetch->easy, code, fetch->certificate);
}

/* Wait for work. Returns false when the thread is to end. */
static bool await_request(struct otk_fetch *fetch)
{
    bool has_request;

    pthread_mutex_lock(&fetch->mutex);
    while (!fetch->has_request && !fetch->must_quit) {
        pthread_cond_wait(&fetch->changed, &fetch->mutex);
    }
    has_request = !fetch->must_quit;
    fetch->has_request = false;
    pthread_mutex_unlock(&fetch->mutex);
    return has_request;
}

static void *run(void *context)
{
    struct otk_fetch *const fetch = context;

    while (await_request(fetch)) {
        otk_fetch_ring_end(&fetch->ring, perform(fetch));
    }
    return NULL;
}

/* Append a field. Where memory ends, the list ends with it: otk_fetch_start looks. */
static bool add_field(struct otk_fetch *fetch, const char *name, const char *value)
{
    char line[FIELD_SIZE];
    const int len = snprintf(line, sizeof line, "%s: %s", name, value);
    struct curl_slist *fields;

    if (len < 0 || (size_t)len >= sizeof line) {
        return false;
    }
    fields = curl_slist_append(fetch->fields, line);
    if (!fields) {
        return false;
    }
    fetch->fields = fields;
    return true;
}

static bool set_request(struct otk_fetch *fetch, const struct otk_pull_request *request)
{
    CURL *const easy = fetch->easy;
    const long connect_ms = (long)request->connect_timeout_ms;
    bool good = true;
    char range[32];

    curl_slist_free_all(fetch->fields);
    fetch->fields = NULL;
    snprintf(range, sizeof range, "%lu-", (unsigned long)request->offset);
    good &= add_field(fetch, "Accept-Encoding", "identity");
    if (request->if_range[0] != '\0') {
        good &= add_field(fetch, "If-Range", request->if_range);
    }
    if (request->send_credentials && fetch->options->authorization) {
        good &= add_field(fetch, "Authorization", fetch->options->authorization);
    }
    good &= curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fetch->fields) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_URL, request->url) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_RANGE, request->offset > 0 ? range : NULL) == CURLE_OK;
    return good;
}

void otk_fetch_start(struct otk_fetch *fetch, const struct otk_pull_request *request)
{
    otk_fetch_ring_begin(&fetch->ring);
    if (!set_request(fetch, request)) {
        otk_fetch_ring_end(&fetch->ring, OTK_NO_MEMORY);
        return;
    }
    pthread_mutex_lock(&fetch->mutex);
    fetch->has_request = true;
    pthread_cond_signal(&fetch->changed);
    pthread_mutex_unlock(&fetch->mutex);
}

void otk_fetch_cancel(struct otk_fetch *fetch)
{
    otk_fetch_ring_cancel(&fetch->ring);
    (void)curl_multi_wakeup(fetch->multi);
}

bool otk_fetch_take(struct otk_fetch *fetch, uint32_t timeout_ms, struct otk_fetch_piece *piece)
{
    return otk_fetch_ring_take(&fetch->ring, timeout_ms, piece);
}

/* A CA file that libcurl could not use would only be noticed in the first handshake. */
static enum otk_status check_ca_file(const char *path)
{
    FILE *file;
    X509_STORE *store;
    enum otk_status status = OTK_NO_MEMORY;

    if (!path) {
        return OTK_OK;
    }
    file = fopen(path, "r");
    if (!file) {
        return OTK_HOST_IO;
    }
    fclose(file);
    store = X509_STORE_new();
    if (store) {
        status = X509_STORE_load_locations(store, path, NULL) == 1 ? OTK_OK : OTK_BAD_KEY;
    }
    X509_STORE_free(store);
    return status;
}

/* Signals are for the program's own thread; a broken connection must not raise one at all. */
static enum otk_status start_thread(struct otk_fetch *fetch)
{
    sigset_t all;
    sigset_t before;
    bool is_started;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    is_started = pthread_create(&fetch->thread, NULL, run, fetch) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return is_started ? OTK_OK : OTK_NO_MEMORY;
}

static void release(struct otk_fetch *fetch)
{
    curl_slist_free_all(fetch->fields);
    curl_easy_cleanup(fetch->easy);
    curl_multi_cleanup(fetch->multi);
    pthread_cond_destroy(&fetch->changed);
    pthread_mutex_destroy(&fetch->mutex);
    otk_fetch_ring_destroy(&fetch->ring);
    free(fetch);
    curl_global_cleanup();
}

enum otk_status otk_fetch_open(const struct otk_pull_options *options, struct otk_fetch **fetch)
{
    struct otk_fetch *made;
    enum otk_status status = check_ca_file(options->ca_path);

    if (status != OTK_OK) {
        return status;
    }
    made = calloc(1, sizeof *made);
    if (!made || otk_fetch_ring_init(&made->ring) != OTK_OK) {
        free(made);
        return OTK_NO_MEMORY;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    pthread_mutex_init(&made->mutex, NULL);
    pthread_cond_init(&made->changed, NULL);
    made->options = options;
    made->easy = curl_easy_init();
    made->multi = curl_multi_init();
    if (!made->easy || !made->multi) {
        status = OTK_NO_MEMORY;
    } else {
        status = set_options(made) ? start_thread(made) : OTK_UNSUPPORTED;
    }
    if (status != OTK_OK) {
        release(made);
        return status;
    }
    *fetch = made;
    return OTK_OK;
}

void otk_fetch_close(struct otk_fetch *fetch)
{
    if (!fetch) {
        return;
    }
    otk_fetch_cancel(fetch);
    pthread_mutex_lock(&fetch->mutex);
    fetch->must_quit = true;
    pthread_cond_signal(&fetch->changed);
    pthread_mutex_unlock(&fetch->mutex);
    pthread_join(fetch->thread, NULL);
    release(fetch);
}
