// SPDX-License-Identifier: Apache-2.0
/* Sockets, as the computer has them. */
#ifndef TEST_ESPIDF_INCLUDE_LWIP_SOCKETS_H
#define TEST_ESPIDF_INCLUDE_LWIP_SOCKETS_H

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#endif
