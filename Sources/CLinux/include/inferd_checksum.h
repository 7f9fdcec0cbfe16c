#ifndef INFERD_CHECKSUM_H
#define INFERD_CHECKSUM_H

// CRC-32C: the CRC of iSCSI, ext4 and Kafka, polynomial 0x1EDC6F41, reflected, inverted at both ends. It
// finds every error burst of up to 32 bits, and processors have an instruction for it.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The checksum of what `crc` stands for, followed by `count` bytes. Begins with 0. Uses the processor's
// instruction where it has one.
uint32_t inferd_crc32c(uint32_t crc, const void *bytes, size_t count);

// The same by tables, on any processor.
uint32_t inferd_crc32c_portable(uint32_t crc, const void *bytes, size_t count);

// Whether inferd_crc32c uses the processor's instruction.
bool inferd_crc32c_uses_instruction(void);

#endif
