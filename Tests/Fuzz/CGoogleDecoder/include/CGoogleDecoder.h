// Google's own decoder of our messages, to hold ours against. It has protoc read proto/ at run
// time, so that no generated code is kept.
#ifndef INFERD_GOOGLE_DECODER_H
#define INFERD_GOOGLE_DECODER_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    // The messages as proto/ has them.
    GOOGLE_SCHEMA_WHOLE,
    // The same, but for the bodies of a request, which are bytes: what the decoder then says of a
    // `Request` it says of the envelope alone.
    GOOGLE_SCHEMA_BODIES_AS_BYTES,
} google_schema;

// Reads inferd/v1/envelope.proto below `directory` and all that it imports; ends the process when it
// cannot. Calls after the first do nothing.
void google_decoder_open(const char *_Nonnull directory);

// Decodes `count` bytes as a message of the type inferd.v1.`type`. False: the decoder refuses them.
// Otherwise `canonical` is the message as the decoder writes it again, without the fields it does not
// know: in the order of their numbers, packed, defaults left out. It lasts until this thread's next
// call.
bool google_decode(google_schema schema, const char *_Nonnull type, const void *_Nullable bytes, size_t count,
                   const void *_Nullable *_Nonnull canonical, size_t *_Nonnull canonical_count);

#ifdef __cplusplus
}
#endif

#endif
