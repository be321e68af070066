// SPDX-License-Identifier: Apache-2.0
/*
 * The web portal: what a device answers to HTTP requests. SPEC.md, "The portal over HTTP".
 *
 * An engine without sockets and without an HTTP parser: the port's server (libmicrohttpd,
 * esp_http_server) hands over what it has parsed, and sends what is answered.
 *
 *     otk_portal_init(&portal, &updater, &config, now_ms);
 *
 *     otk_portal_request_init(&request, &portal, method, path);       // one per request
 *     for each header field
 *         otk_portal_request_field(&request, name, value);
 *     step = otk_portal_begin(&exchange, &portal, &request, &station, now_ms);
 *     for each piece of the body, while step == OTK_PORTAL_BODY
 *         step = otk_portal_body(&exchange, data, len, now_ms);
 *     step = otk_portal_end(&exchange, now_ms);                       // the body is complete
 *     while (step == OTK_PORTAL_WAIT)                                 // serve others meanwhile
 *         step = otk_portal_poll(&exchange);
 *     otk_portal_answer(&exchange, buffer, now_ms, &answer);
 *     otk_portal_close(&exchange, now_ms);                            // always, also when cut off
 *
 *               begin              body complete            verified or refused
 *     request ---------> BODY* ------------------> WAIT* ----------------------> RESPOND
 *                 \__________________________________________________________/
 *                            refused, or nothing to wait for
 *
 * A refusal that the head tells is answered at once where the client waits for it (Expect:
 * 100-continue); else the body is taken and dropped first, or clients that only send would not see
 * the answer.
 */
#ifndef OTAKIT_TRANSPORT_PORTAL_PORTAL_H
#define OTAKIT_TRANSPORT_PORTAL_PORTAL_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/updater.h"
#include "otakit/format/http.h"
#include "otakit/format/multipart.h"
#include "otakit/format/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Between two parts of an upload, milliseconds: then others may have the device. */
#define OTK_PORTAL_IDLE_MS 10000u

/* Bytes of a body, what is dropped included; a connection that sends more is cut. No flash holds as
 * much. */
#define OTK_PORTAL_BODY_LIMIT (2u * OTK_IMAGE_SIZE_LIMIT)

/* Bytes for an answer: /info of a device with many slots. Slots that find no room are left out. */
#define OTK_PORTAL_ANSWER_SIZE 4096u

/* Bytes of a request's fields. SPEC.md, "The portal over HTTP", limits. */
#define OTK_PORTAL_HEAD_LIMIT 8192u

#define OTK_PORTAL_HEADER_COUNT  8u  /* fields of an answer at most */
#define OTK_PORTAL_STATION_COUNT 8u  /* phones that we remember to have seen the page */
#define OTK_PORTAL_TOKEN_SIZE    17u /* 16 hexadecimal digits and the NUL */
#define OTK_PORTAL_ORIGIN_SIZE   96u /* of an origin; a longer one is not ours */

/* What the portal is told once. Pointers are borrowed as long as the portal. */
struct otk_portal_config {
    const char *name;     /* of the device; NAME and NAME.local are good as Host */
    const char *url;      /* of the page, for phones: "http://192.168.4.1/" */
    const char *password; /* for every change; NULL: none */
    const uint8_t *page;  /* HTML, gzip */
    uint32_t page_len;    /* bytes */
    uint8_t random[8];    /* unguessable, other ones after each reset: makes the token */
    bool is_captive;      /* phones may be made to open the page */
};

/* Who asks: the IP address, an IPv4 address in the first four bytes and zeros behind. */
struct otk_portal_station {
    uint8_t address[16];
};

struct otk_portal_exchange;

/* One per device, kept as long as the server. Read no field but token. */
struct otk_portal {
    struct otk_portal_config config;
    struct otk_updater *updater;
    char token[OTK_PORTAL_TOKEN_SIZE];
    uint32_t started_ms;
    struct otk_portal_exchange *writer; /* whose body goes into the update; NULL: nobody's */
    uint32_t idle_ms;                   /* since when there has been no writer */
    uint32_t update;                    /* number of the update that we began; 0: none */
    bool has_sha256;                    /* it names the image of that update */
    uint8_t sha256[32];
    uint32_t image_size;
    uint32_t station_index; /* of the one to be forgotten next */
    struct otk_portal_station stations[OTK_PORTAL_STATION_COUNT];
};

