// What Swift needs of libpq. The include path comes from pkg-config: Debian keeps the header in a folder of its own.
#ifndef HOLDPOINT_CLIBPQ_SHIM_H
#define HOLDPOINT_CLIBPQ_SHIM_H

#include <libpq-fe.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

// Bytes that have come in over a TCP connection; -1 where the socket or the kernel cannot say.
//
// libpq does not tell how much of a row it holds already. `struct tcp_info` of <linux/tcp.h>, which knows this field,
// cannot be included beside that of <netinet/tcp.h>, which does not; the kernel keeps the place for ever.
static inline int64_t hp_bytes_received(int socket) {
  enum { protocol_tcp = 6, option_tcp_info = 11, place = 128 };
  unsigned char info[256];
  socklen_t length = sizeof info;
  int64_t received;
  if (getsockopt(socket, protocol_tcp, option_tcp_info, info, &length) != 0) return -1;
  if (length < place + sizeof received) return -1;
  memcpy(&received, info + place, sizeof received);
  return received;
}

#endif
