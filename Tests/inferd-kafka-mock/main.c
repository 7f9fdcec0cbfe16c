// A Kafka broker that is none, for tests: librdkafka's mock cluster of one broker in a process of its own, which
// does what lines on standard input tell it.
//
//     topic NAME PARTITIONS        makes a topic; any other is made when it is asked for
//     topic-error NAME CODE        what is asked of the topic fails with this error; 0: no more
//     error REQUEST CODE COUNT     the next COUNT requests of the kind fail with this error
//     clear REQUEST                takes that back
//     rtt MILLISECONDS             answers take so long
//     down | up                    the broker closes its connections and takes none | and is back
//
// REQUEST is `produce`, `metadata`, `init` (of an idempotent producer's number) or `versions`; CODE one of the
// protocol's numbers. Prints `ready HOST:PORT`, then `ok` or `error TEXT` for each line. Ends with its input or
// its parent.

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

enum {
    BROKER = 1,
    LINE_BYTES = 512,
    MAXIMUM_ERRORS = 1000,
};

// Numbers of the protocol's requests.
static const struct {
    const char *name;
    int16_t key;
} requests[] = {{"produce", 0}, {"metadata", 3}, {"versions", 18}, {"init", 22}};

// The request's number, or -1.
static int16_t request_key(const char *name) {
    for (size_t index = 0; index < sizeof requests / sizeof *requests; index++) {
        if (strcmp(requests[index].name, name) == 0) {
            return requests[index].key;
        }
    }
    return -1;
}

static const char *push_errors(rd_kafka_mock_cluster_t *cluster, int16_t key, int code, int count) {
    if (key < 0) {
        return "no such request";
    }
    if (count < 1 || count > MAXIMUM_ERRORS) {
        return "count out of range";
    }
    rd_kafka_resp_err_t errors[MAXIMUM_ERRORS];
    for (int index = 0; index < count; index++) {
        errors[index] = (rd_kafka_resp_err_t)code;
    }
    rd_kafka_mock_push_request_errors_array(cluster, key, (size_t)count, errors);
    return NULL;
}

static const char *result_of(rd_kafka_resp_err_t error) {
    return error == RD_KAFKA_RESP_ERR_NO_ERROR ? NULL : rd_kafka_err2str(error);
}

// Does what a line says; NULL, or what was wrong.
static const char *obey(rd_kafka_mock_cluster_t *cluster, const char *line) {
    char name[LINE_BYTES];
    int first = 0;
    int second = 0;
    if (sscanf(line, "topic %511s %d", name, &first) == 2) {
        return result_of(rd_kafka_mock_topic_create(cluster, name, first, 1));
    }
    if (sscanf(line, "topic-error %511s %d", name, &first) == 2) {
        rd_kafka_mock_topic_set_error(cluster, name, (rd_kafka_resp_err_t)first);
        return NULL;
    }
    if (sscanf(line, "error %511s %d %d", name, &first, &second) == 3) {
        return push_errors(cluster, request_key(name), first, second);
    }
    if (sscanf(line, "clear %511s", name) == 1) {
        int16_t key = request_key(name);
        if (key < 0) {
            return "no such request";
        }
        rd_kafka_mock_clear_request_errors(cluster, key);
        return NULL;
    }
    if (sscanf(line, "rtt %d", &first) == 1) {
        return result_of(rd_kafka_mock_broker_set_rtt(cluster, BROKER, first));
    }
    if (strcmp(line, "down\n") == 0) {
        return result_of(rd_kafka_mock_broker_set_down(cluster, BROKER));
    }
    if (strcmp(line, "up\n") == 0) {
        return result_of(rd_kafka_mock_broker_set_up(cluster, BROKER));
    }
    return "no such command";
}

int main(void) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    char reason[LINE_BYTES];
    rd_kafka_conf_t *settings = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(settings, NULL);
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, settings, reason, sizeof reason);
    rd_kafka_mock_cluster_t *cluster = client ? rd_kafka_mock_cluster_new(client, 1) : NULL;
    if (!cluster) {
        fprintf(stderr, "no cluster: %s\n", client ? "" : reason);
        return EXIT_FAILURE;
    }
    printf("ready %s\n", rd_kafka_mock_cluster_bootstraps(cluster));
    fflush(stdout);
    char line[LINE_BYTES];
    while (fgets(line, sizeof line, stdin)) {
        const char *wrong = obey(cluster, line);
        if (wrong) {
            printf("error %s\n", wrong);
        } else {
            puts("ok");
        }
        fflush(stdout);
    }
    rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(client);
    return EXIT_SUCCESS;
}
