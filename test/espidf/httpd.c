// SPDX-License-Identifier: Apache-2.0
/*
 * A small web server behind esp_http_server.h. Like ESP-IDF's it serves one request at a time on one
 * task, unless a handler takes it along; a connection that was taken along is not watched until it is
 * given back.
 */
#include <esp_http_server.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <freertos/FreeRTOS.h>
#include <freertos/task.h>
#include <lwip/sockets.h>

#define CONNECTION_COUNT 16u
#define HANDLER_COUNT    8u
#define HEAD_SIZE        8192u

struct connection {
    int file; /* -1: free */
    bool is_away;
    char head[HEAD_SIZE];
    size_t head_len; /* with what came behind it */
};

/* Of a request: aux. */
struct aux {
    struct connection *connection;
    char head[HEAD_SIZE]; /* lines, each with a NUL in place of its end */
    size_t head_len;
    size_t rest; /* of the body */
};

static struct server {
    int listener;
    int wake[2];
    httpd_uri_t handlers[HANDLER_COUNT];
    size_t handler_count;
    httpd_err_handler_func_t on_error;
    struct connection connections[CONNECTION_COUNT];
} server;

static int method_of(const char *name)
{
    static const char *const names[] = {"DELETE", "GET", "HEAD", "POST", "PUT"};

    for (int method = HTTP_DELETE; method <= HTTP_PUT; method++) {
        const size_t len = strlen(names[method]);

        if (strncmp(name, names[method], len) == 0 && name[len] == ' ') {
            return method;
        }
    }
    return HTTP_DELETE;
}

static const char *find_field(const struct aux *aux, const char *field)
{
    const size_t len = strlen(field);

    for (size_t offset = 0; offset < aux->head_len; offset += strlen(aux->head + offset) + 1) {
        const char *const line = aux->head + offset;

        if (strncasecmp(line, field, len) == 0 && line[len] == ':') {
            return line + len + 1 + strspn(line + len + 1, " ");
        }
    }
    return NULL;
}

esp_err_t httpd_req_get_hdr_value_str(httpd_req_t *request, const char *field, char *value,
                                      size_t size)
{
    const char *const found = find_field(request->aux, field);

    if (!found) {
        return ESP_ERR_NOT_FOUND;
    }
    if (strlen(found) >= size) {
        return ESP_ERR_INVALID_SIZE;
    }
    memcpy(value, found, strlen(found) + 1);
    return ESP_OK;
}

int httpd_req_recv(httpd_req_t *request, char *buffer, size_t len)
{
    struct aux *const aux = request->aux;
    struct connection *const connection = aux->connection;
    ssize_t count;

    len = len < aux->rest ? len : aux->rest;
    if (connection->head_len > 0) { /* came together with the head */
        count = (ssize_t)(len < connection->head_len ? len : connection->head_len);
        memcpy(buffer, connection->head, (size_t)count);
        connection->head_len -= (size_t)count;
        memmove(connection->head, connection->head + count, connection->head_len);
    } else {
        count = len > 0 ? recv(connection->file, buffer, len, 0) : 0;
    }
    if (count > 0) {
        aux->rest -= (size_t)count;
    }
    return count < 0 ? HTTPD_SOCK_ERR_FAIL : (int)count;
}

int httpd_send(httpd_req_t *request, const char *bytes, size_t len)
{
    return (int)send(httpd_req_to_sockfd(request), bytes, len, MSG_NOSIGNAL);
}

int httpd_req_to_sockfd(httpd_req_t *request)
{
    return ((const struct aux *)request->aux)->connection->file;
}

esp_err_t httpd_req_async_handler_begin(httpd_req_t *request, httpd_req_t **copy)
{
    httpd_req_t *const made = malloc(sizeof *made);
    struct aux *const aux = malloc(sizeof *aux);

    if (!made || !aux) {
        abort();
    }
    *made = *request;
    *aux = *(const struct aux *)request->aux;
    made->aux = aux;
    ((struct aux *)request->aux)->rest = 0;
    aux->connection->is_away = true;
    *copy = made;
    return ESP_OK;
}

esp_err_t httpd_req_async_handler_complete(httpd_req_t *copy)
{
    struct aux *const aux = copy->aux;

    aux->connection->is_away = false;
    free(aux);
    free(copy);
    return ESP_OK; /* as before v6: the server does not notice */
}

esp_err_t httpd_queue_work(httpd_handle_t handle, httpd_work_fn_t work, void *arg)
{
    (void)handle;
    work(arg);
    return write(server.wake[1], "", 1) == 1 ? ESP_OK : ESP_FAIL;
}

bool httpd_uri_match_wildcard(const char *reference, const char *uri, size_t len)
{
    (void)len;
    return strcmp(reference, "/*") == 0 && uri[0] == '/';
}

static esp_err_t handle(httpd_req_t *request, bool is_known)
{
    for (size_t index = 0; is_known && index < server.handler_count; index++) {
        if ((int)server.handlers[index].method == request->method) {
            return server.handlers[index].handler(request);
        }
    }
    return server.on_error(request, HTTPD_405_METHOD_NOT_ALLOWED);
}

