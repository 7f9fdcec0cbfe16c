// Where protobuf-c's descriptors stand. Written by hand: Swift may read a C global through a copy, so
// that a pointer it takes of one need not be the global's own.
#ifndef INFERD_DESCRIPTORS_H
#define INFERD_DESCRIPTORS_H

#include "inferd/v1/control.pb-c.h"
#include "inferd/v1/envelope.pb-c.h"
#include "inferd/v1/event.pb-c.h"
#include "inferd/v1/infer.pb-c.h"
#include "inferd/v1/predict.pb-c.h"

#define INFERD_DESCRIPTOR(message)                                                      \
    static inline const ProtobufCMessageDescriptor *_Nonnull inferd_##message##_descriptor(void) \
    {                                                                                   \
        return &inferd__v1__##message##__descriptor;                                    \
    }

INFERD_DESCRIPTOR(hello_request)
INFERD_DESCRIPTOR(predict_request)
INFERD_DESCRIPTOR(infer_request)
INFERD_DESCRIPTOR(models_request)
INFERD_DESCRIPTOR(stats_request)
INFERD_DESCRIPTOR(cancel_request)
INFERD_DESCRIPTOR(ping_request)
INFERD_DESCRIPTOR(reply)
INFERD_DESCRIPTOR(prediction_event)
INFERD_DESCRIPTOR(accuracy_event)

#endif
