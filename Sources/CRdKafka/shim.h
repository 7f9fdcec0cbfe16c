#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

// What Swift cannot call, because it takes a variable list of arguments. Copies key and payload; takes the
// headers over when it succeeds, and only then. Never waits for room in the queue.
static inline rd_kafka_resp_err_t inferd_kafka_produce(rd_kafka_t *producer, rd_kafka_topic_t *topic,
                                                       const void *key, size_t key_bytes, const void *payload,
                                                       size_t payload_bytes, rd_kafka_headers_t *headers,
                                                       void *ticket) {
    return rd_kafka_producev(producer, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                             RD_KAFKA_V_KEY(key, key_bytes), RD_KAFKA_V_VALUE((void *)payload, payload_bytes),
                             RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(ticket), RD_KAFKA_V_END);
}