/* Cut the head into lines, and keep what came behind it. */
static void take_head(struct connection *connection, struct aux *aux, size_t len)
{
    char *line_end;

    memcpy(aux->head, connection->head, len);
    aux->head[len] = '\0';
    aux->head_len = len;
    for (line_end = aux->head; (line_end = strstr(line_end, "\r\n")) != NULL; line_end += 2) {
        memset(line_end, 0, 2);
    }
    connection->head_len -= len;
    memmove(connection->head, connection->head + len, connection->head_len);
}

static void close_connection(struct connection *connection)
{
    close(connection->file);
    connection->file = -1;
    connection->head_len = 0;
}

static void purge(httpd_req_t *request)
{
    char rest[1024];

    while (httpd_req_recv(request, rest, sizeof rest) > 0) {
    }
}

static void serve(struct connection *connection, size_t head_len)
{
    struct aux aux = {.connection = connection};
    httpd_req_t request = {.handle = &server, .aux = &aux};
    const char *field;
    bool is_known;

    take_head(connection, &aux, head_len);
    request.method = method_of(aux.head);
    is_known = request.method != HTTP_DELETE;
    sscanf(aux.head, "%*s %512s", request.uri);
    field = find_field(&aux, "Content-Length");
    request.content_len = field ? strtoul(field, NULL, 10) : 0;
    aux.rest = request.content_len;
    if (handle(&request, is_known) != ESP_OK) {
        close_connection(connection);
        return;
    }
    purge(&request);
}

/* The end of a head that is there; 0: it is not. */
static size_t find_head_end(struct connection *connection)
{
    char *end;

    connection->head[connection->head_len] = '\0';
    end = strstr(connection->head, "\r\n\r\n");
    return end ? (size_t)(end - connection->head) + 4 : 0;
}

static void read_more(struct connection *connection)
{
    const size_t room = sizeof connection->head - 1 - connection->head_len;
    const ssize_t count = recv(connection->file, connection->head + connection->head_len, room, 0);

    if (count <= 0) {
        close_connection(connection);
    } else {
        connection->head_len += (size_t)count;
    }
}

static void accept_connection(void)
{
    const int file = accept(server.listener, NULL, NULL);

    for (size_t index = 0; index < CONNECTION_COUNT; index++) {
        if (server.connections[index].file < 0) {
            server.connections[index] = (struct connection){.file = file};
            return;
        }
    }
    close(file);
}

/* One turn: wait for a connection, and serve those that have a whole head. */
static void take_turn(void)
{
    struct pollfd files[CONNECTION_COUNT + 2];
    char byte;

    for (size_t index = 0; index < CONNECTION_COUNT; index++) {
        const struct connection *const connection = &server.connections[index];

        files[index] = (struct pollfd){.fd = connection->is_away ? -1 : connection->file,
                                       .events = POLLIN};
    }
    files[CONNECTION_COUNT] = (struct pollfd){.fd = server.listener, .events = POLLIN};
    files[CONNECTION_COUNT + 1] = (struct pollfd){.fd = server.wake[0], .events = POLLIN};
    (void)poll(files, CONNECTION_COUNT + 2, -1);
    if (files[CONNECTION_COUNT].revents) {
        accept_connection();
    }
    if (files[CONNECTION_COUNT + 1].revents) {
        (void)!read(server.wake[0], &byte, 1);
    }
    for (size_t index = 0; index < CONNECTION_COUNT; index++) {
        struct connection *const connection = &server.connections[index];
        size_t head_len;

        if (files[index].revents && connection->file >= 0) {
            read_more(connection);
        }
        while (connection->file >= 0 && !connection->is_away &&
               (head_len = find_head_end(connection)) > 0) {
            serve(connection, head_len);
        }
    }
}

static void run(void *context)
{
    (void)context;
    for (;;) {
        take_turn();
    }
}

esp_err_t httpd_start(httpd_handle_t *handle, const httpd_config_t *config)
{
    const struct sockaddr_in own = {.sin_family = AF_INET,
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                    .sin_port = htons(config->server_port)};
    const int on = 1;

    for (size_t index = 0; index < CONNECTION_COUNT; index++) {
        server.connections[index].file = -1;
    }
    server.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)setsockopt(server.listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(server.listener, (const struct sockaddr *)&own, sizeof own) != 0 ||
        listen(server.listener, 8) != 0 || pipe(server.wake) != 0) {
        return ESP_FAIL;
    }
    *handle = &server;
    return xTaskCreate(run, "httpd", 4096, NULL, config->task_priority, NULL) == pdPASS
               ? ESP_OK
               : ESP_ERR_NO_MEM;
}

esp_err_t httpd_stop(httpd_handle_t handle)
{
    (void)handle;
    abort(); /* only after a failure that this server does not have */
}

esp_err_t httpd_register_uri_handler(httpd_handle_t handle, const httpd_uri_t *uri)
{
    (void)handle;
    server.handlers[server.handler_count++] = *uri;
    return ESP_OK;
}

esp_err_t httpd_register_err_handler(httpd_handle_t handle, httpd_err_code_t error,
                                     httpd_err_handler_func_t handler)
{
    (void)handle;
    (void)error;
    server.on_error = handler;
    return ESP_OK;
}
