#ifndef VIADUCT_CORE_SIPHASH_H
#define VIADUCT_CORE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

/* SipHash-2-4: whoever does not know the key cannot find inputs that share a
 * result. */
uint64_t siphash(const unsigned char key[16], const void *, size_t bytes);

#endif
