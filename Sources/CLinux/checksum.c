#include "inferd_checksum.h"

#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#define INFERD_CRC_TARGET __attribute__((target("sse4.2")))
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#define INFERD_CRC_TARGET __attribute__((target("crc")))
// The C library's name for this bit comes with the kernel's headers, which need not be there.
enum { INFERD_HWCAP_CRC32 = 1 << 7 };
#endif

enum { LANES = 8, BYTE_VALUES = 256 };

// The polynomial with its lowest power in the highest bit.
static const uint32_t reflected_polynomial = 0x82F63B78;

// tables[n][b]: the CRC of the byte b followed by n zero bytes. Eight of them take a word at a time.
static uint32_t tables[LANES][BYTE_VALUES];
static bool has_instruction;

// Runs before any thread is started, so that no call has to ask whether the tables are there.
__attribute__((constructor)) static void prepare(void) {
    for (uint32_t byte = 0; byte < BYTE_VALUES; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1) ? reflected_polynomial : 0);
        }
        tables[0][byte] = crc;
    }
    for (int lane = 1; lane < LANES; lane++) {
        for (uint32_t byte = 0; byte < BYTE_VALUES; byte++) {
            uint32_t shorter = tables[lane - 1][byte];
            tables[lane][byte] = (shorter >> 8) ^ tables[0][shorter & 0xff];
        }
    }
#if defined(__x86_64__)
    __builtin_cpu_init();
    has_instruction = __builtin_cpu_supports("sse4.2");
#elif defined(__aarch64__)
    has_instruction = (getauxval(AT_HWCAP) & INFERD_HWCAP_CRC32) != 0;
#endif
}

static uint64_t load_little_endian(const uint8_t *at) {
    uint64_t word;
    memcpy(&word, at, sizeof(word));
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

uint32_t inferd_crc32c_portable(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *at = bytes;
    crc = ~crc;
    for (; count >= LANES; at += LANES, count -= LANES) {
        uint64_t word = load_little_endian(at) ^ crc;
        crc = 0;
        for (int lane = 0; lane < LANES; lane++) {
            crc ^= tables[LANES - 1 - lane][(word >> (8 * lane)) & 0xff];
        }
    }
    for (; count > 0; at++, count--) {
        crc = (crc >> 8) ^ tables[0][(crc ^ *at) & 0xff];
    }
    return ~crc;
}

#if defined(__x86_64__)

INFERD_CRC_TARGET static uint32_t by_instruction(uint32_t crc, const uint8_t *at, size_t count) {
    uint64_t sum = (uint32_t)~crc;
    for (; count >= 8; at += 8, count -= 8) {
        sum = _mm_crc32_u64(sum, load_little_endian(at));
    }
    for (; count > 0; at++, count--) {
        sum = _mm_crc32_u8((uint32_t)sum, *at);
    }
    return ~(uint32_t)sum;
}

#elif defined(__aarch64__)

INFERD_CRC_TARGET static uint32_t by_instruction(uint32_t crc, const uint8_t *at, size_t count) {
    crc = ~crc;
    for (; count >= 8; at += 8, count -= 8) {
        crc = __crc32cd(crc, load_little_endian(at));
    }
    for (; count > 0; at++, count--) {
        crc = __crc32cb(crc, *at);
    }
    return ~crc;
}

#endif

uint32_t inferd_crc32c(uint32_t crc, const void *bytes, size_t count) {
#if defined(__x86_64__) || defined(__aarch64__)
    if (has_instruction) {
        return by_instruction(crc, bytes, count);
    }
#endif
    return inferd_crc32c_portable(crc, bytes, count);
}

bool inferd_crc32c_uses_instruction(void) {
    return has_instruction;
}