/* What is asked for. HEAD is GET: the server sends no body then. */
enum otk_portal_method { OTK_PORTAL_GET, OTK_PORTAL_POST, OTK_PORTAL_PUT, OTK_PORTAL_OTHER };

enum otk_portal_path {
    OTK_PORTAL_PATH_UNKNOWN,
    OTK_PORTAL_PATH_ROOT,
    OTK_PORTAL_PATH_UPDATE,
    OTK_PORTAL_PATH_INFO,
    OTK_PORTAL_PATH_CANCEL,
    OTK_PORTAL_PATH_CONFIRM,
    OTK_PORTAL_PATH_ROLLBACK,
    OTK_PORTAL_PATH_STAY /* a phone's sign-in view has been read */
};

/* The head of a request. Secrets are judged as they come and not kept. */
struct otk_portal_request {
    const struct otk_portal *portal;
    enum otk_portal_method method;
    enum otk_portal_path path;
    uint32_t head_len; /* bytes of all fields */
    int probe;         /* which detection address the path belongs to; -1: none */
    bool is_malformed; /* a field that matters cannot be understood, or stands there twice */
    bool is_absolute;  /* the target names the host */
    bool has_host;
    bool has_length;
    uint32_t length; /* of the body, bytes; UINT32_MAX: that many or more */
    bool is_chunked; /* the body's length is not known */
    bool waits;      /* Expect: 100-continue */
    bool is_form;    /* multipart/form-data */
    bool is_sign_in; /* from a view that cannot pick files */
    bool has_range;
    bool has_sha256;
    bool is_from_page; /* a browser says which page made the request */
    bool is_cross_site;
    bool has_token;    /* the right one */
    bool has_password; /* the right one */
    struct otk_http_range range;
    uint8_t sha256[32];
    char own[OTK_PORTAL_ORIGIN_SIZE];     /* "http://" and the host; "" without one */
    char origin[OTK_PORTAL_ORIGIN_SIZE];  /* "": not sent */
    char referer[OTK_PORTAL_ORIGIN_SIZE]; /* its beginning; "": not sent */
    struct otk_multipart form;            /* opened where is_form is set */
};

/* What the server has to do next. */
enum otk_portal_step {
    OTK_PORTAL_BODY,   /* hand over the body */
    OTK_PORTAL_WAIT,   /* serve others and poll */
    OTK_PORTAL_RESPOND /* send the answer; unread body may be left unread */
};

/* What an answer consists of. */
enum otk_portal_reply {
    OTK_PORTAL_REPLY_TEXT, /* of POST /update and what nobody should ask for */
    OTK_PORTAL_REPLY_JSON, /* session, and error where there is one */
    OTK_PORTAL_REPLY_INFO,
    OTK_PORTAL_REPLY_PAGE,
    OTK_PORTAL_REPLY_SIGN_IN,  /* says where to open the page */
    OTK_PORTAL_REPLY_STAY,     /* says that the view can be closed */
    OTK_PORTAL_REPLY_REDIRECT, /* to the page */
    OTK_PORTAL_REPLY_ONLINE    /* what a phone takes for the Internet */
};

/* One request in progress; the server keeps it where it is until it is closed. Read no field but
 * outcome and is_upload. */
struct otk_portal_exchange {
    struct otk_portal *portal;
    enum otk_portal_reply reply;
    enum otk_portal_method method;
    enum otk_status outcome; /* OTK_MORE: not known yet */
    const char *detail;      /* a sentence that is better than the status' own; or NULL */
    int probe;
    bool is_upload;  /* brings an image, or a part of one */
    bool is_waiting; /* everything has arrived */
    bool is_form;
    bool has_image;     /* of a form: the image's part has begun */
    bool in_image;      /* and has not ended */
    bool is_first;      /* of a form: the next byte is the first of its part */
    bool asks_password; /* the client may be asked for it (WWW-Authenticate) */
    const char *allow;  /* methods that the path knows; NULL: the right one was used */
    uint16_t code;      /* status code, where the outcome does not tell; 0: it does */
    uint32_t update;    /* number of the update that this belongs to */
    uint32_t offset;    /* in the image, of the next byte of the body */
    uint32_t end;       /* behind the last byte of the body; UINT32_MAX: not known */
    uint32_t received;  /* bytes of the body */
    uint32_t now_ms;
    struct otk_multipart form;
};

struct otk_portal_header {
    const char *name;
    const char *value; /* borrowed as the answer's body */
};

/* An answer. Everything is borrowed from portal, exchange or the buffer until the exchange is closed. */
struct otk_portal_answer {
    uint16_t status;
    uint32_t header_count;
    struct otk_portal_header headers[OTK_PORTAL_HEADER_COUNT];
    const uint8_t *body;
    uint32_t body_len; /* bytes */
};

/* A portal over an updater, which is borrowed as long as the portal. */
void otk_portal_init(struct otk_portal *portal, struct otk_updater *updater,
                     const struct otk_portal_config *config, uint32_t now_ms);

/* Now and then: lets go of an update whose client does not come back. */
void otk_portal_tick(struct otk_portal *portal, uint32_t now_ms);

/* The server goes down: an update in progress can be continued after that. */
void otk_portal_leave(struct otk_portal *portal);

/* A method by its name ("GET", "HEAD"). */
enum otk_portal_method otk_portal_method(struct otk_text name);

/* For servers that look fields up by their names: those that matter, by index from 0. Returns NULL behind
 * the last. */
const char *otk_portal_field_name(uint32_t index);

/* Begin the head of a request. target: a path, or a URL whose host then stands for the Host field; with
 * its query or without; borrowed for the call. */
void otk_portal_request_init(struct otk_portal_request *request, const struct otk_portal *portal,
                             enum otk_portal_method method, struct otk_text target);

/* One field of the head; borrowed for the call. */
void otk_portal_request_field(struct otk_portal_request *request, struct otk_text name,
                              struct otk_text value);

/*
 * The head is complete.
 *
 * request  borrowed for the call
 * station  who asks; borrowed for the call
 *
 * Returns  OTK_PORTAL_BODY, also where the body is empty, or OTK_PORTAL_RESPOND
 * Power loss and blocking: as otk_updater_begin, otk_updater_cancel, otk_updater_confirm or
 * otk_updater_reject.
 */
enum otk_portal_step otk_portal_begin(struct otk_portal_exchange *exchange,
                                      struct otk_portal *portal,
                                      const struct otk_portal_request *request,
                                      const struct otk_portal_station *station, uint32_t now_ms);

/*
 * A piece of the body; borrowed for the call.
 *
 * Returns  OTK_PORTAL_BODY     go on
 *          OTK_PORTAL_RESPOND  more than we are willing to drop: cut the connection
 * Power loss and blocking: as otk_updater_write.
 */
enum otk_portal_step otk_portal_body(struct otk_portal_exchange *exchange, const uint8_t *data,
                                     uint32_t len, uint32_t now_ms);

/*
 * The body is complete.
 *
 * Returns  OTK_PORTAL_WAIT or OTK_PORTAL_RESPOND
 * Power loss: as otk_updater_finish.
 */
enum otk_portal_step otk_portal_end(struct otk_portal_exchange *exchange, uint32_t now_ms);

/* Returns OTK_PORTAL_WAIT as long as the update is being verified, then OTK_PORTAL_RESPOND. */
enum otk_portal_step otk_portal_poll(struct otk_portal_exchange *exchange);

/* What to send. buffer is borrowed as long as the answer. */
void otk_portal_answer(const struct otk_portal_exchange *exchange,
                       char buffer[OTK_PORTAL_ANSWER_SIZE], uint32_t now_ms,
                       struct otk_portal_answer *answer);

/* The connection has served this request, or is gone: an upload that was not complete can be
 * continued. */
void otk_portal_close(struct otk_portal_exchange *exchange, uint32_t now_ms);

#ifdef __cplusplus
}
#endif

#endif
